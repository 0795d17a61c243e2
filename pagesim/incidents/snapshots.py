"""A process with a heap forks, and both sides go on: what each of them then has.

What fork copies are tables: one of 4 KiB for each stretch of 2 MiB that is in use. What writes copy
is counted by the kernel. Only times are computed, from counts: see `FORK_NS` and `COPY_GIB`.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from ..costs import LATENCIES
from ..kernel import Process
from .evidence import Series
from .looking import of

FORK_NS = (
    12.8e6 * 2 / 1024
)  # for each table: Redis documents 12.8 ms for 1 GB, which has 512 of them
COPY_GIB = (
    10  # GiB copied in a second: an assumption, as in notebook 05's picture of the large copy
)
_FAULT = LATENCIES["minor fault"].ns


ALERT = (
    "This service forks. From the fork on it is not what it was before, though nothing has failed "
    "and no disk is busy."
)


def production(rng: Random) -> dict[str, int]:
    """Draw the memory that a process has before the fork, and the pages that are written after."""
    return {"gib": rng.randrange(10, 120, 2), "written": 256 * rng.randrange(3, 40)}


def longest(waits: Mapping[int, float]) -> Series:
    """Draw how long the slowest request of each second has waited, in microseconds."""
    points = tuple((float(second), wait) for second, wait in waits.items())
    return Series("longest wait of a request", "µs", "second", points)


def question(facts: Mapping[str, int]) -> str:
    """Ask how much is copied, without saying what."""
    return (
        f"In production {facts['gib']} GiB are in use before the fork, and one process goes on to "
        f"write a byte each to {facts['written']:,} different pages, of the kind that this machine "
        "uses. How many MiB does what you diagnosed copy, leaving all else aside?"
    )


def slips(number: int, size: int) -> dict[str, int]:
    """Return what comes out of known slips; `size` if each step copies the wrong thing."""
    return {"size": size, "both": 2 * number, "kib": 1024 * number}


def fork_us(child: Process) -> float:
    """Tell how long fork took for a child's tables, in microseconds."""
    return child.counters.VmPTE / 4 * FORK_NS / 1000


def fault_us(kib: int) -> float:
    """Tell how long a write waits that copies so many KiB, in microseconds."""
    return (_FAULT + kib / (COPY_GIB << 20) * 1e9) / 1000


def files_of(parent: Process, child: Process) -> list[str]:
    """Name the files that are looked at."""
    return [
        *of(parent.pid, "status", "smaps_rollup"),
        *of(child.pid, "status", "smaps_rollup"),
    ]
