"""Collapsing: small pages become one huge page, at once (MADV_COLLAPSE) or in passing (khugepaged).

The aligned 2 MiB get a block of their own; what is in memory is copied there, what was never
touched becomes zeros that take memory from now on. That is why a program that gives half of a huge
page back may find it resident again: khugepaged accepts up to `max_ptes_none` such holes.

Source: Linux 6.18 mm/khugepaged.c (`hpage_collapse_scan_pmd`, `collapse_huge_page`,
`madvise_collapse`); Documentation/admin-guide/mm/transhuge.rst.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from ..memory import OutOfMemory
from . import anonymous
from .errors import SystemCallError
from .pages import Frame
from .reclaim import Reclaim
from .space import AddressSpace
from .vma import Vma

MAX_NONE, MAX_SWAP, MAX_SHARED = 511, 64, 256  # of 512 entries


def collapse(reclaim: Reclaim, space: AddressSpace, part: Vma) -> None:
    """Make every aligned 2 MiB of an area one huge page.

    Raises
    ------
    SystemCallError
        EINVAL if the area cannot have huge pages, or one of them has no page in memory yet; ENOMEM
        if there is no block for one. The others are collapsed all the same.
    """
    area = space.areas.find(part.start)
    assert area is not None  # the part is cut from it
    if not space.huge or area.huge is False or area.file:
        raise SystemCallError(
            "EINVAL", f"MADV_COLLAPSE: {area.name or 'memory'} has small pages only"
        )
    error = ""
    for base in _windows(space, part):
        if space.table.is_huge(base):
            continue
        if not area.own_pages or space.table.missing(base) is not None:
            error = error or f"EINVAL nothing was written at {base:#x} yet"
        elif not _collapse(reclaim, space, area, base):
            error = error or f"ENOMEM no block of {space.huge} bytes is free"
    if error:
        name, _, why = error.partition(" ")
        raise SystemCallError(name, f"MADV_COLLAPSE: {why}")


def khugepaged(reclaim: Reclaim, spaces: Iterable[AddressSpace], max_none: int = MAX_NONE) -> int:
    """Go through all areas that want huge pages once, and count the huge pages made."""
    made = 0
    for space in spaces:
        for area in space.areas:
            if space.wants_huge(area) and area.own_pages and not area.grows_down:
                for base in _windows(space, area):
                    if _is_worth_it(space, base, max_none):
                        made += _collapse(reclaim, space, area, base)
    return made


def _windows(space: AddressSpace, part: Vma) -> Iterator[int]:
    """List the aligned huge pages that lie wholly in an area, or a part of one."""
    first = -(-part.start // space.huge) * space.huge
    return iter(range(first, part.end - space.huge + 1, space.huge))


def _is_worth_it(space: AddressSpace, base: int, max_none: int) -> bool:
    """Tell whether khugepaged would take these pages: not too many holes, some use."""
    table, pool = space.table, space.pool
    if table.is_huge(base) or table.missing(base) is not None:
        return False
    seen: Counter[str] = Counter()
    for _, word in table.entries(base, base + space.huge):
        pte = table.mode.pte.unpack(word)
        if space.is_swapped(pte):
            seen["swap"] += 1
        elif pte.pfn != pool.zero:
            seen["here"] += 1
            seen["shared"] += pool.frames[pte.pfn].shared
            seen["used"] += pte.accessed
    count = space.huge // space.page
    none = count - seen["swap"] - seen["here"]
    limits = {"none": (none, max_none), "swap": (seen["swap"], MAX_SWAP)}
    limits["share"] = seen["shared"], MAX_SHARED
    for name, (found, most) in limits.items():
        if found > most:
            pool.events[f"thp_scan_exceed_{name}_pte"] += 1
            return False
    return seen["used"] > 0 and not (seen["swap"] and seen["used"] < count // 2)


def _collapse(reclaim: Reclaim, space: AddressSpace, area: Vma, base: int) -> bool:
    """Copy what there is into one block, and tell whether there was a block."""
    pool, table, count = reclaim.pool, space.table, space.huge // space.page
    if not _read_back(reclaim, space, area, base):
        return False
    pfn = pool.take_block(count) if reclaim.fits(count) else None
    if pfn is None:
        pool.events["thp_collapse_alloc_failed"] += 1
        return False
    for va, word in table.entries(base, base + space.huge):
        pte = table.mode.pte.unpack(word)
        if pte.pfn != pool.zero:
            pool.fill(pfn + (va - base) // space.page, pool.content(pool.frames[pte.pfn]))
        space.clear(va)
    deposit = table.take_table(base)
    space.map_huge(area, base, pool.add(Frame(pfn, "anon", pages=count)), deposit)
    pool.events["thp_collapse_alloc"] += 1
    return True


def _read_back(reclaim: Reclaim, space: AddressSpace, area: Vma, base: int) -> bool:
    """Read all pages back from swap, and tell whether they are all in memory now."""
    unpack = space.table.mode.pte.unpack
    try:
        for va, word in space.table.entries(base, base + space.huge):
            pte = unpack(word)
            if space.is_swapped(pte):
                slot = reclaim.pool.swap.used[pte.pfn]
                frame = slot.cached or anonymous.read_slot(reclaim, slot)
                anonymous.map_back(reclaim, space, area, va, frame, write=False)
    except OutOfMemory:
        return False
    words = space.table.entries(base, base + space.huge)
    return not any(space.is_swapped(unpack(word)) for _, word in words)
