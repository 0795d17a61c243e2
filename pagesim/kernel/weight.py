"""What the pages of an area weigh: each line of /proc/PID/smaps, added up entry by entry.

A page that several entries lead to is shared out among them: each has its part of Pss. Dirty is a
page that was written since it was read or written back, through this entry or before.

Source: Linux 6.18 fs/proc/task_mmu.c (`smaps_account`, `smaps_page_accumulate`,
`smaps_pte_entry`).
"""

from __future__ import annotations

from collections import Counter

from .pages import Frame
from .procfs.fields import PSS_PARTS, SMAPS
from .space import AddressSpace
from .vma import Vma

PSS_SHIFT = 12  # Linux divides in fixed point

LINES = tuple(SMAPS)  # those that count bytes; what no page here can be stays 0
_IN_FIXED_POINT = {"Pss", "Pss_Dirty", "SwapPss", "Locked", *PSS_PARTS}


def weigh(space: AddressSpace, area: Vma) -> Counter[str]:
    """Add up what an area, or a part of one, has: bytes, those of Pss in fixed point."""
    found: Counter[str] = Counter()
    page, pool, unpack = space.page, space.pool, space.table.mode.pte.unpack
    for _, word in space.table.entries(area.start, area.end):
        pte = unpack(word)
        if space.is_swapped(pte):
            users = pool.swap.used[pte.pfn].users
            found["Swap"] += page
            found["SwapPss"] += (page << PSS_SHIFT) // users
        elif pte.pfn != pool.zero:
            frame = pool.frames[pte.pfn]
            dirty = pte.dirty or frame.dirty
            _account(found, frame, page, dirty, pte.accessed)
            found["LazyFree"] += page * (frame.pfn in pool.lazy and not dirty)
    for va in space.table.huge_pages(area.start, area.end):
        pte = space.pte(va)
        if pte.pfn == pool.huge_zero:
            continue
        found["AnonHugePages"] += space.huge
        head = pool.frames[pte.pfn]
        small = space.huge // page // head.pages  # 1, unless another process has split it
        for i in range(small):
            part = pool.frames[pte.pfn + i]
            size, dirty = space.huge // small, pte.dirty or part.dirty
            _account(found, part, size, dirty, pte.accessed)
            found["LazyFree"] += size * (part.pfn in pool.lazy and not dirty)
    for va in space.table.hugetlb_pages(area.start, area.end):
        frame = pool.frames[space.pte(va).pfn]
        whose = "Shared" if frame.shared else "Private"
        found[f"{whose}_Hugetlb"] += frame.pages * page
    found["Locked"] = found["Pss"] * area.locked
    _find_in_swap(found, space, area)
    return found


def in_kb(name: str, value: int) -> int:
    """Turn what was added up into the kB of a line."""
    return value >> 10 + (PSS_SHIFT if name in _IN_FIXED_POINT else 0)


def _account(found: Counter[str], frame: Frame, size: int, dirty: bool, young: bool) -> None:
    """Add a page, or a huge one, that an entry leads to."""
    pss = (size << PSS_SHIFT) // len(frame.mappers)
    found["Rss"] += size
    found["Pss"] += pss
    found[f"Pss_{frame.kind.title()}"] += pss
    found["Pss_Dirty"] += pss * dirty
    whose, state = "Shared" if frame.shared else "Private", "Dirty" if dirty else "Clean"
    found[f"{whose}_{state}"] += size
    found["Referenced"] += size * young
    found["Anonymous"] += size * (frame.kind == "anon")


def _find_in_swap(found: Counter[str], space: AddressSpace, area: Vma) -> None:
    """Add the pages of a file in memory that are in swap: their entries are just empty."""
    file = area.file
    for index in file.swapped if file else ():
        va = area.start + (index - area.offset) * space.page
        if va in area and not space.table.word(va):
            found["Swap"] += space.page
