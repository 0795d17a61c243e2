"""Faults on private memory: first touch, copy-on-write, swap.

Source: Linux mm/memory.c (`do_anonymous_page`, `do_wp_page`, `do_swap_page`).
"""

from __future__ import annotations

from ..arch import Pte
from .fault import Fault
from .frames import Frame, FramePool


def first_touch(pool: FramePool, fault: Fault) -> None:
    """Give a page its first content: zeros that all share until the first write."""
    if fault.write:
        give_page(pool, fault)
        fault.done("first write: a zeroed page of its own")
    else:
        fault.space.map_zero(fault.vma, fault.va)
        fault.done("first read: the zero page")


def write_protected(pool: FramePool, fault: Fault, pte: Pte) -> None:
    """Serve a write to a page that is in memory, but read-only for now."""
    space, va = fault.space, fault.va
    if pte.pfn == pool.zero:
        fault.found("page", "the zero page")
        give_page(pool, fault)
        fault.done("first write after a read: a zeroed page of its own")
        return
    frame = pool.frames[pte.pfn]
    if fault.vma.kind == "shared":
        fault.found("page", "shared, clean until now")
        space.set_flags(va, writable=True, dirty=True)
        fault.done("first write to a clean shared page: its file is told")
        return
    if _is_last_owner(frame):
        fault.found("page", "private, nobody else has it")
        if frame.slot:
            pool.release_slot(frame)
        frame.exclusive = True
        space.set_flags(va, writable=True, dirty=True)
        fault.done("copy-on-write: the last owner takes the page over")
        return
    whose = "of a file" if frame.kind != "anon" else "private, others have it too"
    fault.found("page", whose)
    give_page(pool, fault, copied=frame)
    fault.done("copy-on-write: a copy of its own")


def swap_in(pool: FramePool, fault: Fault, pte: Pte) -> None:
    """Bring a page back from swap, or find that somebody else has."""
    slot = pool.swap.used[pte.pfn]
    frame = slot.cached
    fault.found("swap cache", "no" if frame is None else "yes")
    if frame is None:
        pfn = pool.take()
        pool.fill(pfn, slot.content)
        frame = slot.cached = pool.add(Frame(pfn, "anon", exclusive=False, slot=slot))
        pool.events["pswpin"] += 1
        fault.kind = "major"
    reason = "read back from swap" if fault.kind == "major" else "already back from swap"
    alone = slot.users == 1 and not frame.mappers
    if slot.exclusive or (alone and (fault.write or pool.swap.half_full)):
        frame.exclusive = True
    fault.space.swap_in(fault.vma, fault.va, frame, writable=frame.exclusive)
    if alone and (fault.write or pool.swap.half_full):
        pool.release_slot(frame)  # else swap keeps its copy: while clean, the page can just leave
    if fault.write and not frame.exclusive:
        write_protected(pool, fault, fault.space.pte(fault.va))
        reason += ", then " + fault.reason
    fault.done(reason)


def give_page(pool: FramePool, fault: Fault, copied: Frame | None = None) -> None:
    """Let the entry lead to a new private page: zeros, or a copy."""
    pfn = pool.take(keep=copied)  # the only step that can fail; nothing has changed before it
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
