"""Physical memory: frames of bytes, handed out by a buddy allocator.

A *frame* is as large as a page; its number is the PFN. A frame that nobody has written costs
nothing, so a machine of 64 GiB can be simulated on a small one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np
from numpy.typing import NDArray

from ..checks import bounded, whole
from ..units import binary
from .buddy import BuddyAllocator, OutOfMemory
from .compaction import compact, fragmentation
from .reserve import Reserve

__all__ = ["OutOfMemory", "PhysicalMemory"]

_MAX_BYTES = 2 << 40


class PhysicalMemory(BuddyAllocator):
    """The machine's RAM, as numbered frames of bytes.

    Parameters
    ----------
    frames : int
        How many frames there are.
    frame_bytes : int
        Bytes in a frame, a power of two.
    nodes : int
        NUMA nodes; each owns an equal run of frames, so `frames` must divide by it.

    Raises
    ------
    ValueError
        If a size is out of range, or more than this computer lets a program have.

    Attributes
    ----------
    bytes : array of uint8
        All of it, frame 0 first.

    Examples
    --------
    >>> memory = PhysicalMemory(frames=4)
    >>> pfn = memory.alloc()
    >>> memory.store(pfn * 4096, 0x1122, width=2)
    >>> hex(memory.load(pfn * 4096, width=1)), memory.free_frames
    ('0x22', 3)
    """

    def __init__(self, frames: int, frame_bytes: int = 4096, nodes: int = 1) -> None:
        frame_bytes = bounded("frame_bytes", frame_bytes, 1, 1 << 30)
        if frame_bytes & (frame_bytes - 1):
            raise ValueError(f"frame_bytes {frame_bytes} is not a power of two")
        frames = bounded("frames", frames, 1, _MAX_BYTES // frame_bytes, "2 TiB at most")
        super().__init__(frames, nodes)
        self.frame_bytes = frame_bytes
        self._reserve = Reserve(frames * frame_bytes)
        self.bytes: NDArray[np.uint8] = self._reserve.bytes
        self._view = self.bytes.data

    @classmethod
    def from_dump(cls, dump: bytes, frame_bytes: int = 4096) -> PhysicalMemory:
        """Load a memory dump; every frame in it counts as in use.

        Raises
        ------
        ValueError
            If the dump is empty or is not a whole number of frames.

        Examples
        --------
        >>> PhysicalMemory.from_dump(bytes(100), frame_bytes=32)
        Traceback (most recent call last):
        ValueError: a dump of 100 bytes is not a whole number of 32-byte frames
        """
        frame_bytes = bounded("frame_bytes", frame_bytes, 1, 1 << 30)
        if len(dump) % frame_bytes or not len(dump):
            raise ValueError(
                f"a dump of {len(dump)} bytes is not a whole number of {frame_bytes}-byte frames"
            )
        memory = cls(len(dump) // frame_bytes, frame_bytes)
        memory.bytes[:] = np.frombuffer(dump, np.uint8)
        memory.claim_all()
        return memory

    def dump(self) -> bytes:
        """Return the whole memory as bytes, frame 0 first."""
        return self.bytes.tobytes()

    def alloc(self, order: int = 0, node: int = 0, allowed: Collection[int] | None = None) -> int:
        """Hand out a zeroed block; see `BuddyAllocator.alloc`."""
        pfn = super().alloc(order, node, allowed)
        self.clear(pfn, 1 << order)
        return pfn

    def clear(self, pfn: int, frames: int) -> None:
        """Fill frames with zeros; a large block then costs nothing again."""
        self._reserve.clear(pfn * self.frame_bytes, self.frame_bytes * frames)

    def fragmentation(self, order: int) -> float:
        """Tell which share of the free frames is of no use to an allocation of this order.

        See `pagesim.memory.compaction.fragmentation`.
        """
        return fragmentation(self, order)

    def compact(self, movable: Iterable[int], order: int | None = None) -> dict[int, int]:
        """Move blocks together, with the bytes in them, and return each one's new first PFN.

        Whoever owns a block has to be told: page-table entries, and TLBs, still name the old one.
        See `pagesim.memory.compaction.compact`.
        """
        moves = compact(self, movable, order)
        for old, new in moves.items():
            size = self.order_of(new)
            self._frames(new, size)[:] = self._frames(old, size)
        return moves

    def load(self, pa: int, width: int = 8) -> int:
        """Read a little-endian word of `width` bytes at a physical address.

        Raises
        ------
        ValueError
            If any byte of it lies outside memory.
        """
        start = self._word(pa, width)
        return int.from_bytes(self._view[start : start + width], "little")

    def store(self, pa: int, value: int, width: int = 8) -> None:
        """Write a little-endian word of `width` bytes at a physical address.

        Raises
        ------
        ValueError
            If any byte of it lies outside memory, or `value` does not fit.
        """
        start, value = self._word(pa, width), whole("value", value)
        if not 0 <= value < 1 << (8 * width):
            raise ValueError(f"value {value:#x} does not fit in {width} bytes")
        self._view[start : start + width] = value.to_bytes(width, "little")

    def _word(self, pa: int, width: int) -> int:
        start = whole("pa", pa)
        if start < 0 or width < 1 or start + width > len(self._view):
            size = binary(len(self._view))
            raise ValueError(f"pa {start:#x} + {width} bytes is outside memory of {size}")
        return start

    def _frames(self, pfn: int, order: int) -> NDArray[np.uint8]:
        start = pfn * self.frame_bytes
        return self.bytes[start : start + (self.frame_bytes << order)]
