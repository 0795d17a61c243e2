"""The page-fault handler: from an address and an access to a page, or to a signal.

    1. Is it an address of the user's half?                    else SIGSEGV (MAPERR)
    2. Which area holds it? None, but a stack is just above?    grow it, else SIGSEGV (MAPERR)
    3. Does the area allow this access?                         else SIGSEGV (ACCERR)
    4. What does the entry hold?
         (areas of the pool of huge pages have rules of their own)
         nothing       private memory: the zero page on a read, a new page on a write
                       (a huge one, where that was asked for and is possible)
                       a file: from the page cache, or from disk first (major)
         a swap slot   read the page back (major), or find it in the swap cache
         a page        it was a write to a read-only entry: copy the page, or take it over

Source: Linux arch/x86/mm/fault.c (`do_user_addr_fault`, `access_error`), mm/memory.c
(`handle_pte_fault`), mm/vma.c (`expand_downwards`).
"""

from __future__ import annotations

from . import anonymous, cached, huge, hugetlb
from .decision import Found, Why
from .fault import Fault, Refused
from .numa import Placement
from .reclaim import Reclaim
from .vma import Vma


def handle(reclaim: Reclaim, fault: Fault) -> None:
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
    space, va = fault.space, fault.va
    if va not in fault.vma:  # a stack that grows
        fault.area = space.areas.change(fault.vma, start=va)
    area = fault.vma
    reclaim.pool.events["pgfault"] += 1
    reclaim.pool.placement = _place(fault)
    if area.hugetlb:
        hugetlb.serve(reclaim, fault)
        return
    if area.file is None and huge.serve(reclaim, fault):
        return
    word = space.table.word(va)
    pte = space.pte(va)
    if not word:
        fault.found(Found.EMPTY)
        if area.file is None:
            fault.found(Found.NO_FILE)
            anonymous.first_touch(reclaim, fault)
        else:
            shared = area.kind == "shared"
            fault.found(Found.SHARED_FILE if shared else Found.PRIVATE_FILE, area.file.name)
            cached.serve(reclaim, fault)
    elif space.is_swapped(pte):
        fault.found(Found.IN_SWAP, pte.pfn)
        anonymous.swap_in(reclaim, fault, pte)
    else:
        fault.found(Found.READ_ONLY, pte.pfn)
        anonymous.write_protected(reclaim, fault, pte)


def _place(fault: Fault) -> Placement:
    """Tell which node a page is to come from: what the area says, or the process."""
    space, area = fault.space, fault.vma
    page = fault.va // space.page
    if area.file:
        page = area.offset + (fault.va - area.start) // space.page
    elif space.wants_huge(area):
        page = fault.va // space.huge
    return (area.policy or space.policy).place(page, space.node)


def _find_area(fault: Fault) -> None:
    space, va = fault.space, fault.va
    if not space.table.mode.is_canonical(va):  # x86-64 does not come here with one
        fault.found(Found.NOT_CANONICAL)
        raise Refused("SIGSEGV", "SEGV_MAPERR", Why.NOT_CANONICAL)
    if not va < space.layout.top:
        fault.found(Found.KERNELS)
        raise Refused("SIGSEGV", "SEGV_MAPERR", Why.OF_KERNEL)
    fault.found(Found.USERS)
    fault.area = space.areas.find(va)
    if fault.area:
        fault.found(Found.AREA, fault.area.name or fault.area.role)
        return
    stack = space.areas.around(va)[1]
    if stack is None or not stack.grows_down:
        fault.found(Found.NO_AREA)
        raise Refused("SIGSEGV", "SEGV_MAPERR", Why.NOT_MAPPED)
    _check_growth(fault, stack)
    fault.area = stack
    fault.found(Found.STACK_GROWS, (stack.start - va) // space.page)


def _check_growth(fault: Fault, stack: Vma) -> None:
    """Refuse a fault that a stack may not grow down to."""
    space, va = fault.space, fault.va
    below = space.areas.around(va)[0]
    if below and below.prot and not below.grows_down and va - below.end < space.layout.guard:
        fault.found(Found.STACK_TOO_CLOSE)
        raise Refused("SIGSEGV", "SEGV_MAPERR", Why.STACK_TOO_CLOSE)
    if stack.end - va > space.layout.stack_limit or va < space.layout.lowest:
        fault.found(Found.STACK_AT_LIMIT)
        raise Refused("SIGSEGV", "SEGV_MAPERR", Why.STACK_AT_LIMIT)


def _check_access(fault: Fault) -> None:
    fmt = fault.space.table.mode.pte
    # Hardware cannot tell a fetch from a read without an NX bit; and whatever allows anything
    # allows reading, because an x86 entry has no bit against it.
    needed = fault.access if fault.access != "x" or fmt.nx is not None else "r"
    allowed = needed in fault.vma.prot if needed != "r" else bool(fault.vma.prot)
    if not allowed:
        fault.found(Found.FORBIDDEN, fault.vma.perms)
        raise Refused("SIGSEGV", "SEGV_ACCERR", Why.FORBIDDEN)
    fault.found(Found.ALLOWED)
