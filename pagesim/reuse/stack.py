"""What LRU of every size does with a reference string: hits, positions, misses, the curve."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..checks import bounded
from ..traces import page_numbers
from ..traces.runs import reference_string
from .peeling import peel

MOST = 1 << 30  # sets or ways
SHALLOW = 32  # ways that are worked out first; hardly any TLB has more


def lru_hits(pages: ArrayLike, sets: int, max_ways: int) -> NDArray[np.int64]:
    """Count the hits at each LRU position: every associativity from one pass.

    Parameters
    ----------
    pages : sequence or array of int, shape (n,)
        A page number for each access, 0 <= page < 2**63.
    sets : int
        A power of two. Page p belongs to set ``p % sets``.
    max_ways : int
        How many positions to tell apart.

    Returns
    -------
    array of int64, shape (max_ways,)
        ``hits[k]`` accesses find their page at position k of their set; a cache of `sets` sets
        and w ways has ``hits[:w].sum()`` hits.

    Raises
    ------
    ValueError
        If `pages` is no reference string, `sets` no power of two, or `max_ways` below 1.

    Notes
    -----
    `pagesim.reuse.peeling` explains the algorithm.

    Examples
    --------
    Going round 3 pages: every access but the first three finds its page at position 2.

    >>> lru_hits([0, 1, 2] * 5, sets=1, max_ways=4).tolist()
    [0, 0, 12, 0]
    """
    string, sets = _checked_while_peeled(pages), power_of_two("sets", sets)
    max_ways = bounded("max_ways", max_ways, 1, MOST)
    return _fitted(peel(string, sets, max_ways), max_ways)


def miss_ratio_curve(pages: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Work out the miss ratio of a fully associative LRU cache of every size, exactly.

    Parameters
    ----------
    pages : sequence or array of int, shape (n,)
        A page number for each access, 0 <= page < 2**63.

    Returns
    -------
    sizes : array of int64, shape (distinct,)
        1, 2, ... up to the number of distinct pages; more entries change nothing.
    ratio : array of float64, shape (distinct,)
        Misses per access, never rising. First accesses count as misses.

    Raises
    ------
    ValueError
        If `pages` is no reference string.

    Examples
    --------
    Going round 4 pages: nothing hits until all 4 fit, then only the first round misses.

    >>> sizes, ratio = miss_ratio_curve([0, 1, 2, 3] * 10)
    >>> dict(zip(sizes.tolist(), ratio.tolist()))
    {1: 1.0, 2: 1.0, 3: 1.0, 4: 0.1}
    """
    string = _checked_while_peeled(pages)
    hits = peel(string, 1)
    distinct = string.size - int(hits.sum())  # the first access to a page hits at no size
    misses = string.size - np.cumsum(_fitted(hits, distinct))
    return np.arange(1, distinct + 1), misses / string.size


class Stack:
    """The LRU stacks of one stream of pages, of which any number of sets and ways can be asked.

    The position of every access is worked out once for each number of sets; an access misses
    exactly if its position is not below the number of ways. Kept are the accesses that found
    their page deeper than on top, a small part of a real program's: the others hit everywhere.
    Positions of 32 and more are told apart from when they are first asked for.

    Parameters
    ----------
    pages : sequence or array of int, shape (n,)
        A page number for each access, 0 <= page < 2**63.

    Raises
    ------
    ValueError
        If `pages` is no reference string.

    Examples
    --------
    >>> stack = Stack([7, 8, 7, 9, 8, 8])
    >>> [stack.hits(sets=1, ways=ways) for ways in (1, 2, 3)]
    [1, 2, 3]
    >>> stack.misses(sets=1, ways=2).tolist()
    [0, 1, 3, 4]
    """

    def __init__(self, pages: ArrayLike) -> None:
        self.pages = page_numbers(pages)
        self._deeper: dict[int, Deeper] = {}

    def positions(self, sets: int) -> NDArray[np.int32]:
        """Find the LRU position of each access within its set.

        Parameters
        ----------
        sets : int
            A power of two. Page p belongs to set ``p % sets``.

        Returns
        -------
        array of int32, shape (n,)
            `pagesim.reuse.NEVER` for the first access to a page.

        Raises
        ------
        ValueError
            If `sets` is no power of two.
        """
        position = np.zeros(self.pages.size, np.int32)
        deeper = self.deeper(sets, MOST)
        position[deeper.at] = deeper.position
        return position

    def misses(self, sets: int, ways: int) -> NDArray[np.int64]:
        """Tell which accesses miss, in order of time: the stream that the next level sees.

        Parameters
        ----------
        sets, ways : int
            A power of two, and 1 or more.

        Returns
        -------
        array of int64, shape (misses,)
            Indices into `pages`.

        Raises
        ------
        ValueError
            If `sets` is no power of two or `ways` below 1.
        """
        ways = bounded("ways", ways, 1, MOST)
        deeper = self.deeper(sets, ways)
        return deeper.at.take((deeper.position >= ways).nonzero()[0]).astype(np.int64)

    def hits(self, sets: int, ways: int) -> int:
        """Count the accesses that hit; the same parameters as `misses`."""
        return self.pages.size - self.misses(sets, ways).size

    def deeper(self, sets: int, ways: int) -> Deeper:
        """Find the accesses that hit in some caches only; tell caches of so many ways apart."""
        sets = power_of_two("sets", sets)
        if sets not in self._deeper or self._deeper[sets].ways < ways:
            limit = SHALLOW if ways <= SHALLOW else MOST
            position = np.zeros(self.pages.size, np.int32)
            peel(self.pages, sets, limit, position)
            at = (position != 0).nonzero()[0]
            narrow = at.astype(np.int32) if position.size < 1 << 31 else at
            self._deeper[sets] = Deeper(limit, narrow, position.take(at))
        return self._deeper[sets]


class Deeper(NamedTuple):
    """The accesses of a stream that find their page deeper than on top of its set."""

    ways: int  # positions from here on may all be `NEVER`
    at: NDArray[np.signedinteger[Any]]
    position: NDArray[np.int32]


def power_of_two(name: str, sets: int) -> int:
    """Check a number of sets, which the caller calls `name`.

    Raises
    ------
    ValueError
        If it is no power of two.

    Examples
    --------
    >>> power_of_two("sets", 12)
    Traceback (most recent call last):
    ValueError: sets 12 is not a power of two
    """
    sets = bounded(name, sets, 1, MOST)
    if sets & (sets - 1):
        raise ValueError(f"{name} {sets} is not a power of two")
    return sets


def _checked_while_peeled(pages: ArrayLike) -> NDArray[np.int64]:
    """Make a reference string; of 64-bit integers, `peel` will look at each page anyway."""
    string = reference_string(pages)
    return string if string.dtype == np.int64 else page_numbers(string)


def _fitted(hits: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Cut the counts to `size`, or fill up with zeros."""
    fitted = np.zeros(size, np.int64)
    fitted[: hits.size] = hits[:size]
    return fitted
