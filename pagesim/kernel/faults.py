"""The page-fault handler: from an address and an access to a page, or to a signal.

    1. Is it an address of the user's half?                    else SIGSEGV (MAPERR)
    2. Which area holds it? None, but a stack is just above?    grow it, else SIGSEGV (MAPERR)
    3. Does the area allow this access?                         else SIGSEGV (ACCERR)
    4. What does the entry hold?
         nothing       private memory: the zero page on a read, a new page on a write
                       (a huge one, where that was asked for and is possible)
                       a file: from the page cache, or from disk first (major)
         a swap slot   read the page back (major), or find it in the swap cache
         a page        it was a write to a read-only entry: copy the page, or take it over

Source: Linux arch/x86/mm/fault.c (`do_user_addr_fault`, `access_error`), mm/memory.c
(`handle_pte_fault`), mm/vma.c (`expand_downwards`).
"""

from __future__ import annotations

from . import anonymous, cached, huge
from .fault import Fault, Refused
from .frames import FramePool
from .space import AddressSpace
from .vma import Vma


def handle(pool: FramePool, fault: Fault) -> None:
    """Serve a fault, so that the access can be tried again.

    Raises
    ------
    Refused
        If it ends in a signal.
    OutOfMemory
        If a frame is needed and none can be had.
    """
    _find_area(fault)
    _check_access(fault)
    space, area, va = fault.space, fault.vma, fault.va
    if area.file is None and huge.serve(pool, fault):
        return
    space.table.grow(va)
    word = space.table.word(va)
    pte = space.pte(va)
    if not word:
        fault.found("entry", "empty")
        if area.file is None:
            fault.found("memory", "private, no file")
            anonymous.first_touch(pool, fault)
        else:
            fault.found("memory", f"{area.kind}, {area.file.name}")
            cached.serve(pool, fault)
    elif space.is_swapped(pte):
        fault.found("entry", f"swap slot {pte.pfn}")
        anonymous.swap_in(pool, fault, pte)
    else:
        fault.found("entry", f"read-only, frame {pte.pfn}")
        anonymous.write_protected(pool, fault, pte)


def _find_area(fault: Fault) -> None:
    space, va = fault.space, fault.va
    if not space.table.mode.is_canonical(va):  # x86-64 does not come here with one
        fault.found("address", "not canonical")
        raise Refused("SIGSEGV", "SEGV_MAPERR", "the address is not canonical")
    if not va < space.layout.top:
        fault.found("address", "of the kernel")
        raise Refused("SIGSEGV", "SEGV_MAPERR", "an address of the kernel")
    fault.found("address", "of the user")
    fault.area = space.areas.find(va)
    if fault.area:
        fault.found("area", fault.area.name or fault.area.role)
        return
    stack = space.areas.around(va)[1]
    if stack is None or not stack.grows_down:
        fault.found("area", "none")
        raise Refused("SIGSEGV", "SEGV_MAPERR", "nothing is mapped there")
    obstacle = _obstacle(space, stack, va)
    if obstacle:
        fault.found("area", f"none; the stack above {obstacle}")
        raise Refused("SIGSEGV", "SEGV_MAPERR", f"the stack above {obstacle}")
    grown = (stack.start - va) // space.page
    fault.area = space.areas.change(stack, start=va)
    fault.found("area", f"none, but a stack is above: it grows by {grown} pages")


def _obstacle(space: AddressSpace, stack: Vma, va: int) -> str:
    """Say what keeps a stack from growing down to an address; nothing does if empty."""
    below = space.areas.around(va)[0]
    if below and below.prot and not below.grows_down and va - below.end < space.layout.guard:
        return "would come too close to the area below"
    if stack.end - va > space.layout.stack_limit or va < space.layout.lowest:
        return "is at its limit"
    return ""


def _check_access(fault: Fault) -> None:
    fmt = fault.space.table.mode.pte
    # Hardware cannot tell a fetch from a read without an NX bit; and whatever allows anything
    # allows reading, because an x86 entry has no bit against it.
    needed = fault.access if fault.access != "x" or fmt.nx is not None else "r"
    allowed = needed in fault.vma.prot if needed != "r" else bool(fault.vma.prot)
    fault.found("allowed", "yes" if allowed else f"no, it is {fault.vma.perms}")
    if not allowed:
        raise Refused("SIGSEGV", "SEGV_ACCERR", f"the area does not allow it ({fault.vma.perms})")
