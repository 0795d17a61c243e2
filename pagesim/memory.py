"""Physical memory: frames of bytes, handed out by a buddy allocator.

A *frame* is as large as a page; its number is the PFN. Blocks of ``2**order`` frames are aligned to
their size, so a 2 MiB page needs a free block of order 9, not just 512 free frames. A block and its
*buddy* differ in one bit of the PFN; two free buddies melt into one block of the next order.

Source of the allocator: Knuth, TAOCP vol. 1, sec. 2.5 (buddy system); Linux mm/page_alloc.c.
"""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray

from .units import binary, bounded, whole

_MAX_BYTES = 1 << 40


class OutOfMemory(Exception):
    """No free block of the wanted size is left.

    Examples
    --------
    >>> memory = PhysicalMemory(frames=1)
    >>> _ = memory.alloc()
    >>> memory.alloc()
    Traceback (most recent call last):
    pagesim.memory.OutOfMemory: no free block of 1 frame (order 0): 0 of 1 frames are free
    """


class PhysicalMemory:
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
        If a size is out of range.

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
        frames = bounded("frames", frames, 1, _MAX_BYTES // frame_bytes, "1 TiB at most")
        nodes = bounded("nodes", nodes, 1, frames)
        self.frames, self.frame_bytes, self.nodes = frames, frame_bytes, nodes
        if frames % nodes:
            raise ValueError(f"frames {frames} do not divide evenly over {nodes} nodes")
        # zeros() costs nothing until a frame is touched: the host's own demand paging.
        self.bytes: NDArray[np.uint8] = np.zeros(frames * frame_bytes, np.uint8)
        self._view = self.bytes.data
        self._order: dict[int, int] = {}  # first PFN of each block handed out -> its order
        self._free: dict[int, int] = {}  # first PFN of each free block -> its order
        self._heaps: dict[tuple[int, int], list[int]] = {}  # (node, order) -> PFNs, some stale
        for node in range(nodes):
            first, end = node * frames // nodes, (node + 1) * frames // nodes
            while first < end:  # cut the run into the largest aligned blocks
                order = (end - first).bit_length() - 1
                if first:
                    order = min(order, (first & -first).bit_length() - 1)
                self._give(first, order)
                first += 1 << order

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
        memory._free.clear()
        memory._order = dict.fromkeys(range(memory.frames), 0)
        return memory

    def dump(self) -> bytes:
        """Return the whole memory as bytes, frame 0 first."""
        return self.bytes.tobytes()

    @property
    def free_frames(self) -> int:
        """How many frames are free, however scattered."""
        return sum(1 << order for order in self._free.values())

    def free_blocks(self) -> dict[int, int]:
        """Count the free blocks of each order, as /proc/buddyinfo does.

        >>> PhysicalMemory(frames=12).free_blocks()
        {2: 1, 3: 1}
        """
        counts: dict[int, int] = {}
        for order in sorted(self._free.values()):
            counts[order] = counts.get(order, 0) + 1
        return counts

    def node_of(self, pfn: int) -> int:
        """Tell which NUMA node a frame belongs to."""
        return bounded("pfn", pfn, 0, self.frames - 1, "memory") * self.nodes // self.frames

    def alloc(self, order: int = 0, node: int = 0) -> int:
        """Hand out a zeroed, aligned block of ``2**order`` frames: the lowest one that fits.

        Parameters
        ----------
        order : int
            Base-2 logarithm of the block's size in frames.
        node : int
            The node to look at first; the others follow in turn.

        Returns
        -------
        int
            PFN of the block's first frame.

        Raises
        ------
        OutOfMemory
            If no free block is large enough, even if enough scattered frames are free.
        ValueError
            If `order` or `node` is out of range.
        """
        order = bounded("order", order, 0, 40)
        node = bounded("node", node, 0, self.nodes - 1, "memory")
        for turn in range(self.nodes):
            there = (node + turn) % self.nodes
            for size in range(order, self.frames.bit_length()):
                pfn = self._lowest(there, size)
                if pfn is None:
                    continue
                del self._free[pfn]
                for half in range(size - 1, order - 1, -1):  # split: keep the lower, free the upper
                    self._give(pfn + (1 << half), half)
                self._order[pfn] = order
                start = pfn * self.frame_bytes
                self.bytes[start : start + (self.frame_bytes << order)] = 0
                return pfn
        n = 1 << order
        raise OutOfMemory(
            f"no free block of {n} frame{'s'[: n > 1]} (order {order}): "
            f"{self.free_frames} of {self.frames} frames are free"
        )

    def free(self, pfn: int) -> None:
        """Take a block back and melt it with its free buddies.

        Raises
        ------
        ValueError
            If `pfn` is not the first frame of a block that was handed out.
        """
        pfn = whole("pfn", pfn)
        order = self._order.pop(pfn, None)
        if order is None:
            raise ValueError(f"pfn {pfn} is not a block that was handed out")
        node = self.node_of(pfn)
        while True:
            buddy = pfn ^ (1 << order)
            if self._free.get(buddy) != order or self.node_of(buddy) != node:
                break
            del self._free[buddy]
            pfn, order = min(pfn, buddy), order + 1
        self._give(pfn, order)

    def split(self, pfn: int) -> None:
        """Turn a block that was handed out into single frames, each to be given back by itself.

        Raises
        ------
        ValueError
            If `pfn` is not the first frame of a block that was handed out.

        Examples
        --------
        >>> memory = PhysicalMemory(frames=4)
        >>> pfn = memory.alloc(order=2)
        >>> memory.split(pfn)
        >>> memory.free(pfn + 1)
        >>> memory.free_blocks()
        {0: 1}
        """
        pfn = whole("pfn", pfn)
        order = self._order.get(pfn)
        if order is None:
            raise ValueError(f"pfn {pfn} is not a block that was handed out")
        self._order.update(dict.fromkeys(range(pfn, pfn + (1 << order)), 0))

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

    def _give(self, pfn: int, order: int) -> None:
        self._free[pfn] = order
        heapq.heappush(self._heaps.setdefault((self.node_of(pfn), order), []), pfn)

    def _lowest(self, node: int, order: int) -> int | None:
        heap = self._heaps.get((node, order), [])
        while heap:
            pfn = heapq.heappop(heap)
            if self._free.get(pfn) == order:  # else stale: it has melted into a larger block
                return pfn
        return None
