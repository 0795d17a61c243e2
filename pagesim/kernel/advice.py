"""What madvise(2) does, advice by advice.

Source: Linux mm/madvise.c.
"""

from __future__ import annotations

from dataclasses import replace

from ..memory import OutOfMemory
from ..mmu import Access
from .accesses import Accesses
from .vma import Vma

# Advice that is only noted in the area, and what is noted.
_NOTED: dict[str, dict[str, bool | None]] = {
    "normal": {"random": False},
    "random": {"random": True},
    "hugepage": {"huge": True},
    "nohugepage": {"huge": False},
}
ADVICE = (*_NOTED, "dontneed", "pageout", "populate_read", "populate_write")


def advise(process: Accesses, area: Vma, advice: str) -> None:
    """Follow a piece of advice for an area, or a part of one."""
    space = process.space
    if advice in _NOTED:
        noted = replace(area, **_NOTED[advice])  # type: ignore[arg-type]
        if noted != area:
            space.cut_huge(area.start, area.end)
            space.areas.remove(area.start, area.end)
            space.areas.insert(noted)
    elif advice == "dontneed":
        space.zap(area.start, area.end)
        space.table.prune_last(area.start, area.end)
    elif advice == "pageout":
        _page_out(process, area)
    else:
        _populate(process, area, "w" if advice == "populate_write" else "r")


def _page_out(process: Accesses, area: Vma) -> None:
    """Evict the pages that this process alone maps; where there is no room for them, they stay."""
    space, pool = process.space, process.space.pool
    for va in space.table.huge_pages(area.start, area.end):
        space.split_huge(va)
    for _, word in space.table.entries(area.start, area.end):
        pte = space.table.mode.pte.unpack(word)
        if space.is_swapped(pte) or pte.pfn == pool.zero:
            continue
        frame = pool.frames[pte.pfn]
        if not frame.shared and pool.can_leave(frame):
            process.kernel.reclaim.evict(frame)


def _populate(process: Accesses, area: Vma, access: Access) -> None:
    """Touch every page; as Linux does, stop quietly where memory ends."""
    try:
        process.touch(area, access)
    except OutOfMemory:
        return
