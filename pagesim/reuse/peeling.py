"""Mattson's stack, run level by level instead of access by access.

The stack (Mattson, Gecsei, Slutz, Traiger, "Evaluation techniques for storage hierarchies", IBM
Systems J. 9(2), 1970): keep the pages in a list, the one used last on top. An access finds its
page at some *position* (its stack distance), moves it to the top, and what lay above it sinks by
one. The top w places hold what an LRU cache of w entries holds, for every w at once (*inclusion*),
so an access hits exactly if ``position < w``. FIFO has no such list, which is why a larger FIFO can
miss more often.

Taken access by access this is a slow loop. Taken *level by level* there is no loop over accesses:

1. Just before an access, level 0 (the top) holds the page of the access before. Compare the
   string with itself, shifted by one: where they are equal, the page was found at position 0.
2. The others still want their page, and at each of them the page that lay in level 0 is pushed
   down. Only then does level 1 change. So, looking at those accesses alone, level 1 holds what
   the one before *pushed*: compare ``wanted`` with ``pushed``, shifted by one.
3. Equal: found at position 1. Else still wanted, and what lay in level 1 is pushed on to level 2.
   Level after level the arrays grow shorter.

For the string A B A C B (``.`` is an empty place)::

    wanted            A B A C B
    level 0 holds     . A B A C     nothing found; pushed on
    level 1 holds     . . A B A     found: the third access, A
    still wanted      A B   C B
    level 1 pushed    . .   B A
    level 2 holds     . .   . B     found: the last access, B

Sets: a set-associative cache has a stack for each set. Sort the string by set, keeping the order
of time within a set, and run the same code over all of it. The pages left over from the set
before match nothing in the next set; they sink like empty places.

Far down each level finds little. From where it would cost more than it finds, the rest is counted
in one go (`pagesim.reuse.nesting`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .nesting import depths

Ints = NDArray[np.signedinteger[Any]]

NEVER = int(np.iinfo(np.int32).max)
"""The position of a page's first access: no number of ways is enough."""

EMPTY = -1

CHUNK = 1 << 16  # accesses taken through their levels at a time, in the processor's cache
FEW_LEVELS = 64  # how many a string of one chunk is taken through
PIECES = 16  # of a longer string, from which the number of levels is chosen
# What costs how much, in accesses compared at one level (measured on one x86 machine; it decides
# how fast the answer is, not what it is):
LEVEL_COST, COUNT_COST = 2_000, 60_000  # to begin a level; to begin counting the rest
COUNT_EACH = 45  # to count one access


def peel(
    string: NDArray[np.int64],
    sets: int,
    max_ways: int | None = None,
    position: NDArray[np.int32] | None = None,
) -> NDArray[np.int64]:
    """Count the accesses found at each LRU position of their set.

    Parameters
    ----------
    string : array of int64, shape (n,)
        Page numbers.
    sets : int
        A power of two.
    max_ways : int, optional
        Positions from here on may be left out of the count.
    position : array of int32, shape (n,), optional
        All zero; receives the position of each access, `NEVER` for first accesses, and perhaps for
        those at `max_ways` or deeper.

    Returns
    -------
    array of int64

    Examples
    --------
    >>> peel(np.array([7, 8, 8, 9, 7]), 1).tolist()[:3]
    [1, 0, 1]
    """
    read = _Reader(string, sets)
    # Peeling ends where only first accesses are left; how many these are is known beforehand only
    # of a string that is quickly sorted.
    firsts = _distinct(read.pages(0, CHUNK)) if string.size <= CHUNK else 0
    levels = FEW_LEVELS if firsts else _levels_worth_while(read, max_ways)
    if max_ways is not None:
        levels = min(levels, max_ways)
    hits = np.zeros(levels, np.int64)
    held = [EMPTY] * levels  # what each level holds where a chunk begins
    left = []
    for first in range(0, string.size, CHUNK):
        wanted = pushed = read.pages(first, first + CHUNK)
        where = wanted[:0] if position is None else read.accesses(first, first + CHUNK)
        for level in range(levels):
            if wanted.size == firsts:
                break
            holds = _shifted(pushed, held[level])
            held[level] = pushed[-1]
            missed = (wanted != holds).nonzero()[0]
            hits[level] += wanted.size - missed.size
            if missed.size == wanted.size:
                pushed = holds
                continue
            if position is not None:
                if level:
                    position[where[wanted == holds]] = level
                where = where.take(missed)
            wanted = wanted.take(missed)
            # Level 0 pushes what the access before wanted: cheaper to copy than to pick out.
            pushed = holds.take(missed) if level else _shifted(wanted, holds[0])
        left.append((wanted, pushed, where))
    wanted, pushed, where = (np.concatenate(parts) for parts in zip(*left, strict=True))
    if position is not None:
        position[where] = NEVER
    if levels == max_ways or wanted.size == firsts:
        return hits
    if levels == 1:  # level 0 only drops repeats: what is left is a reference string again
        pushed, levels = wanted, 0
    steps, depth = depths(wanted, pushed)
    depth += levels
    if position is not None:
        position[where.take(steps)] = depth
    deep = np.bincount(depth, minlength=hits.size)
    deep[: hits.size] += hits
    return deep


class _Reader:
    """The string in order of set, then time, piece by piece, in the narrowest integers that do."""

    def __init__(self, string: NDArray[np.int64], sets: int) -> None:
        self.string = string
        high = int(string.max())
        self.dtype = next(t for t in (np.int16, np.int32, np.int64) if high <= np.iinfo(t).max)
        self.order = None
        if sets > 1:
            index = string.astype(np.min_scalar_type(sets - 1))  # keeps the low bits, with the set
            index &= index.dtype.type(sets - 1)
            self.order = np.argsort(index, kind="stable")

    def accesses(self, first: int, end: int) -> NDArray[np.int64]:
        """Return which accesses stand at first, ..., end - 1."""
        if self.order is None:
            return np.arange(first, min(end, self.string.size))
        return self.order[first:end]

    def pages(self, first: int, end: int) -> Ints:
        """Return their pages."""
        if self.order is None:
            return self.string[first:end].astype(self.dtype)
        return self.string.take(self.order[first:end]).astype(self.dtype)


def _distinct(string: Ints) -> int:
    """Count the pages of a string."""
    pages = np.sort(string)
    return 1 + int(np.count_nonzero(pages[1:] != pages[:-1]))


def _shifted(pages: Ints, first: int) -> Ints:
    """Return the pages one access later, `first` at the first."""
    later = np.empty_like(pages)
    later[:1] = first
    later[1:] = pages[:-1]
    return later


def _levels_worth_while(read: _Reader, max_ways: int | None) -> int:
    """Choose how many levels to go down before the rest is counted, from a sample.

    At `max_ways` there is no rest to count.
    """
    piece = CHUNK // PIECES
    starts = [(read.string.size - piece) * i // (PIECES - 1) for i in range(PIECES)]
    sample = np.concatenate([read.pages(start, start + piece) for start in starts])
    share = sample.size / read.string.size
    wanted = pushed = sample
    spent, least, levels, level = 0.0, np.inf, 1, 0
    while wanted.size and spent < least:
        if level:
            total = spent
            if level != max_ways:
                total += COUNT_COST * share + COUNT_EACH * wanted.size
            if total < least:
                least, levels = total, level
        spent += LEVEL_COST + wanted.size
        level += 1
        holds = _shifted(pushed, EMPTY)
        missed = (wanted != holds).nonzero()[0]
        wanted, pushed = wanted.take(missed), holds.take(missed)
    return levels if wanted.size else level
