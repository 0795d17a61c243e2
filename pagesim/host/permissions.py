"""Accesses that are not allowed: the signal, and the error code that the hardware gave with it."""

from __future__ import annotations

import ctypes
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from ..arch import X86_64
from ..memory import PhysicalMemory
from ..mmu import Mmu, PageFault
from ..tables import RadixTable
from . import signals
from .forked import Channel, Child
from .helper import in_helper
from .lab import Lab, Row, Value
from .linux import FREE, PAGE, Unavailable, libc
from .region import Region

_KERNEL = 0xFFFF_FFFF_8100_0000  # where x86-64 kernels have their code
_NOT_CANONICAL = 0x8000_0000_0000_0000
_CR2 = "CR2 held the address, at each page fault"


@dataclass(frozen=True)
class _Case:
    name: str
    access: Literal["r", "w", "x"]
    signal: str  # what the kernel makes of it, by the mapping; empty if it is allowed
    leaf: Mapping[str, bool] | None = None  # the entry that the hardware finds, if it is present


_CASES = (
    _Case("load from a read-only page", "r", "", {"writable": False}),
    _Case("store to it", "w", "SIGSEGV ACCERR", {"writable": False}),
    _Case("store to a read-only page never touched", "w", "SIGSEGV ACCERR"),
    _Case("load from a page that became PROT_NONE", "r", "SIGSEGV ACCERR"),
    _Case("load at NULL", "r", "SIGSEGV MAPERR"),
    _Case("store at NULL", "w", "SIGSEGV MAPERR"),
    _Case("load where nothing is mapped", "r", "SIGSEGV MAPERR"),
    _Case("store to the C library's code", "w", "SIGSEGV ACCERR", {"writable": False}),
    _Case("jump to data", "x", "SIGSEGV ACCERR", {"nx": True}),
    _Case("load at a kernel address", "r", "SIGSEGV MAPERR", {"user": False}),
    _Case("store at a kernel address", "w", "SIGSEGV MAPERR", {"user": False}),
    _Case("load behind the end of a mapped file", "r", "SIGBUS ADRERR"),
)
_NO_PAGE_FAULT = Row(("load at a non-canonical address",), "SIGSEGV SI_KERNEL, trap 13")


class Permissions(Lab):
    """Provoke every kind of forbidden access, and read the hardware's error code.

    The simulator's `Mmu` predicts the code's letters from the entry that the walk finds. (A page
    made PROT_NONE keeps its frame, but Linux clears the present bit; of kernel addresses Linux
    always says P, so that nobody can search for its mappings.)

    Examples
    --------
    >>> Permissions().prediction.predicted["jump to data"]
    'SIGSEGV ACCERR, P U I'
    """

    key = "permissions"
    notebook = "08"
    title = "Forbidden accesses"
    headings = ("access",)
    basis = "predicted by the simulator's MMU: P present, W write, U user mode, I fetch"
    asked = (
        "store to a read-only page never touched",
        "load from a page that became PROT_NONE",
        "load at a kernel address",
    )

    def rows(self) -> Sequence[Row]:
        """Let the simulated hardware try each access."""
        signals = {case.name: _predict(case) for case in _CASES}
        options = tuple(sorted(set(signals.values())))
        cases = [Row((name,), signal, options) for name, signal in signals.items()]
        return (*cases, _NO_PAGE_FAULT, Row((_CR2,), "yes"))

    def check(self) -> None:
        """Need the error codes of x86-64."""
        libc()
        if platform.machine() != "x86_64":
            raise Unavailable(f"it is a {platform.machine()}; the error codes are x86-64's")

    def count(self) -> Mapping[str, Value]:
        """Let a child of a helper process die of each."""
        seen: dict[str, Value] = in_helper(_try_all)
        return seen


def _predict(case: _Case) -> str:
    table = RadixTable(X86_64, PhysicalMemory(frames=8))
    if case.leaf is not None:
        table.map(0, pfn=0, **case.leaf)
    try:
        Mmu(table).translate(0, access=case.access)
    except PageFault as fault:
        return f"{case.signal}, {fault.flags}"
    return "no fault"


def _try_all() -> dict[str, str]:
    addresses = [*_places(), _NOT_CANONICAL]
    accesses = [*(case.access for case in _CASES), "r"]
    names = [*(case.name for case in _CASES), _NO_PAGE_FAULT.name]
    seen, cr2 = {}, []
    for name, address, access in zip(names, addresses, accesses, strict=True):
        child = Child(partial(_try, address, access))
        seen[name], at = child.receive()
        cr2 += [] if at is None else [at == address]
        child.wait()
    return seen | {_CR2: "yes" if cr2 and all(cr2) else "no"}


def _try(address: int, access: str, line: Channel) -> None:
    """Do one access in a forked child, and send what it brought and what CR2 was."""

    def handler(fault: signals.BadAccess) -> None:
        if fault.trap == signals.PAGE_FAULT:
            detail = PageFault(fault.cr2, fault.error_code).flags
        else:
            detail = f"trap {fault.trap}"
        cr2 = fault.cr2 if fault.trap == signals.PAGE_FAULT else None
        line.send((f"{fault.signal} {fault.code}, {detail}", cr2))
        os._exit(0)

    signals.on_bad_access(handler)
    cell = ctypes.c_ubyte.from_address(address)
    if access == "r":
        cell.value  # noqa: B018
    elif access == "w":
        cell.value = 1
    else:
        ctypes.CFUNCTYPE(None)(address)()
    line.send(("no fault", None))


def _places() -> list[int]:
    """Prepare a place for each case; they stay mapped until the helper process ends."""
    read_only, none, data = (Region(PAGE) for _ in range(3))
    for region in (read_only, none, data):
        region.write()
    read_only.protect("r")
    none.protect("")
    untouched = Region(PAGE, prot="r")
    # Behind the last page that holds a byte of the file there is nothing to load from.
    file = Region(2 * PAGE, fd=os.memfd_create("short"), shared=True)
    # the code of a call that each child has just made: its page is present
    code = ctypes.cast(libc().sigaction, ctypes.c_void_p).value or 0
    return [
        read_only.address,
        read_only.address,
        untouched.address,
        none.address,
        0,
        0,
        FREE[0],
        code,
        data.address,
        _KERNEL,
        _KERNEL,
        file.address,
    ]
