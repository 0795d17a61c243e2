"""What walk caches save: the entries that each of many walks has to read.

A walk asks all of its walk caches at once, and each that has its entry counts that as a use. It
starts below the lowest level that hits, and what it reads from there on it keeps. So the lowest
cache is an LRU cache like any other, but an upper one gets nothing from a walk that started below
it: such an entry, once it has left, stays out, until some walk has to read it again.

    PDEs      4 entries       a walk through the PDE of B that starts below it does not read the
    PDPTEs    1 entry         PDPTE of B, and so A's, which is there, stays there

Where no walk is of this kind, or none would have changed anything, every cache is worked out as an
LRU stack, for all walks at once; only otherwise walk after walk.

Source: ChampSim, src/ptw.cc (`handle_read` asks all, `handle_fill` keeps what was read) and
inc/msl/lru_table.h (`check_hit` counts as a use), as of 2ff2501. Processors are free in this, see
Intel SDM vol. 3A sec. 5.10.3.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .stack import Stack

SetsAndWays = tuple[int, int]


def entries_read(
    pages: NDArray[np.int64], caches: Sequence[SetsAndWays | None], levels: int, index_bits: int
) -> NDArray[np.int64]:
    """Count the entries that each walk reads.

    Parameters
    ----------
    pages : array of int64, shape (n,)
        The page that each walk is for, in order of time.
    caches : sequence of (sets, ways) or None
        The cache of the entries one level above the last, then of those above; None for no cache.
    levels, index_bits : int
        Levels of the tree, of so many bits each.

    Returns
    -------
    array of int64, shape (n,)
        1 where the lowest cache hit, `levels` where none did.

    Examples
    --------
    Two pages below one PDE, then two more in another gigabyte, each below a PDE of its own:

    >>> entries_read(np.array([0, 1 << 20, 1, 2 << 20]), [(1, 4), (1, 1)], 4, 9).tolist()
    [4, 4, 1, 4]
    """
    reads = np.full(pages.size, levels)
    down = np.ones(pages.size, bool)  # which walks have not found a place to start yet
    for below, cache in enumerate(caches, 1):
        if cache is not None:
            found = _hits(pages >> below * index_bits, *cache, down)
            reads[found & down] = below
            down &= ~found
    return reads


def _hits(
    keys: NDArray[np.int64], sets: int, ways: int, kept: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell which walks hit in a cache, of which only some give it what it did not have."""
    hit = Stack(keys).positions(sets) < ways
    if not (~hit & ~kept).any():
        return hit
    rows: list[OrderedDict[int, None]] = [OrderedDict() for _ in range(sets)]
    for at, (key, keep) in enumerate(zip(keys.tolist(), kept.tolist(), strict=True)):
        row = rows[key & (sets - 1)]
        hit[at] = key in row
        if hit[at]:
            row.move_to_end(key)
        elif keep:
            if len(row) == ways:
                row.popitem(last=False)
            row[key] = None
    return hit
