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

*Piece by piece.* A piece of the string goes down level after level, in the processor's cache, until
too few accesses are left to be worth the calls; those wait for the next piece's. All that a level
has to know of the pieces before is the page that it held last.

Sets: a set-associative cache has a stack for each set. Sort the string by set, keeping the order
of time within a set, and run the same code over all of it. The pages left over from the set
before match nothing in the next set; they sink like empty places.

Far down each level finds little. From where it would cost more than it finds, the rest is counted
in one go (`pagesim.reuse.nesting`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..traces import page_numbers
from .nesting import depths

Ints = NDArray[np.signedinteger[Any]]
Indices = NDArray[np.int64]

NEVER = int(np.iinfo(np.int32).max)
"""The position of a page's first access: no number of ways is enough."""

EMPTY = -1

PIECE = 1 << 17  # accesses taken at a time
LEAST = 1 << 14  # with which a piece goes on to the next level
MOST_LEVELS = 64
SAMPLES, SAMPLE = 16, 1 << 10  # from which the number of levels is chosen, and accesses of each
# What it costs to count an access, in accesses taken down a level (measured on one x86 machine; it
# decides how fast the answer is, not what it is): in a whole string, and in what levels left.
COUNT_IN_STRING, COUNT_IN_REST = 27, 45


class _Piece(NamedTuple):
    """Accesses that were not found above a level.

    Attributes
    ----------
    wanted : array of int, shape (n,)
        Their pages.
    pushed : array of int, shape (n + 1,)
        What the level held before, then what was pushed into it at each access.
    at : array of int64, shape (n,), or None
        Which accesses they are, where it matters.
    """

    wanted: Ints
    pushed: Ints
    at: Indices | None


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

    Raises
    ------
    ValueError
        If a page is negative.

    Examples
    --------
    >>> peel(np.array([7, 8, 8, 9, 7]), 1).tolist()[:3]
    [1, 0, 1]
    """
    order = in_order_of_set(string, sets) if sets > 1 else None
    # Peeling ends where only first accesses are left; how many these are is known beforehand only
    # of a string that is quickly sorted.
    firsts = _distinct(string) if string.size <= SAMPLES * SAMPLE else 0
    levels = MOST_LEVELS if firsts else _levels_worth_while(string, order, max_ways)
    if max_ways is not None:
        levels = min(levels, max_ways)
    hits = np.zeros(levels, np.int64)
    hits[0] = string.size
    below = [_Waiting() for _ in range(levels + 1)]  # what each level gets, and what is left

    def go_down(least: int) -> None:
        for level in range(1, levels):
            if below[level].size >= least and below[level].size != firsts:
                piece = below[level].take()
                missed = _missed(piece, below[level + 1].held)
                hits[level] += piece.wanted.size - missed.wanted.size
                below[level + 1].put(missed)
                if position is not None:
                    position[missed.at] = level + 1

    for piece in _without_repeats(string, order, position is not None):
        hits[0] -= piece.wanted.size
        if position is not None:
            position[piece.at] = 1
        below[1].put(piece)
        go_down(LEAST)
    go_down(1)
    rest = [each.take() for each in below if each.size]  # all in one place now
    if not rest:
        return hits
    left = rest[0]
    if position is not None:
        position[left.at] = NEVER
    if levels == max_ways or left.wanted.size == firsts:
        return hits
    # Level 0 only drops repeats: what it leaves is a reference string again.
    above = levels if levels > 1 else 0
    deep = hits
    for steps, depth in depths(left.wanted, left.pushed[1:] if above else left.wanted):
        depth += above
        if position is not None and left.at is not None:
            position[left.at.take(steps)] = depth
        counts = np.bincount(depth, minlength=deep.size)
        counts[: deep.size] += deep
        deep = counts
    return deep


def in_order_of_set(string: Ints, sets: int) -> NDArray[np.int64]:
    """Tell in which order the accesses stand by set, those to one set in order of time.

    Examples
    --------
    >>> in_order_of_set(np.array([7, 8, 9, 8]), sets=2).tolist()
    [1, 3, 0, 2]
    """
    index = string.astype(np.min_scalar_type(sets - 1))  # keeps the low bits, with the set
    index &= index.dtype.type(sets - 1)
    return np.argsort(index, kind="stable")


class _Waiting:
    """Pieces that wait below a level, and the page that the level held last."""

    def __init__(self) -> None:
        self.size, self.held = 0, EMPTY
        self._pieces: list[_Piece] = []

    def put(self, piece: _Piece) -> None:
        """Let one more wait."""
        self._pieces.append(piece)
        self.size += piece.wanted.size
        self.held = piece.pushed[-1]

    def take(self) -> _Piece:
        """Take all, as one piece."""
        pieces, self._pieces, self.size = self._pieces, [], 0
        if len(pieces) == 1:
            return pieces[0]
        wanted, pushed, at = zip(*pieces, strict=True)
        return _Piece(
            np.concatenate(wanted),
            np.concatenate((pushed[0][:1], *(each[1:] for each in pushed))),
            None if at[0] is None else np.concatenate(at),
        )


def _without_repeats(
    string: NDArray[np.int64], order: Indices | None, asked: bool
) -> Iterator[_Piece]:
    """Take a string past level 0, which finds what repeats the access before.

    What level 0 pushes is what the access before wanted. So both are the same string, the one a
    place later; it is kept in the narrowest integers that do. `at` is noted if it is `asked` for.
    """
    held: Ints = np.array([EMPTY, EMPTY], np.int16)  # by levels 1 and 0
    high = 0
    for first in range(0, string.size, PIECE):
        if order is None:
            pages = string[first : first + PIECE]
        else:
            pages = string.take(order[first : first + PIECE], mode="clip")
        other = np.empty(pages.size, bool)
        other[0] = pages[0] != held[1]
        np.not_equal(pages[1:], pages[:-1], out=other[1:])
        at = other.nonzero()[0]
        wanted = pages.take(at, mode="clip")
        high = max(high, int(wanted.view(np.uint64).max(initial=0)))
        if high >> 63:
            page_numbers(wanted)  # names the page in an error
        narrow = np.int16 if high < 1 << 15 else np.int32 if high < 1 << 31 else np.int64
        both: Ints = np.empty(at.size + 2, narrow)
        both[:2], both[2:] = held, wanted
        held = both[-2:]
        if asked:
            at += first
            yield _Piece(both[2:], both[:-1], at if order is None else order.take(at))
        else:
            yield _Piece(both[2:], both[:-1], None)


def _missed(piece: _Piece, held: int) -> _Piece:
    """Take accesses past a level; `held` is what the next level holds before."""
    holds = piece.pushed[:-1]
    missed = (piece.wanted != holds).nonzero()[0]
    pushed = np.empty(missed.size + 1, holds.dtype)
    pushed[0] = held
    holds.take(missed, out=pushed[1:], mode="clip")  # "clip": no index is outside, don't look
    at = None if piece.at is None else piece.at.take(missed, mode="clip")
    return _Piece(piece.wanted.take(missed, mode="clip"), pushed, at)


def _distinct(string: NDArray[np.int64]) -> int:
    """Count the pages of a string."""
    pages = np.sort(string)
    return 1 + int(np.count_nonzero(pages[1:] != pages[:-1]))


def _levels_worth_while(
    string: NDArray[np.int64], order: Indices | None, max_ways: int | None
) -> int:
    """Choose how many levels to go down before the rest is counted, from a sample.

    At `max_ways` there is no rest to count.
    """
    starts = np.linspace(0, string.size - SAMPLE, SAMPLES).astype(int)
    places = (starts[:, None] + np.arange(SAMPLE)).reshape(-1)
    sample = string.take(places if order is None else order.take(places))
    piece = next(_without_repeats(sample, None, False))
    spent, least, best = sample.size, np.inf, 1
    for level in range(1, MOST_LEVELS + 1):
        size = piece.wanted.size
        count = 0 if level == max_ways else COUNT_IN_REST if level > 1 else COUNT_IN_STRING
        if spent + count * size < least:
            least, best = spent + count * size, level
        if spent >= least:
            break
        spent += size
        piece = _missed(piece, EMPTY)
    return best
