"""What madvise(2) does, advice by advice.

Source: Linux 6.18 mm/madvise.c.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..memory import OutOfMemory
from . import anonymous, cached, collapse, hugetlb
from .accesses import Accesses
from .errors import SystemCallError
from .populate import populate
from .vma import Vma

# Advice that is only noted in the area, and what is noted.
_NOTED: dict[str, dict[str, bool | None]] = {
    "normal": {"random": False},
    "random": {"random": True},
    "hugepage": {"huge": True},
    "nohugepage": {"huge": False},
}
_NOT_LOCKED = ("dontneed", "free", "cold", "pageout")  # what areas locked in memory refuse

_FOR_POOL = ("normal", "random", "dontneed", "populate_read", "populate_write")


def advise(process: Accesses, area: Vma, advice: str) -> None:
    """Follow a piece of advice for an area, or a part of one."""
    if area.locked and advice in _NOT_LOCKED:
        raise SystemCallError("EINVAL", f"madvise {advice}: the area is locked in memory")
    if area.hugetlb and advice not in _FOR_POOL:
        raise SystemCallError("EINVAL", f"madvise {advice}: the area has pages of the pool")
    if advice in _NOTED:
        _note(process, area, advice)
    else:
        _DONE[advice](process, area)


def _note(process: Accesses, area: Vma, advice: str) -> None:
    space = process.space
    noted = replace(area, **_NOTED[advice])  # type: ignore[arg-type]
    if noted != area:
        space.cut_huge(area.start, area.end)
        space.areas.remove(area.start, area.end)
        space.areas.insert(noted)


def _forget(process: Accesses, area: Vma) -> None:
    if area.hugetlb:
        hugetlb.forget(process.space, area)
        return
    process.space.zap(area.start, area.end)
    process.space.table.prune_last(area.start, area.end)


def _free(process: Accesses, area: Vma) -> None:
    """Let the pages go first when memory is short, unless they are written before that."""
    space, pool = process.space, process.space.pool
    if area.file is not None:
        raise SystemCallError("EINVAL", f"madvise free: {area.name} is no private memory")
    space.cut_huge(area.start, area.end)
    for va in space.table.huge_pages(area.start, area.end):
        pfn = space.pte(va).pfn
        if pfn != pool.huge_zero and pool.frames[pfn].pages > 1:
            _free_page(process, va)
    for va, word in space.table.entries(area.start, area.end):
        if space.is_swapped(space.table.mode.pte.unpack(word)):
            space.clear(va)
        else:
            _free_page(process, va)


def _free_page(process: Accesses, va: int) -> None:
    space, pool = process.space, process.space.pool
    frame = pool.frames.get(space.pte(va).pfn)
    if frame is None or frame.kind != "anon":
        return  # the zero page, or one of a file
    if frame.slot or frame.dirty:
        if frame.shared or (frame.slot and frame.slot.users):
            return
        frame.dirty = False
        if frame.slot:
            pool.release_slot(frame)
    if frame.pages > 1 and frame.shared:
        return
    space.set_flags(va, dirty=False, accessed=False)
    if frame.pfn not in pool.lazy:
        pool.lazy[frame.pfn] = frame
        pool.events["pglazyfree"] += frame.pages


def _cool(process: Accesses, area: Vma) -> None:
    """Let the pages that this process alone maps be the next to leave, as if long unused."""
    space, pool = process.space, process.space.pool
    space.cut_huge(area.start, area.end)
    huge = space.table.huge_pages(area.start, area.end)
    for va in (*huge, *(va for va, _ in space.table.entries(area.start, area.end))):
        frame = pool.frames.get(space.pte(va).pfn)
        if not space.is_swapped(space.pte(va)) and frame and not frame.shared:
            space.forget_access(va)
            frame.age = 0
            pool.frames.move_to_end(frame.pfn, last=False)


def _read_ahead(process: Accesses, area: Vma) -> None:
    """Read what is on a disk or in swap, but map none of it; stop where memory is full."""
    space, reclaim = process.space, process.kernel.reclaim
    try:
        if area.file:
            cached.read_pages(reclaim, area.file, area.offset, area.length // space.page)
        for _, word in space.table.entries(area.start, area.end):
            pte = space.table.mode.pte.unpack(word)
            if space.is_swapped(pte) and not space.pool.swap.used[pte.pfn].cached:
                anonymous.read_slot(reclaim, space.pool.swap.used[pte.pfn])
    except OutOfMemory:
        return


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


_DONE: dict[str, Callable[[Accesses, Vma], None]] = {
    "dontneed": _forget,
    "free": _free,
    "cold": _cool,
    "willneed": _read_ahead,
    "pageout": _page_out,
    "collapse": lambda process, area: collapse.collapse(
        process.kernel.reclaim, process.space, area
    ),
    "populate_read": lambda process, area: populate(process, area, "r"),
    "populate_write": lambda process, area: populate(process, area, "w"),
}
ADVICE = (*_NOTED, *_DONE)
