"""Count, for every interval, the intervals nested inside it: LRU positions too deep to peel.

A page that has sunk below the levels already peeled is *pushed* at some step ``s`` and *wanted*
again at a later step ``t``. What was pushed in between lies above it, except what was wanted, and
so taken out, before ``t``. Those exceptions are the intervals that lie inside ``(s, t)``::

    depth = (t - s - 1) - (intervals nested inside (s, t))

List the intervals by falling ``s``: the nested ones come earlier in the list and have a smaller
``t``. To count "earlier and smaller", write each ``t`` (its rank) in digits and start with the
highest. At each digit, among the numbers that agree in the digits before:

1. cut the list into blocks and count the digits of each block; running sums over the blocks and
   over the digits say how many numbers of *earlier blocks* have a smaller digit;
2. within a block, compare each number with each one before it, in all blocks at once;
3. sort the list by the digit, keeping the order of equals, and go on with the next digit.

A digit of b bits goes with blocks of ``2**b``, so that the counts take no more room than the list.
Bennett and Kruskal (IBM J. Res. Dev. 19(4), 1975) count the same with a tree, access by access.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.signedinteger[Any]]

SLICE = 1 << 18  # elements worked on at a time, few enough for the processor's cache


def depths(wanted: Ints, pushed: Ints) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Find how deep each wanted page lies below the levels that were peeled.

    Parameters
    ----------
    wanted, pushed : arrays of int, shape (n,)
        At step i page ``wanted[i]`` is looked up and taken out, then ``pushed[i]`` is put on top.

    Returns
    -------
    steps, depth : arrays of int32
        The steps at which the page was there, and how many pages lay above it.

    Examples
    --------
    >>> string = np.array([7, 8, 9, 8, 7])
    >>> steps, depth = depths(string, string)
    >>> dict(zip(steps.tolist(), depth.tolist()))
    {3: 1, 4: 2}
    """
    end_of = np.full(len(wanted), -1, np.int32)
    pushes, wants = _intervals(wanted, pushed)
    end_of[pushes] = wants
    start = np.flatnonzero(end_of >= 0)[::-1].astype(np.int32)
    end = end_of.take(start)
    rank = np.zeros(len(wanted), np.int32)
    rank[end] = 1
    np.cumsum(rank, out=rank)
    rank -= 1
    return end, end - start - 1 - earlier_smaller(rank.take(end))


def _intervals(wanted: Ints, pushed: Ints) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Pair each push of a page with the next step that wants it."""
    events = (wanted,) if pushed is wanted else (wanted, pushed)
    count, kinds = len(wanted), len(events)
    bits = (count * kinds).bit_length()
    if int(wanted.max()) >> (63 - bits):  # too large to share a word with the step: number them
        small = np.unique(np.concatenate(events), return_inverse=True)[1]
        events = tuple(small.reshape(kinds, count))
    # One sort by page, then time, brings each push next to the want that follows it.
    key = np.empty(kinds * count, np.int64)
    for kind, pages in enumerate(events):
        part = key[kind * count : (kind + 1) * count]
        np.left_shift(pages, bits, out=part, dtype=np.int64)
        part |= np.arange(kind, count * kinds, kinds)
    key.sort()
    paired = (key[1:] ^ key[:-1]) >> bits == 0
    if kinds == 2:
        paired &= (key[:-1] & ~key[1:] & 1).astype(bool)  # a push (odd), then a want (even)
    key &= (1 << bits) - 1
    key >>= kinds - 1
    step = key.astype(np.int32)
    first = np.flatnonzero(paired)
    return step.take(first), step.take(first + 1)


def earlier_smaller(ranks: NDArray[np.int32]) -> NDArray[np.int32]:
    """Count, for each element of a permutation of 0..n-1, the smaller ones before it.

    Examples
    --------
    >>> earlier_smaller(np.array([2, 0, 3, 1], np.int32)).tolist()
    [0, 0, 2, 1]
    """
    size = len(ranks)
    width = max(size - 1, 1).bit_length()
    digits = -(-width // 8)
    bits = -(-width // digits)
    block = 1 << bits
    # Pad with large numbers at the end, so that all parts are full; nobody counts those.
    full = block ** max(digits - 1, 1)
    padded = -(-size // full) * full
    x = np.concatenate((ranks, np.arange(size, padded, dtype=np.int32)))
    count = np.zeros(padded, np.int32)
    for shift in range(bits * (digits - 1), -1, -bits):
        digit = (x >> shift).astype(np.uint8) & np.uint8(block - 1)
        _add_within_blocks(digit, block, count)
        for first in range(0, padded if shift else 0, block << shift):
            part = slice(first, first + (block << shift))
            _add_earlier_blocks(digit[part], block, count[part])
            order = digit[part].argsort(kind="stable")
            x[part], count[part] = x[part].take(order), count[part].take(order)
    by_rank = np.empty(padded, np.int32)
    by_rank[x] = count
    return by_rank.take(ranks)


def _add_earlier_blocks(digit: NDArray[np.uint8], block: int, count: NDArray[np.int32]) -> None:
    """Add to `count` the elements of earlier blocks that have a smaller digit."""
    so_far = np.zeros(block, np.int32)
    for first in range(0, len(digit), SLICE):
        rows = digit[first : first + SLICE].reshape(-1, block)
        cell = (np.arange(0, rows.size, block)[:, None] + rows).reshape(-1)
        table = np.empty((len(rows) + 1, block), np.int32)
        table[0] = so_far
        table[1:] = np.bincount(cell, minlength=rows.size).reshape(rows.shape)
        np.cumsum(table, axis=0, out=table)
        so_far = table[-1].copy()
        smaller = np.zeros(rows.shape, np.int32)
        np.cumsum(table[:-1, :-1], axis=1, out=smaller[:, 1:])
        count[first : first + SLICE] += smaller.reshape(-1).take(cell)


def _add_within_blocks(digit: NDArray[np.uint8], block: int, count: NDArray[np.int32]) -> None:
    """Add to `count` the earlier elements of the same block that have a smaller digit."""
    for first in range(0, len(digit), SLICE):
        rows = digit[first : first + SLICE].reshape(-1, block)
        # The k-th elements of all blocks side by side: one shift compares all with an earlier one.
        column = np.ascontiguousarray(rows.T).reshape(-1)
        smaller = np.zeros_like(column)
        less = np.empty(column.size, bool)
        for k in range(len(rows), column.size, len(rows)):
            np.less(column[:-k], column[k:], out=less[k:])
            smaller[k:] += less.view(np.uint8)[k:]
        count[first : first + SLICE] += smaller.reshape(block, -1).T.reshape(-1)
