"""Fork: a child with the same memory, without copying any of it.

Every area is copied; of the pages only the entries are, write-protected on both sides, so that the
first write to each page makes the copy. Entries that a fault can find again are not even copied:
those of shared memory, and of areas that hold no private page of their own.

Source: Linux mm/memory.c (`copy_page_range`, `vma_needs_copy`, `copy_present_ptes`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from . import hugetlb
from .reclaim import Reclaim
from .space import AddressSpace
from .vma import Vma


def copy(
    reclaim: Reclaim, parent: AddressSpace, child: AddressSpace, promise: Callable[[int], None]
) -> None:
    """Give an empty address space everything that another has.

    `promise` is told the bytes of each area that may have to be copied, before it is there.

    Raises
    ------
    OutOfMemory
        If the child's tables do not fit; what it has got by then stays with it.
    """
    child.start_brk, child.brk = parent.start_brk, parent.brk
    for area in parent.areas:
        if area.accounted:
            promise(area.length)
        child.areas.copy(replace(area, locked=False, reserved=False))
        if area.file:
            area.file.mapped += area.length // parent.page
    for area in parent.areas:
        if area.own_pages and area.hugetlb:
            hugetlb.copy(reclaim, parent, child, area)
        elif area.own_pages:
            _copy_entries(reclaim, parent, child, area)


def _copy_entries(reclaim: Reclaim, parent: AddressSpace, child: AddressSpace, area: Vma) -> None:
    table, swap = parent.table, parent.pool.swap
    for level in range(1, table.last + 1):
        for base in table.spans(level, area.start, area.end):
            reclaim.grow(child.table, base, level)
    # Making room for the child's tables may evict pages, and split huge ones in parent and child.
    # So every entry is looked at again after that, and may have been copied as part of a huge one.
    for va in table.huge_pages(area.start, area.end):
        deposit = reclaim.take()
        if not table.is_huge(va):
            table.memory.free(deposit)
            continue
        _share(parent, child, va, parent.huge // parent.page)
        child.table.map_huge(va, table.huge_word(va), deposit)
    for va, _ in table.entries(area.start, area.end):
        reclaim.grow(child.table, va)
        if child.table.word(va):
            continue
        pte = parent.pte(va)
        if parent.is_swapped(pte):
            slot = swap.used[pte.pfn]
            slot.users += 1
            slot.exclusive = False
            child.swapped += 1
        elif table.word(va):
            _share(parent, child, va, 1)
        child.table.set(va, table.word(va))


def _share(parent: AddressSpace, child: AddressSpace, va: int, count: int) -> None:
    """Write-protect an entry, and note the child's on the frames that it leads to."""
    pool = parent.pool
    pte = parent.pte(va)
    if pte.writable:
        parent.set_flags(va, writable=False)
    if pte.pfn == pool.huge_zero:
        pool.share_huge_zero()
    if pte.pfn in (pool.zero, pool.huge_zero):
        return
    head = pool.frames[pte.pfn]
    whole = head.pages == count
    frames = [head] if whole else [pool.frames[pte.pfn + i] for i in range(count)]
    for i, frame in enumerate(frames):
        frame.exclusive = False
        frame.mappers[child, va + i * parent.page] = None
        child.rss[frame.kind] += frame.pages
