"""Memory of which one page at a time may be touched: so the next page that is touched is told.

All pages of a region are mapped anew without any right. The first access to one brings SIGSEGV,
and our handler notes the page, gives it the right that was wanted (reading; and writing at the
first store), takes the page before away again, and lets the instruction be done once more. Pages
that are taken away keep what is in them: it stands in a file in memory. And they come back with a
page fault that the kernel counts, so its count is ours.

One instruction may need several pages: one that crosses into the next page, one that copies from
memory to memory. It would fault for the one, then for the other, for ever. It is known by its
registers: the same instruction with the same registers, at the next fault, has not been done yet.
Then all of its pages stay, until the next fault.

For helper processes only, on x86-64 only; the registers stand in `pagesim.host.signals`.
"""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Callable
from typing import NoReturn

from . import linux, signals
from .linux import PAGE
from .region import Region

_FIRST, _SIZE = 40, 184  # of the registers within a ucontext, up to CR2
_GENERAL = 17 * 8  # bytes of the general registers and RIP
_ERROR, _TRAP, _CR2 = 19 * 8, 20 * 8, 22 * 8
_WRITE = 2  # a bit of the error code
_TAKE_AWAY = linux.MAP_SHARED | linux.MAP_FIXED | linux.MAP_NORESERVE


class OnePage:
    """A region whose page changes are noted, from `begin` to `end`.

    Parameters
    ----------
    size : int
        Bytes.
    fd : int
        A file in memory that is as long.
    notes : memoryview of uint32
        Receives the changes: the page's number times two, plus one if something was stored.
    stop : callable
        Is given a reason and ends the process: a fault that is none of ours would come back
        for ever.
    """

    def __init__(
        self, size: int, fd: int, notes: memoryview, stop: Callable[[str], NoReturn]
    ) -> None:
        self.region, self.fd = Region(size, fd=fd, shared=True), fd
        self.count = 0
        self._notes, self._stop = notes, stop

    def begin(self) -> None:
        """Take all pages away, and note from now on which are touched."""
        region = self.region
        linux.map_memory(region.address, region.size, 0, _TAKE_AWAY, self.fd)
        self._stay: dict[int, int] = {}  # pages that may be touched, and where they were noted
        self._last = b""
        signals.install(self._handler(), signal.SIGSEGV)
        ctypes.string_at(region.address, 1)  # what runs for the first time has faults of its own
        if self.count != 1 or self._notes[0] != 0:
            self._stop("unheard")
        self._forget()
        self.count = 0

    def end(self) -> None:
        """Allow everything again."""
        linux.protect(self.region.address, self.region.size, linux.protection("rw"))

    def _forget(self) -> None:
        for page in self._stay:
            at = page * PAGE
            linux.map_memory(self.region.address + at, PAGE, 0, _TAKE_AWAY, self.fd, at)
        self._stay.clear()

    def _handler(self) -> Callable[[int, int, int], None]:
        # what is looked up a million times is looked up here
        start, pages, most = self.region.address, self.region.pages, len(self._notes)
        notes, stop, stay, forget = self._notes, self._stop, self._stay, self._forget
        registers_of, allow = ctypes.string_at, linux.libc().mprotect
        whose, own = threading.get_ident, threading.get_ident()

        def entry(number: int, info: int, context: int) -> None:
            registers = registers_of(context + _FIRST, _SIZE)
            page = (int.from_bytes(registers[_CR2:], "little") - start) // PAGE
            if not 0 <= page < pages or registers[_TRAP] != signals.PAGE_FAULT:
                stop("segfault")
            if whose() != own:
                stop("thread")
            write = registers[_ERROR] & _WRITE
            if page in stay:  # it was read, and is now stored to
                notes[stay[page]] |= 1
                allow(start + page * PAGE, PAGE, 3)
            else:
                if registers[:_GENERAL] != self._last:
                    forget()
                if self.count == most:
                    stop("most")
                allow(start + page * PAGE, PAGE, 1 | write)
                stay[page] = self.count
                notes[self.count] = page << 1 | write >> 1
                self.count += 1
            self._last = registers[:_GENERAL]

        return entry
