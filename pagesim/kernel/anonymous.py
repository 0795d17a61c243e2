"""Faults on private memory: first touch, copy-on-write, swap.

Source: Linux mm/memory.c (`do_anonymous_page`, `do_wp_page`, `do_swap_page`).
"""

from __future__ import annotations

from ..arch import Pte
from .decision import Found, Why
from .fault import Fault
from .pages import Frame, Slot
from .reclaim import Reclaim
from .space import AddressSpace
from .vma import Vma


def first_touch(reclaim: Reclaim, fault: Fault) -> None:
    """Give a page its first content: zeros that all share until the first write."""
    reclaim.grow(fault.space.table, fault.va)
    if fault.write:
        give_page(reclaim, fault)
        fault.done(Why.FIRST_WRITE)
    else:
        fault.space.map_zero(fault.vma, fault.va)
        fault.done(Why.FIRST_READ)


def write_protected(reclaim: Reclaim, fault: Fault, pte: Pte) -> None:
    """Serve a write to a page that is in memory, but read-only for now."""
    space, va, pool = fault.space, fault.va, reclaim.pool
    if pte.pfn == pool.zero:
        fault.found(Found.ZERO_PAGE)
        give_page(reclaim, fault)
        fault.done(Why.WRITE_AFTER_READ)
        return
    frame = pool.frames[pte.pfn]
    if fault.vma.kind == "shared":
        fault.found(Found.CLEAN_SHARED)
        space.set_flags(va, writable=True, dirty=True)
        fault.done(Why.CLEAN_SHARED)
        return
    if _is_last_owner(frame):
        fault.found(Found.OWN)
        if frame.slot:
            pool.release_slot(frame)
        frame.exclusive = True
        space.set_flags(va, writable=True, dirty=True)
        fault.done(Why.TAKEN_OVER)
        return
    fault.found(Found.OTHERS_TOO if frame.kind == "anon" else Found.OF_FILE)
    give_page(reclaim, fault, copied=frame)
    fault.done(Why.COPIED)


def swap_in(reclaim: Reclaim, fault: Fault, pte: Pte) -> None:
    """Bring a page back from swap, or find that somebody else has."""
    pool = reclaim.pool
    slot = pool.swap.used[pte.pfn]
    frame = slot.cached
    fault.found(Found.NOT_IN_SWAP_CACHE if frame is None else Found.IN_SWAP_CACHE)
    if frame is None:
        frame = read_slot(reclaim, slot)
        fault.kind = "major"
    why = Why.FROM_SWAP if fault.kind == "major" else Why.BACK_FROM_SWAP
    map_back(reclaim, fault.space, fault.vma, fault.va, frame, fault.write)
    if fault.write and not frame.exclusive:
        write_protected(reclaim, fault, fault.space.pte(fault.va))
        fault.done(why, Why.THEN, *fault.why)
    else:
        fault.done(why)


def read_slot(reclaim: Reclaim, slot: Slot) -> Frame:
    """Read a page from swap into the swap cache."""
    pfn = reclaim.take()
    reclaim.pool.fill(pfn, slot.content)
    slot.cached = reclaim.pool.add(Frame(pfn, "anon", exclusive=False, slot=slot))
    reclaim.pool.events["pswpin"] += 1
    reclaim.pool.events["pgpgin"] += 1  # swap is a disk, too
    return slot.cached


def map_back(
    reclaim: Reclaim, space: AddressSpace, area: Vma, va: int, frame: Frame, write: bool
) -> None:
    """Let an entry that names a swap slot lead to the slot's page in the swap cache."""
    slot = frame.slot
    assert slot is not None  # the page is in the swap cache
    alone = slot.users == 1 and not frame.mappers
    unneeded = alone and (write or reclaim.pool.swap.half_full)
    if slot.exclusive or unneeded:
        frame.exclusive = True
    space.swap_in(area, va, frame, writable=frame.exclusive)
    if unneeded:
        reclaim.pool.release_slot(frame)  # else swap keeps its copy: a clean page can just leave


def give_page(reclaim: Reclaim, fault: Fault, copied: Frame | None = None) -> None:
    """Let the entry lead to a new private page: zeros, or a copy."""
    pool = reclaim.pool
    pfn = reclaim.take(keep=copied)  # the only step that can fail; nothing has changed before it
    if copied:
        pool.fill(pfn, pool.content(copied))
    fault.own_pages()
    frame = pool.add(Frame(pfn, "anon"))
    fault.space.clear(fault.va)
    fault.space.map(fault.vma, fault.va, frame, writable=True, dirty=True)


def _is_last_owner(frame: Frame) -> bool:
    if frame.kind != "anon":
        return False
    in_swap = frame.slot is not None and frame.slot.users > 0
    return frame.exclusive or (len(frame.mappers) == 1 and not in_swap)
