"""What Linux counts, under Linux's names and in Linux's units: sizes are in kB, meaning KiB.

    getrusage(2)         minflt, majflt
    /proc/PID/status     VmSize, VmRSS, RssAnon, RssFile, RssShmem, VmSwap, VmPTE
    /proc/PID/smaps      Size, Rss, Pss, and all other lines that count kB

Pss shares a page's size among all entries that lead to it: a page that two processes map counts
half for each.

Source: Linux Documentation/filesystems/proc.rst.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from typing import Self

from .space import AddressSpace
from .weight import LINES, in_kb, weigh


class _Differences:
    """Counts that can be subtracted: after - before."""

    def __sub__(self, before: Self) -> Self:
        names = [field.name for field in fields(self)]  # type: ignore[arg-type]
        return type(self)(*(getattr(self, name) - getattr(before, name) for name in names))


@dataclass(frozen=True, slots=True)
class Counters(_Differences):
    """What a process has caused and what it has: faults as numbers, sizes in kB.

    Examples
    --------
    >>> from pagesim.kernel import Kernel
    >>> process = Kernel().spawn()
    >>> before = process.counters
    >>> area = process.mmap(8 * 4096)
    >>> _ = process.write(area.start)
    >>> change = process.counters - before
    >>> change.minflt, change.VmSize, change.VmRSS, change.VmPTE
    (1, 32, 4, 12)
    """

    minflt: int
    majflt: int
    VmSize: int
    VmRSS: int
    RssAnon: int
    RssFile: int
    RssShmem: int
    VmSwap: int
    VmPTE: int
    Pss: int


@dataclass(frozen=True, slots=True)
class Smaps(_Differences):
    """What an area, or a range of addresses, has in memory and in swap: lines of smaps, in kB.

    Examples
    --------
    >>> from pagesim.kernel import Kernel
    >>> process = Kernel().spawn()
    >>> area = process.mmap(8 * 4096)
    >>> _ = process.write(area.start)
    >>> process.smaps(area).Size, process.smaps(area).Private_Dirty
    (32, 4)
    """

    Size: int
    Rss: int
    Pss: int
    Pss_Dirty: int
    Shared_Clean: int
    Shared_Dirty: int
    Private_Clean: int
    Private_Dirty: int
    Referenced: int
    Anonymous: int
    KSM: int
    LazyFree: int
    AnonHugePages: int
    ShmemPmdMapped: int
    FilePmdMapped: int
    Shared_Hugetlb: int
    Private_Hugetlb: int
    Swap: int
    SwapPss: int
    Locked: int


def of_process(space: AddressSpace, minflt: int, majflt: int) -> Counters:
    """Read the counters of a process."""
    page = space.page
    return Counters(
        minflt=minflt,
        majflt=majflt,
        VmSize=space.size >> 10,
        VmRSS=space.resident * page >> 10,
        RssAnon=space.rss["anon"] * page >> 10,
        RssFile=space.rss["file"] * page >> 10,
        RssShmem=space.rss["shmem"] * page >> 10,
        VmSwap=space.swapped * page >> 10,
        VmPTE=space.table.user_tables * page >> 10,
        Pss=in_kb("Pss", sum(weigh(space, area)["Pss"] for area in space.areas)),
    )


def of_range(space: AddressSpace, start: int, end: int) -> Smaps:
    """Read the counters of all areas, or parts of areas, in a range of addresses."""
    parts = space.areas.within(start, end)
    found = sum((weigh(space, part) for part in parts), Counter[str]())
    size = sum(part.length for part in parts) >> 10
    return Smaps(size, *(in_kb(name, found[name]) for name in LINES))
