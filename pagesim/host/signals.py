"""The signal that a bad access brings, with all that the kernel says about it.

    siginfo     si_code at byte 8, the address (si_addr) at byte 16
    ucontext    on x86-64 the registers from byte 40: 0 to 15 the general ones, 16 RIP,
                19 the hardware's error code, 20 the trap number and 22 CR2, the address that the
                hardware saw

For helper processes only. Sources: Linux include/uapi/asm-generic/siginfo.h,
arch/x86/include/uapi/asm/sigcontext.h; glibc's <sys/ucontext.h>.
"""

from __future__ import annotations

import ctypes
import signal
from collections.abc import Callable
from dataclasses import dataclass

from .linux import libc

PAGE_FAULT = 14  # trap number of a page fault on x86
_SA_SIGINFO, _SA_NODEFER = 0x4, 0x40000000
_CODES = {
    ("SIGSEGV", 1): "MAPERR",
    ("SIGSEGV", 2): "ACCERR",
    ("SIGSEGV", 128): "SI_KERNEL",
    ("SIGBUS", 2): "ADRERR",
}
_HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_installed: list[object] = []  # what the kernel points to must stay alive


class _SigAction(ctypes.Structure):
    _fields_ = (
        ("handler", _HANDLER),
        ("mask", ctypes.c_ulong * 16),
        ("flags", ctypes.c_int),
        ("restorer", ctypes.c_void_p),
    )


@dataclass(frozen=True)
class BadAccess:
    """What the kernel tells a signal handler; the last three are x86-64's."""

    signal: str
    code: str
    address: int
    error_code: int
    trap: int
    cr2: int


def on_bad_access(handler: Callable[[BadAccess], None]) -> None:
    """Call `handler` at SIGSEGV and SIGBUS; when it returns, the access is tried again."""

    def entry(number: int, info: int, context: int) -> None:
        kind = signal.Signals(number).name
        code = ctypes.c_int.from_address(info + 8).value
        address = ctypes.c_uint64.from_address(info + 16).value
        error, trap, cr2 = (
            ctypes.c_uint64.from_address(context + 40 + 8 * register).value
            for register in (19, 20, 22)
        )
        name = _CODES.get((kind, code), f"si_code {code}")
        handler(BadAccess(kind, name, address, error, trap, cr2))

    install(entry, signal.SIGSEGV, signal.SIGBUS)


def install(entry: Callable[[int, int, int], None], *kinds: signal.Signals) -> None:
    """Call `entry` with the signal's number and the addresses of its siginfo and ucontext."""
    action = _SigAction(_HANDLER(entry), flags=_SA_SIGINFO | _SA_NODEFER)
    _installed.append(action)
    for kind in kinds:
        if libc().sigaction(kind, ctypes.byref(action), None):
            raise OSError(ctypes.get_errno(), "sigaction")
