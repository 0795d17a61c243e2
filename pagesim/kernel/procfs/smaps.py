"""/proc/PID/smaps and smaps_rollup: what each area has in memory, and all of them together.

Source: Linux 6.18 fs/proc/task_mmu.c (`show_smap`, `__show_smap`, `show_smap_vma_flags`,
`show_smaps_rollup`).
"""

from __future__ import annotations

from collections import Counter

from ..space import AddressSpace
from ..vma import Vma
from ..weight import LINES, in_kb, weigh
from .fields import PSS_PARTS

_ROLLUP = (*LINES[:3], *PSS_PARTS, *LINES[3:])  # here Pss is told apart as well


def smaps(space: AddressSpace) -> str:
    """Write an address space's areas with the counters of each."""
    return "".join(_area(space, area) for area in space.areas)


def smaps_rollup(space: AddressSpace) -> str:
    """Write the same counters for all areas together."""
    areas = tuple(space.areas)
    if not areas:
        return ""
    found = sum((weigh(space, area) for area in areas), Counter[str]())
    where = f"{areas[0].start:08x}-{areas[-1].end:08x} ---p 00000000 00:00 0 "
    return f"{where.ljust(73)}[rollup]\n" + "".join(_kb(name, found[name]) for name in _ROLLUP)


def _area(space: AddressSpace, area: Vma) -> str:
    found = weigh(space, area)
    lines = [area.line(space.page), "\n", _kb("Size", area.length)]
    size = space.page * (space.pool.hugetlb.frames if area.hugetlb else 1) >> 10
    lines += [f"KernelPageSize: {size:8} kB\n", f"MMUPageSize:    {size:8} kB\n"]
    lines += [_kb(name, found[name]) for name in LINES]
    lines += [f"THPeligible:    {_has_room_for_huge(space, area):8}\n"]
    lines += [f"VmFlags: {''.join(_flags(area))}\n"]
    return "".join(lines)


def _kb(name: str, value: int) -> str:
    return f"{name + ':':<16}{in_kb(name, value):8} kB\n"


def _has_room_for_huge(space: AddressSpace, area: Vma) -> bool:
    """Tell whether a huge page of the area could ever be."""
    if not space.wants_huge(area):
        return False
    return -(-area.start // space.huge) * space.huge + space.huge <= area.end


def _flags(area: Vma) -> list[str]:
    """Name what Linux notes about an area, two letters each, in the order of its bits."""
    shared = area.kind == "shared"
    flags = {
        "rd": "r" in area.prot,
        "wr": "w" in area.prot,
        "ex": "x" in area.prot,
        "sh": shared,
        "mr": True,  # what mprotect could allow: files here are open for all
        "mw": True,
        "me": True,
        "ms": shared,
        "gd": area.grows_down,
        "lo": area.locked,
        "rr": area.random,
        "de": area.role == "vdso" or area.hugetlb,
        "ac": area.accounted,
        "nr": area.noreserve,
        "ht": area.hugetlb,
        "hg": area.huge is True,
        "nh": area.huge is False,
    }
    return [f"{name} " for name, there in flags.items() if there]
