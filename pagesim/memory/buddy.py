"""The buddy allocator: blocks of frames, aligned to their size, split and coalesced.

Blocks have ``2**order`` frames and start at a multiple of that. A block and its *buddy* differ in
one bit of the PFN; two free buddies coalesce into one block of the next order. So a 2 MiB page
needs a free block of order 9, not just 512 free frames, and memory that is half empty may not have
one.

Sources: Knuth, TAOCP vol. 1, sec. 2.5 (buddy system); Linux mm/page_alloc.c.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection

from ..checks import bounded, whole

MAX_ORDER = 40
_MOST_NODES = 1 << 10  # Linux: CONFIG_NODES_SHIFT


class OutOfMemory(Exception):
    """No free block of the wanted size is left.

    Examples
    --------
    >>> frames = BuddyAllocator(frames=1)
    >>> _ = frames.alloc()
    >>> frames.alloc()
    Traceback (most recent call last):
    pagesim.memory.buddy.OutOfMemory: no free block of 1 frame (order 0): 0 of 1 frames are free
    """


class BuddyAllocator:
    """Hand out numbered frames, in blocks.

    Parameters
    ----------
    frames : int
        How many frames there are.
    nodes : int
        NUMA nodes; each owns an equal run of frames, so `frames` must divide by it.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> frames = BuddyAllocator(frames=8)
    >>> frames.alloc(), frames.alloc(order=1), frames.free_blocks()
    (0, 2, {0: 1, 2: 1})
    """

    def __init__(self, frames: int, nodes: int = 1) -> None:
        self.frames = bounded("frames", frames, 1, 1 << MAX_ORDER)
        self.nodes = bounded("nodes", nodes, 1, min(self.frames, _MOST_NODES))
        if self.frames % self.nodes:
            raise ValueError(f"frames {frames} do not divide evenly over {nodes} nodes")
        self._order: dict[int, int] = {}  # first PFN of each block handed out -> its order
        self._loose: dict[int, int] = {}  # the same of blocks whose frames are given back singly
        self._free: dict[int, int] = {}  # first PFN of each free block -> its order
        self._heaps: dict[tuple[int, int], list[int]] = {}  # (node, order) -> PFNs, some stale
        for node in range(self.nodes):
            first, end = node * self.frames // self.nodes, (node + 1) * self.frames // self.nodes
            while first < end:  # cut the run into the largest aligned blocks
                order = (end - first).bit_length() - 1
                if first:
                    order = min(order, (first & -first).bit_length() - 1)
                self._give(first, order)
                first += 1 << order

    @property
    def free_frames(self) -> int:
        """How many frames are free, however scattered."""
        return sum(1 << order for order in self._free.values())

    def free_on(self, node: int) -> int:
        """Count the free frames of a node.

        >>> BuddyAllocator(frames=8, nodes=2).free_on(1)
        4
        """
        return sum(1 << order for pfn, order in self._free.items() if self.node_of(pfn) == node)

    def free_areas(self) -> dict[int, int]:
        """List the free blocks: first PFN to order, rising.

        >>> BuddyAllocator(frames=12).free_areas()
        {0: 3, 8: 2}
        """
        return dict(sorted(self._free.items()))

    def free_blocks(self) -> dict[int, int]:
        """Count the free blocks of each order, as /proc/buddyinfo does.

        >>> BuddyAllocator(frames=12).free_blocks()
        {2: 1, 3: 1}
        """
        counts: dict[int, int] = {}
        for order in sorted(self._free.values()):
            counts[order] = counts.get(order, 0) + 1
        return counts

    def node_of(self, pfn: int) -> int:
        """Tell which NUMA node a frame belongs to."""
        return bounded("pfn", pfn, 0, self.frames - 1, "memory") * self.nodes // self.frames

    def order_of(self, pfn: int) -> int:
        """Tell the order of a block that was handed out.

        Raises
        ------
        ValueError
            If `pfn` is not the first frame of one.
        """
        order = self._order.get(whole("pfn", pfn))
        if order is None:
            self._around(pfn)  # raises, unless it is a single frame
            return 0
        return order

    def alloc(self, order: int = 0, node: int = 0, allowed: Collection[int] | None = None) -> int:
        """Hand out an aligned block of ``2**order`` frames: the lowest one that fits.

        Parameters
        ----------
        order : int
            Base-2 logarithm of the block's size in frames.
        node : int
            The node to look at first; the others follow in turn.
        allowed : collection of int, optional
            The nodes that it may come from; all if left out.

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
        order = bounded("order", order, 0, MAX_ORDER)
        node = bounded("node", node, 0, self.nodes - 1, "memory")
        for turn in range(self.nodes):
            there = (node + turn) % self.nodes
            if allowed is not None and there not in allowed:
                continue
            for size in range(order, self.frames.bit_length()):
                pfn = self._lowest(there, size)
                if pfn is not None:
                    self._take(pfn, order, pfn, size)
                    return pfn
        n = 1 << order
        raise OutOfMemory(
            f"no free block of {n} frame{'s'[: n > 1]} (order {order}): "
            f"{self.free_frames} of {self.frames} frames are free"
        )

    def claim(self, pfn: int, order: int = 0) -> None:
        """Hand out one certain block.

        Parameters
        ----------
        pfn : int
            Its first frame.
        order : int
            Base-2 logarithm of its size in frames.

        Raises
        ------
        ValueError
            If the block is not aligned to its size, or not all of it is free.

        Examples
        --------
        >>> frames = BuddyAllocator(frames=8)
        >>> frames.claim(6, order=1)
        >>> frames.free_areas()
        {0: 2, 4: 1}
        """
        order = bounded("order", order, 0, MAX_ORDER)
        pfn = bounded("pfn", pfn, 0, self.frames - 1, "memory")
        if pfn & ((1 << order) - 1):
            raise ValueError(f"pfn {pfn} is not aligned to a block of order {order}")
        for size in range(order, self.frames.bit_length()):
            block = pfn >> size << size
            if self._free.get(block) == size:
                self._take(pfn, order, block, size)
                return
        raise ValueError(f"the block of order {order} at pfn {pfn} is not free")

    def claim_all(self) -> None:
        """Hand out whatever is free, as single frames."""
        self._loose.update(self._free)
        self._free.clear()
        self._heaps.clear()

    def free(self, pfn: int) -> None:
        """Take a block back and coalesce it with its free buddies.

        Raises
        ------
        ValueError
            If `pfn` is not the first frame of a block that was handed out.
        """
        order = self._order.pop(whole("pfn", pfn), None)
        if order is None:
            order = self._single_out(pfn)
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
        >>> memory = BuddyAllocator(frames=4)
        >>> pfn = memory.alloc(order=2)
        >>> memory.split(pfn)
        >>> memory.free(pfn + 1)
        >>> memory.free_blocks()
        {0: 1}
        """
        order = self.order_of(pfn)
        if self._order.pop(pfn, None) is not None:
            self._loose[pfn] = order

    # -- helpers -------------------------------------------------------------------------------

    def _take(self, pfn: int, order: int, block: int, size: int) -> None:
        """Split a free block of order `size` until the one at `pfn` stands alone, and take that."""
        del self._free[block]
        for spare, half in _halves(pfn, order, block, size):
            self._give(spare, half)
        self._order[pfn] = order

    def _around(self, pfn: int) -> tuple[int, int]:
        """Find the block of single frames that holds a frame: its first PFN and its order."""
        for size in range(self.frames.bit_length()):
            block = pfn >> size << size
            if self._loose.get(block) == size:
                return block, size
        raise ValueError(f"pfn {pfn} is not a block that was handed out")

    def _single_out(self, pfn: int) -> int:
        """Take one frame out of a block of single frames (others stay handed out): its order, 0."""
        block, size = self._around(pfn)
        del self._loose[block]
        self._loose.update(_halves(pfn, 0, block, size))
        return 0

    def _give(self, pfn: int, order: int) -> None:
        self._free[pfn] = order
        heapq.heappush(self._heaps.setdefault((self.node_of(pfn), order), []), pfn)

    def _lowest(self, node: int, order: int) -> int | None:
        heap = self._heaps.get((node, order), [])
        while heap:
            pfn = heapq.heappop(heap)
            if (
                self._free.get(pfn) == order
            ):  # else stale: it has been coalesced into a larger block
                return pfn
        return None


def _halves(pfn: int, order: int, block: int, size: int) -> list[tuple[int, int]]:
    """Halve a block of order `size` until the one at `pfn` stands alone: the halves put aside."""
    aside = []
    while size > order:
        size -= 1
        lower, upper = block, block + (1 << size)
        block, spare = (lower, upper) if pfn < upper else (upper, lower)
        aside.append((spare, size))
    return aside
