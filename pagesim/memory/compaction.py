"""Fragmentation, and compaction: make large free blocks by moving what lies between small ones.

Two scanners run towards each other, one up through the blocks that may be moved, one down through
the free ones. Each block the first one meets goes to the highest place the second one has found;
where they meet, all is done, and the low end of memory is free but for what may not be moved:

    M U . M . M . .        M movable, U unmovable, . free
    . U . . . M M M

Source: Linux mm/compaction.c (`isolate_migratepages`, `isolate_freepages`).
"""

from __future__ import annotations

from collections.abc import Iterable

from ..checks import bounded, whole
from .buddy import MAX_ORDER, BuddyAllocator


def fragmentation(frames: BuddyAllocator, order: int) -> float:
    """Tell which share of the free frames is of no use to an allocation of this order.

    Linux calls this the unusable free space index.

    Parameters
    ----------
    frames : BuddyAllocator
        Who knows the free blocks.
    order : int
        Base-2 logarithm of the block's size in frames.

    Returns
    -------
    float
        0 if every free frame lies in a block that is large enough, 1 if none does, or if
        nothing is free.

    Raises
    ------
    ValueError
        If `order` is out of range.

    Notes
    -----
    Source: Linux mm/vmstat.c, `unusable_free_index`; Gorman and Whitcroft, "The What, The Why
    and the Where To of Anti-Fragmentation", Ottawa Linux Symposium 2006.

    Examples
    --------
    >>> frames = BuddyAllocator(frames=1024)
    >>> pfns = [frames.alloc() for _ in range(1024)]
    >>> for pfn in pfns[::2]:
    ...     frames.free(pfn)
    >>> frames.free_frames, fragmentation(frames, 0), fragmentation(frames, 9)
    (512, 0.0, 1.0)
    """
    order = bounded("order", order, 0, MAX_ORDER)
    free = frames.free_frames
    blocks = frames.free_blocks().items()
    usable = sum(count << size for size, count in blocks if size >= order)
    return (free - usable) / free if free else 1.0


def compact(
    frames: BuddyAllocator, movable: Iterable[int], order: int | None = None
) -> dict[int, int]:
    """Move blocks from the low end of memory to free places at the high end, within each node.

    Parameters
    ----------
    frames : BuddyAllocator
        Who handed out the blocks.
    movable : iterable of int
        First PFNs of the blocks that may be moved. Page tables, for one, may not.
    order : int, optional
        Stop as soon as a block of this order is free; go on to the end if left out.

    Returns
    -------
    dict of int to int
        The new first PFN of every block that moved.

    Raises
    ------
    ValueError
        If a PFN is not the first of a block that was handed out, or `order` is out of range;
        nothing has moved then.

    Examples
    --------
    >>> frames = BuddyAllocator(frames=8)
    >>> for pfn in (0, 1, 3, 5):
    ...     frames.claim(pfn)
    >>> compact(frames, movable=(0, 3, 5))
    {0: 7, 3: 6}
    >>> frames.free_areas()
    {0: 0, 2: 1, 4: 0}
    """
    blocks = sorted({whole("pfn", pfn) for pfn in movable})
    sizes = [frames.order_of(pfn) for pfn in blocks]
    moves: dict[int, int] = {}
    if order is not None and fragmentation(frames, order) < 1:
        return moves
    rooms: list[list[tuple[int, int]]] = [[] for _ in range(frames.nodes)]
    for pfn, size in frames.free_areas().items():
        rooms[frames.node_of(pfn)].append((pfn, size))
    for pfn, size in zip(blocks, sizes, strict=True):
        target = _highest(rooms[frames.node_of(pfn)], size, above=pfn)
        if target is None:
            continue
        frames.claim(target, size)
        frames.free(pfn)
        moves[pfn] = target
        if order is not None and fragmentation(frames, order) < 1:
            break
    return moves


def _highest(rooms: list[tuple[int, int]], order: int, above: int) -> int | None:
    """Cut a block off the high end of the highest free one that holds it."""
    for at in range(len(rooms) - 1, -1, -1):
        room, size = rooms[at]
        if room < above:
            return None  # the scanners have met
        if size >= order:
            # What is left of it: halves of falling size, up to the block itself.
            end = room + (1 << size)
            rooms[at : at + 1] = [
                (end - (2 << half), half) for half in range(size - 1, order - 1, -1)
            ]
            return end - (1 << order)
    return None
