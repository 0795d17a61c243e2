"""userfaultfd: page faults of another process as messages, answered from user space.

    struct uffd_msg             event at byte 0, address of the fault at byte 16
    struct uffdio_api           u64 api, features, ioctls
    struct uffdio_register      u64 start, length, mode, ioctls
    struct uffdio_copy          u64 to, from, length, mode; s64 copied
    struct uffdio_range         u64 start, length

Sources: Linux include/uapi/linux/userfaultfd.h; Documentation/admin-guide/mm/userfaultfd.rst.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct

from .linux import LINUX, PAGE, Unavailable, libc

if LINUX:
    import fcntl

# The call's number; the C library has no name for it.
_CALLS = {"x86_64": 323, "aarch64": 282, "riscv64": 282}
_USER_MODE_ONLY = 1  # only faults of user mode: so an ordinary user may have it (Linux 5.11)
_API_VERSION, _MISSING, _EVENT_PAGE_FAULT = 0xAA, 1, 0x12
_MESSAGE_BYTES = 32


def _both_ways(number: int, size: int) -> int:
    """Number an ioctl that writes and reads `size` bytes: the kernel's _IOWR macro."""
    return 3 << 30 | size << 16 | 0xAA << 8 | number


_API, _REGISTER, _COPY = _both_ways(0x3F, 24), _both_ways(0x00, 32), _both_ways(0x03, 40)
_WAKE = 2 << 30 | 16 << 16 | 0xAA << 8 | 0x02  # writes nothing: the kernel's macro _IOR


def open_userfault() -> int:
    """Open a userfaultfd for faults of this process, and agree on the version.

    Raises
    ------
    Unavailable
        If the kernel or a container does not allow it.
    """
    call = _CALLS.get(platform.machine())
    if call is None:
        raise Unavailable(f"userfaultfd has no known number on a {platform.machine()}")
    fd: int = libc().syscall(call, os.O_CLOEXEC | os.O_NONBLOCK | _USER_MODE_ONLY)
    if fd < 0:
        why = os.strerror(ctypes.get_errno())
        raise Unavailable(f"its kernel or container refuses userfaultfd ({why})")
    fcntl.ioctl(fd, _API, struct.pack("QQQ", _API_VERSION, 0, 0))
    return fd


def register(fd: int, address: int, size: int) -> None:
    """Ask for the faults of absent pages in a range of this process."""
    fcntl.ioctl(fd, _REGISTER, struct.pack("QQQQ", address, size, _MISSING, 0))


def next_fault(fd: int) -> int | None:
    """Read the address of the next fault; None if there is none after all."""
    try:
        message = os.read(fd, _MESSAGE_BYTES)
    except BlockingIOError:
        return None
    if message[0] != _EVENT_PAGE_FAULT:
        return None
    (address,) = struct.unpack_from("Q", message, 16)
    return int(address)


def fill(fd: int, address: int, content: bytes) -> None:
    """Put a page in place and let the faulting thread go on."""
    source = ctypes.create_string_buffer(content, PAGE)
    copy = struct.pack("QQQQq", address, ctypes.addressof(source), PAGE, 0, 0)
    fcntl.ioctl(fd, _COPY, copy)


def wake(fd: int, address: int) -> None:
    """Let whoever waits for a page go on without bringing one: it is there."""
    fcntl.ioctl(fd, _WAKE, struct.pack("QQ", address, PAGE))
