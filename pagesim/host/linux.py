"""What the kernel is asked for: libc's calls through ctypes, and its flags by name.

Importing this module is safe everywhere. Calling into it is for Linux: elsewhere every call raises
`Unavailable`, and the labs then show what was recorded.

Source of the numbers: Linux include/uapi/asm-generic/mman-common.h, mman.h (the same on x86-64,
arm64 and riscv64).
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import sys
from functools import cache
from pathlib import Path

from ..units import binary

LINUX = sys.platform == "linux"
if LINUX:  # elsewhere the module is missing, or a mock
    import resource

PAGE = mmap.PAGESIZE  # never 4096: some machines have pages of 16 or 64 KiB
HUGE_PAGE = 2 << 20

# Stretches of 32 TiB where nothing is put by default: above any program that is not relocated,
# below those that are (0x55...) and the libraries (0x7f...). They start at multiples of 512 GiB,
# so the page tables of every level start empty there.
FREE = (0x100000000000, 0x300000000000)

PROT = {"r": 1, "w": 2, "x": 4}

MAP_SHARED = 0x1
MAP_PRIVATE = 0x2
MAP_FIXED = 0x10
MAP_ANONYMOUS = 0x20
MAP_GROWSDOWN = 0x100
MAP_NORESERVE = 0x4000
MAP_POPULATE = 0x8000
MAP_FIXED_NOREPLACE = 0x100000

MADV_RANDOM = 1
MADV_WILLNEED = 3
MADV_DONTNEED = 4
MADV_FREE = 8
MADV_HUGEPAGE = 14
MADV_NOHUGEPAGE = 15
MADV_COLD = 20
MADV_PAGEOUT = 21
MADV_COLLAPSE = 25

_SYSTEMS = {"darwin": "macOS", "win32": "Windows", "emscripten": "a browser"}


class Unavailable(Exception):
    """This machine cannot do what a lab needs; the message says why.

    Examples
    --------
    >>> raise Unavailable("its pages are 16 KiB")
    Traceback (most recent call last):
    pagesim.host.linux.Unavailable: its pages are 16 KiB
    """


@cache
def libc() -> ctypes.CDLL:
    """Open the C library, with the types of the calls that labs make.

    Raises
    ------
    Unavailable
        If this is not Linux.
    """
    if not LINUX:
        raise Unavailable(f"it runs {_SYSTEMS.get(sys.platform, sys.platform)}, not Linux")
    library = ctypes.CDLL(None, use_errno=True)
    pointer, size, number = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    library.mmap.restype = pointer
    library.mmap.argtypes = [pointer, size, number, number, number, ctypes.c_long]
    library.munmap.argtypes = [pointer, size]
    library.madvise.argtypes = [pointer, size, number]
    library.mprotect.argtypes = [pointer, size, number]
    library.mlock.argtypes = [pointer, size]
    library.munlock.argtypes = [pointer, size]
    library.mincore.argtypes = [pointer, size, pointer]
    library.fallocate.argtypes = [number, number, ctypes.c_long, ctypes.c_long]
    return library


def require_4_kib_pages() -> None:
    """Refuse a machine whose pages are not those that the lab's numbers are for.

    Raises
    ------
    Unavailable
        If this is not Linux, or its pages are longer.
    """
    libc()
    if PAGE != 4 << 10:
        raise Unavailable(f"its pages are {binary(PAGE)}, not 4 KiB")


def proc(name: str) -> str:
    """Read a file below /proc; bytes that are no UTF-8 come as in `os.fsdecode`.

    Raises
    ------
    Unavailable
        If this is not Linux, or the file cannot be read.
    """
    libc()
    try:
        raw = Path("/proc", name).read_bytes()  # as text, a carriage return would end a line
    except OSError as why:
        raise Unavailable(f"its /proc/{name} cannot be read ({why.strerror})") from None
    return raw.decode("utf-8", "surrogateescape")


def address_limit() -> str:
    """Say that the address space of this process is limited, if it is."""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0] if LINUX else -1
    if limit < 0:  # RLIM_INFINITY
        return ""
    return f"its address space is limited to {binary(limit)} (ulimit -v)"


def refusal(why: Exception) -> str:
    """Say in words why this machine could not do what was asked.

    Examples
    --------
    >>> refusal(PermissionError(1, "Operation not permitted"))
    'its kernel refuses (Operation not permitted)'
    >>> refusal(KeyError("Rss"))
    "something is not as expected (KeyError: 'Rss')"
    """
    if isinstance(why, Unavailable):
        return str(why)
    if isinstance(why, MemoryError) or (isinstance(why, OSError) and why.errno == errno.ENOMEM):
        return address_limit() or "it has not enough memory"
    if isinstance(why, OSError):
        return f"its kernel refuses ({why.strerror or why})"
    return f"something is not as expected ({type(why).__name__}: {why})"


def protection(letters: str) -> int:
    """Turn ``"rw"`` into the bits of PROT_READ and PROT_WRITE; ``""`` is PROT_NONE.

    Raises
    ------
    ValueError
        If a letter is not r, w or x.

    Examples
    --------
    >>> protection("rw"), protection("")
    (3, 0)
    >>> protection("rq")
    Traceback (most recent call last):
    ValueError: prot 'rq' has a letter other than r, w and x
    """
    if set(letters) - set(PROT):
        raise ValueError(f"prot {letters!r} has a letter other than r, w and x")
    return sum(PROT[letter] for letter in set(letters))


def map_memory(
    address: int | None, size: int, prot: int, flags: int, fd: int = -1, offset: int = 0
) -> int:
    """Call mmap and return the address.

    Raises
    ------
    OSError
        If the kernel refuses.
    Unavailable
        If this is not Linux.
    """
    got = libc().mmap(address, size, prot, flags, fd, offset)
    if got is None or got == ctypes.c_void_p(-1).value:
        raise _last_error("mmap")
    return int(got)


def unmap(address: int, size: int) -> None:
    """Call munmap."""
    if libc().munmap(address, size):
        raise _last_error("munmap")


def advise(address: int, size: int, advice: int) -> None:
    """Call madvise."""
    if libc().madvise(address, size, advice):
        raise _last_error("madvise")


def protect(address: int, size: int, prot: int) -> None:
    """Call mprotect."""
    if libc().mprotect(address, size, prot):
        raise _last_error("mprotect")


def lock(address: int, size: int) -> None:
    """Call mlock."""
    if libc().mlock(address, size):
        raise _last_error("mlock")


def unlock(address: int, size: int) -> None:
    """Call munlock."""
    if libc().munlock(address, size):
        raise _last_error("munlock")


def _last_error(call: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{call}: {os.strerror(number)}")
