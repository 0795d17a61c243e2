"""A limit reached: one mapping more than vm.max_map_count allows, with memory free."""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Mapping, Sequence

from . import linux
from .helper import in_helper
from .lab import Lab, Row, Value
from .linux import PAGE, Unavailable, libc, map_memory, proc

_MOST = 100_000  # areas that may be made: each takes the kernel some 200 bytes
_ROOM = 32 << 20  # bytes of /proc/self/maps
_MORE, _ERROR = "areas when mmap is refused, more than vm.max_map_count", "what mmap says"
_MEMORY, _AFTER = "pages of them in memory", "mmap works again when two areas are given back"
_ERRORS = ("EACCES", "EAGAIN", "ENOMEM", "EPERM")


class AreasLimit(Lab):
    """Map page after page, each unlike its neighbours, until the kernel refuses one.

    Examples
    --------
    >>> AreasLimit().prediction.predicted["what mmap says"]
    'ENOMEM'
    """

    key = "areas_limit"
    notebook = "10"
    title = "As many areas as a process may have"
    headings = ("what is asked",)
    basis = "predicted: mmap refuses who has more areas than vm.max_map_count; memory is not asked"
    asked = (_ERROR, _MEMORY)

    def rows(self) -> Sequence[Row]:
        """State what is refused, and why."""
        return (
            Row((_MORE,), 1),
            Row((_ERROR,), "ENOMEM", _ERRORS),
            Row((_MEMORY,), 0),
            Row((_AFTER,), "yes"),
        )

    def check(self) -> None:
        """Need a limit that can be reached in a moment."""
        limit = int(proc("sys/vm/max_map_count"))
        if limit > _MOST:
            raise Unavailable(f"its vm.max_map_count is {limit:,}: too many areas to make")
        if limit < 2000:
            raise Unavailable(f"its vm.max_map_count is {limit:,}: too few for Python itself")
        if why := linux.address_limit():
            raise Unavailable(why)

    def count(self) -> Mapping[str, Value]:
        """Reach the limit in a helper process."""
        counts: dict[str, Value] = in_helper(_count)
        return counts


def _count() -> dict[str, Value]:
    limit = int(proc("sys/vm/max_map_count"))
    size = (limit + 2) * PAGE
    flags = linux.MAP_PRIVATE | linux.MAP_ANONYMOUS | linux.MAP_NORESERVE
    fixed, mmap, failed = flags | linux.MAP_FIXED, libc().mmap, ctypes.c_void_p(-1).value
    # All room is made before: at the limit nothing more can be mapped, not even by Python.
    room, present = bytearray(b"*") * _ROOM, (ctypes.c_ubyte * (limit + 2))()
    maps = os.open("/proc/self/maps", os.O_RDONLY)
    start, said = map_memory(None, size, 0, flags), 0
    linux.unmap(start, size)  # a stretch that is free
    for number in range(limit + 2):
        # every other page may be read: an area of its own, between two that nobody may touch
        if mmap(start + number * PAGE, PAGE, number % 2, fixed, -1, 0) == failed:
            said = ctypes.get_errno()
            break
    areas = _lines(maps, room)
    libc().mincore(start, size, present)
    linux.unmap(start, 2 * PAGE)  # two whole areas: one may be had again
    again = mmap(None, PAGE, 1, flags, -1, 0) != failed
    linux.unmap(start, size)
    os.close(maps)
    return {
        _MORE: areas - limit,
        _ERROR: errno.errorcode.get(said, str(said)),
        _MEMORY: sum(byte & 1 for byte in present),
        _AFTER: "yes" if again else "no",
    }


def _lines(file: int, room: bytearray) -> int:
    """Count the areas of this process, without asking for memory; [vsyscall] is the kernel's."""
    view, end = memoryview(room), 0
    while got := os.readv(file, [view[end:]]):
        end += got
    return room.count(b"\n", 0, end) - room.count(b"[vsyscall]", 0, end)
