"""A memory that has been in use for a while: blocks of every size came, and some went again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from random import Random

import numpy as np
from numpy.typing import NDArray

from ...memory.buddy import BuddyAllocator, OutOfMemory
from ...memory.compaction import compact

FRAMES = 4096  # 16 MiB, eight times 2 MiB
MOST_ORDER = 10  # of the blocks that Linux keeps free: 4 MiB (mmzone.h, MAX_PAGE_ORDER)
FREE, MOVABLE, PINNED, FOUND = range(4)  # what a frame is
_ORDERS = (0, 0, 0, 0, 1, 2, 3)  # small requests are the common ones
_THOUSAND = 1000


@dataclass(frozen=True)
class Worn:
    """What became of the memory, and of one more request."""

    kinds: NDArray[np.uint8]  # of each frame
    free: int  # frames
    blocks: dict[int, int]  # free blocks of each order, before the request
    moved: int  # frames that compaction copied
    found: int | None  # first PFN of the block that was asked for


@lru_cache(maxsize=16)
def _history(seed: int) -> tuple[tuple[tuple[int, int, int], ...], tuple[int, ...]]:
    """Fill memory with blocks of random orders; return (pfn, order, lot), and who leaves when.

    A block is pinned if its lot, drawn from 0 to 999, is small enough: so a larger share pins more
    blocks and never others.
    """
    rng, frames = Random(seed), BuddyAllocator(FRAMES)
    blocks = []
    while frames.free_frames:
        order = rng.choice(_ORDERS)
        try:
            blocks.append((frames.alloc(order), order, rng.randrange(_THOUSAND)))
        except OutOfMemory:
            blocks.append((frames.alloc(), 0, rng.randrange(_THOUSAND)))
    leaving = list(range(len(blocks)))
    rng.shuffle(leaving)
    return tuple(blocks), tuple(leaving)


@lru_cache(maxsize=512)
def worn(seed: int, percent: int, pinned: int, compacted: bool, order: int) -> Worn:
    """Give back blocks until so many per cent are free, compact if wanted, and ask for a block.

    Pinned blocks, so many in a thousand, can leave like all others, but they cannot be moved.
    """
    blocks, leaving = _history(seed)
    frames = BuddyAllocator(FRAMES)
    kept, used = set(range(len(blocks))), FRAMES
    for which in leaving:
        size = 1 << blocks[which][1]
        if used - size < FRAMES * (100 - percent) // 100:
            break
        kept.discard(which)
        used -= size
    fixed = {}
    for which in kept:
        pfn, size, lot = blocks[which]
        frames.claim(pfn, size)
        fixed[pfn] = lot < pinned
    moved = 0
    if compacted:
        movable = [pfn for pfn, stays in fixed.items() if not stays]
        for old, new in compact(frames, movable).items():
            del fixed[old]
            fixed[new] = False
            moved += 1 << frames.order_of(new)
    kinds = np.full(FRAMES, FREE, np.uint8)
    for pfn, stays in fixed.items():
        kinds[pfn : pfn + (1 << frames.order_of(pfn))] = PINNED if stays else MOVABLE
    free, areas = frames.free_frames, dict[int, int]()
    for size, many in frames.free_blocks().items():  # what is larger is several for Linux
        most = min(size, MOST_ORDER)
        areas[most] = areas.get(most, 0) + (many << size - most)
    try:
        found = frames.alloc(order)
        kinds[found : found + (1 << order)] = FOUND
    except OutOfMemory:
        found = None
    return Worn(kinds, free, areas, moved, found)
