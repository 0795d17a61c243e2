"""The program whose pages somebody else serves: it runs in a helper process of its own.

Byte 0 of each page holds the page's number, byte 1 how often the program was there. Both are only
right if a page that was sent out comes back as it left.
"""

from __future__ import annotations

import ctypes
import os
import socket
from collections.abc import Sequence

from . import linux, signals, userfault
from .forked import Channel
from .linux import PAGE
from .region import Region

_PAGES = 256


def run_with_userfault(references: Sequence[int], end: int, memory: int) -> None:
    """Touch the pages of a file in memory; the faults go to whoever is at the line's other end."""
    line = Channel(socket.socket(fileno=end))
    with Region(_PAGES * PAGE, fd=memory, shared=True) as region:
        faults = userfault.open_userfault()
        userfault.register(faults, region.address, region.size)
        socket.send_fds(line.end, [str(region.address).encode()], [faults])
        line.send(_touch(region.bytes, references))
        os.close(faults)


def run_with_signals(references: Sequence[int], end: int) -> None:
    """Touch the pages of a region that nothing may touch; our own handler asks what to do."""
    line = Channel(socket.socket(fileno=end))
    disk: dict[int, bytes] = {}
    with Region(_PAGES * PAGE, prot="") as region:

        def handler(fault: signals.BadAccess) -> None:
            page = (fault.address - region.address) // PAGE
            if not 0 <= page < _PAGES:
                os._exit(1)  # a fault that is none of ours would come back forever
            line.send(page)
            leaving = line.receive()
            if leaving is not None:
                address = region.address + leaving * PAGE
                disk[leaving] = ctypes.string_at(address, PAGE)
                linux.advise(address, PAGE, linux.MADV_DONTNEED)
                linux.protect(address, PAGE, linux.protection(""))
            address = region.address + page * PAGE
            linux.protect(address, PAGE, linux.protection("rw"))
            content = disk.get(page, bytes([page]))
            ctypes.memmove(address, content, len(content))

        signals.on_bad_access(handler)
        line.send(_touch(region.bytes, references))


def _touch(cells: ctypes.Array[ctypes.c_ubyte], references: Sequence[int]) -> list[int]:
    """Visit the pages; return how often each says that we were there."""
    visits = [0] * _PAGES
    for page in references:
        if cells[page * PAGE] != page:
            visits[page] = -1
            break
        visits[page] = cells[page * PAGE + 1] = (cells[page * PAGE + 1] + 1) % 256
    return visits
