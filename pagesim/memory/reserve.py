"""Bytes that cost nothing until they are touched: the host's own demand paging.

A private anonymous mapping takes addresses, and a frame of the host only for each page that is
written. Of a large one, two things have to be asked for: that the host does not count the whole of
it against its memory at once (MAP_NORESERVE), and that it does not give 2 MiB where 4 KiB were
touched.

Source: Linux Documentation/mm/overcommit-accounting.rst, mmap(2), madvise(2).
"""

from __future__ import annotations

import mmap
import sys
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from ..units import binary

_LARGE = 1 << 28  # below this any computer has it, and huge pages of the host make it faster
_PIECE = 1 << 20  # what is worth a system call to clear it
_LINUX = sys.platform == "linux"
_NORESERVE = getattr(mmap, "MAP_NORESERVE", 0x4000)  # Python names it since 3.13


class Reserve:
    """Zeroed bytes, of which only those that were touched take memory.

    Parameters
    ----------
    size : int
        How many.

    Raises
    ------
    ValueError
        If the host refuses so many.

    Attributes
    ----------
    bytes : array of uint8, shape (size,)
        All of them.

    Examples
    --------
    >>> reserve = Reserve(64 << 30)
    >>> reserve.bytes[40 << 30] = 7
    >>> int(reserve.bytes[40 << 30]), int(reserve.bytes[-1])
    (7, 0)
    """

    def __init__(self, size: int) -> None:
        self._mapping: mmap.mmap | None = None
        try:
            if _LINUX and size >= _LARGE:
                flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NORESERVE
                self._mapping = mmap.mmap(-1, size, flags=flags)
        except OSError:
            raise ValueError(_refused(size)) from None
        if self._mapping is None:
            try:
                self.bytes: NDArray[np.uint8] = np.zeros(size, np.uint8)
            except MemoryError:
                raise ValueError(_refused(size)) from None
        else:
            with suppress(OSError):  # a kernel without huge pages has none to advise against
                self._mapping.madvise(mmap.MADV_NOHUGEPAGE)
            self.bytes = np.frombuffer(self._mapping, np.uint8)

    def clear(self, start: int, size: int) -> None:
        """Set a piece to 0; a large one gives its memory back to the host."""
        if self._mapping is not None and size >= _PIECE and not start % _PIECE:
            self._mapping.madvise(mmap.MADV_DONTNEED, start, size)
        else:
            self.bytes[start : start + size] = 0


def _refused(size: int) -> str:
    return (
        f"{binary(size)} of simulated memory: this computer lets a program have less, even if it "
        "touches little of it (ulimit -v)"
    )
