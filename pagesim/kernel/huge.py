"""Faults that a huge page can serve: one of them maps 2 MiB.

It takes an area that was advised so (MADV_HUGEPAGE), that covers the whole aligned 2 MiB around the
address, with nothing there yet, and 512 free frames in one aligned block. If anything is missing,
the fault falls back to a small page. A huge page that is shared after a fork is not copied whole:
the writer's entry is split into 512 small ones, and one of them is copied.

Source: Linux mm/huge_memory.c (`do_huge_pmd_anonymous_page`, `do_huge_pmd_wp_page`).
"""

from __future__ import annotations

from .decision import Found, Why
from .fault import Fault
from .frames import FramePool
from .pages import Frame
from .reclaim import Reclaim


def serve(reclaim: Reclaim, fault: Fault) -> bool:
    """Serve a fault with a huge page, and tell whether that was possible."""
    space, pool = fault.space, reclaim.pool
    if not space.huge:
        return False
    if space.table.is_huge(fault.va):
        return _write_protected(reclaim, fault)
    base = fault.va & -space.huge
    area = fault.vma
    if not space.wants_huge(area) or not area.start <= base <= area.end - space.huge:
        return False
    if not space.table.nothing_below(base):
        return False
    fault.own_pages()  # Linux prepares for them here, before it looks whether it was a read
    reclaim.grow(space.table, base, space.table.last - 1)
    deposit = reclaim.take()
    frames = space.huge // space.page
    if fault.write and not reclaim.fits(frames):
        pool.events["thp_fault_fallback_charge"] += 1
        pfn = None
    else:
        pfn = pool.take_block(frames) if fault.write else pool.huge_zero_page(frames)
    if pfn is None:
        space.table.memory.free(deposit)
        return _fall_back(pool, fault)
    fault.found(Found.HUGE_POSSIBLE)
    if fault.write:
        frame = pool.add(Frame(pfn, "anon", pages=frames))
        space.map_huge(fault.vma, base, frame, deposit)
        pool.events["thp_fault_alloc"] += 1
        fault.done(Why.HUGE_FIRST_WRITE, pages=frames)
    else:
        space.map_huge(fault.vma, base, None, deposit)
        fault.done(Why.HUGE_FIRST_READ, pages=frames)
    return True


def _write_protected(reclaim: Reclaim, fault: Fault) -> bool:
    pool = reclaim.pool
    space, base = fault.space, fault.va & -fault.space.huge
    frames = space.huge // space.page
    pte = space.pte(base)
    if pte.pfn == pool.huge_zero:
        pfn = pool.take_block(frames) if reclaim.fits(frames) else None
        if pfn is None:
            space.split_huge(base)
            return _fall_back(pool, fault)
        fault.found(Found.HUGE_ZERO)
        deposit = space.table.take_back(base)
        pool.leave_huge_zero()
        space.map_huge(fault.vma, base, pool.add(Frame(pfn, "anon", pages=frames)), deposit)
        fault.done(Why.HUGE_WRITE_AFTER_READ, pages=frames)
        return True
    head = pool.frames[pte.pfn]
    # Somebody who had it too may have split it, copied all of it, and be gone from it.
    parts = [head] if head.pages == frames else [pool.frames[pte.pfn + i] for i in range(frames)]
    if not any(part.shared for part in parts):
        fault.found(Found.HUGE_OWN)
        for part in parts:
            part.exclusive = True
        space.set_flags(base, writable=True, dirty=True)
        fault.done(Why.HUGE_TAKEN_OVER, pages=frames)
        return True
    fault.found(Found.HUGE_SHARED)
    space.split_huge(base)
    return False


def _fall_back(pool: FramePool, fault: Fault) -> bool:
    fault.found(Found.NO_BLOCK)
    pool.events["thp_fault_fallback"] += 1
    return False
