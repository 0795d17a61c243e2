"""What this machine can do: every lab asked whether it can count here, and why not."""

from __future__ import annotations

import platform
from dataclasses import dataclass

from ..units import binary
from .address_space import Reservation, SameAddress
from .areas_limit import AreasLimit
from .belady import Belady
from .child_tables import ChildTables
from .copy_on_write import CopyOnWrite
from .files import FilePages
from .first_touch import FirstTouch
from .fork_writes import ForkWrites
from .group_limit import GroupLimit
from .huge_page_times import HugePageTimes
from .huge_pages import HugePages
from .lab import Lab
from .linux import LINUX, PAGE
from .maps import MapsTotals
from .own_bytes import OwnBytes
from .own_program import OwnProgram
from .own_python import OwnPython
from .page_tables import PageTableScale
from .pagemap import Frames, Presence
from .permissions import Permissions
from .randomisation import Randomisation
from .short_life import ShortLife
from .stack import StackGrowth
from .swap import SwapRoundTrip
from .table import Table
from .thread_stack import ThreadStack
from .tlb_knee import TlbKnee
from .truncated import TruncatedFile

LABS: tuple[type[Lab], ...] = (
    SameAddress,
    Reservation,
    OwnBytes,
    Presence,
    Frames,
    PageTableScale,
    HugePages,
    HugePageTimes,
    TlbKnee,
    OwnProgram,
    MapsTotals,
    Randomisation,
    StackGrowth,
    ThreadStack,
    FirstTouch,
    CopyOnWrite,
    FilePages,
    Permissions,
    ShortLife,
    Belady,
    SwapRoundTrip,
    ChildTables,
    ForkWrites,
    OwnPython,
    AreasLimit,
    GroupLimit,
    TruncatedFile,
)


@dataclass(frozen=True, repr=False)
class Machine(Table):
    """This machine as the labs see it.

    Attributes
    ----------
    live : tuple of str
        Keys of the labs that it can count.
    """

    live: tuple[str, ...] = ()


def machine() -> Machine:
    """Ask every lab whether this machine can count it live.

    Examples
    --------
    >>> "page_tables" in machine().live
    True
    """
    labs = [lab() for lab in LABS]
    obstacles = [lab.obstacle for lab in labs]
    rows = tuple(
        (lab.notebook, lab.title, "recorded" if why else "live", why)
        for lab, why in zip(labs, obstacles, strict=True)
    )
    live = tuple(lab.key for lab, why in zip(labs, obstacles, strict=True) if not why)
    return Machine(
        "What this machine can count",
        ("notebook", "lab", "shown", "because"),
        rows,
        f"{platform.system()} on {platform.machine()}, pages of {binary(PAGE)}",
        live,
    )


def description() -> str:
    """Describe this machine in one line, for the recordings."""
    cores, model = 0, ""
    if LINUX:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                name, _, value = (part.strip() for part in line.partition(":"))
                cores += name == "processor"
                model = value if name == "model name" else model
    version = ".".join(platform.release().split(".")[:2])
    processor = " ".join(model.replace("(R)", "").split()) or platform.machine()
    return f"{platform.system()} {version}, pages of {binary(PAGE)}, {cores} cores of {processor}"
