"""What Linux counts, under Linux's names and in Linux's units: sizes are in kB, meaning KiB.

    getrusage(2)         minflt, majflt
    /proc/PID/status     VmSize, VmRSS, RssAnon, RssFile, RssShmem, VmSwap, VmPTE
    /proc/PID/smaps      Size, Rss, Pss, Anonymous, AnonHugePages, Swap

Pss shares a page's size among all entries that lead to it: a page that two processes map counts
half for each.

Source: Linux fs/proc/task_mmu.c (`smaps_account`), Documentation/filesystems/proc.rst.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

from .space import AddressSpace
from .vma import Vma

_PSS_SHIFT = 12  # Linux divides in fixed point


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
    """What an area, or a range of addresses, has in memory and in swap, in kB."""

    Size: int
    Rss: int
    Pss: int
    Anonymous: int
    AnonHugePages: int
    Swap: int


def of_process(space: AddressSpace, minflt: int, majflt: int) -> Counters:
    """Read the counters of a process."""
    page = space.page
    return Counters(
        minflt=minflt,
        majflt=majflt,
        VmSize=sum(area.length for area in space.areas) >> 10,
        VmRSS=sum(space.rss.values()) * page >> 10,
        RssAnon=space.rss["anon"] * page >> 10,
        RssFile=space.rss["file"] * page >> 10,
        RssShmem=space.rss["shmem"] * page >> 10,
        VmSwap=space.swapped * page >> 10,
        VmPTE=space.table.user_tables * page >> 10,
        Pss=sum(_weigh(space, area)[1] for area in space.areas) >> (10 + _PSS_SHIFT),
    )


def of_range(space: AddressSpace, start: int, end: int) -> Smaps:
    """Read the counters of all areas, or parts of areas, in a range of addresses."""
    parts = space.areas.within(start, end)
    weights = [_weigh(space, part) for part in parts] or [(0,) * 5]
    rss, pss, anonymous, huge, swap = map(sum, zip(*weights, strict=True))
    return Smaps(
        Size=sum(part.length for part in parts) >> 10,
        Rss=rss >> 10,
        Pss=pss >> (10 + _PSS_SHIFT),
        Anonymous=anonymous >> 10,
        AnonHugePages=huge >> 10,
        Swap=swap >> 10,
    )


def _weigh(space: AddressSpace, area: Vma) -> tuple[int, int, int, int, int]:
    """Add up an area's pages: Rss, Pss (in fixed point), Anonymous, AnonHugePages, Swap; bytes."""
    rss = pss = anonymous = huge = swap = 0
    pool, unpack = space.pool, space.table.mode.pte.unpack
    for _, word in space.table.entries(area.start, area.end):
        pte = unpack(word)
        if space.is_swapped(pte):
            swap += space.page
        elif pte.pfn != pool.zero:
            frame = pool.frames[pte.pfn]
            rss += space.page
            pss += (space.page << _PSS_SHIFT) // len(frame.mappers)
            anonymous += space.page * (frame.kind == "anon")
    for va in space.table.huge_pages(area.start, area.end):
        pfn = space.pte(va).pfn
        if pfn == pool.huge_zero:
            continue
        rss, anonymous, huge = rss + space.huge, anonymous + space.huge, huge + space.huge
        head = pool.frames[pfn]
        small = space.huge // space.page // head.pages  # 1, unless another process has split it
        for i in range(small):
            mappers = len(pool.frames[pfn + i].mappers)
            pss += (space.huge // small << _PSS_SHIFT) // mappers
    return rss, pss, anonymous, huge, swap
