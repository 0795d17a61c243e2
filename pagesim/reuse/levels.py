"""What first-level caches pass on to the one that they share, and what that one misses.

The shared second level sees what the first ones miss, in order of time. Another number of ways in
a first level gives it another stream, but three things outlast that, and are worked out once:

- *What may be missed*: the accesses that found their page deeper than on top of their set, merged
  in order of time. A number of ways is a mask over them.
- *Quiet sets* of the second level: no more pages belong to one than it has ways, so it never
  replaces any. The first access to each page misses there, and no other does, whatever the first
  levels pass on. (A first access misses everywhere, so it is always passed on.)
- The accesses to all other sets, the *crowded* ones, in order of set. The mask keeps that order,
  so what it leaves is at once the string, set after set, that the stack is run on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .peeling import NEVER, in_order_of_set
from .stack import Deeper, Stack

Indices = NDArray[np.int64]


class FirstLevel:
    """First-level caches side by side, each of a number of sets, for any numbers of ways.

    Parameters
    ----------
    times, pages : sequences of arrays
        What each cache is asked for, and when: rising.
    deeper : sequence of Deeper
        What lies deeper than on top of its sets.

    Attributes
    ----------
    pages : array of int32 or int64, shape (n,)
        What may be missed, in order of time.
    """

    def __init__(
        self,
        times: Sequence[NDArray[np.integer[Any]]],
        pages: Sequence[NDArray[np.int64]],
        deeper: Sequence[Deeper],
    ) -> None:
        self.deeper = deeper
        self.pages: NDArray[np.signedinteger[Any]]
        self._whose: NDArray[np.uint8] | None
        page: NDArray[np.signedinteger[Any]]
        page = np.concatenate([each.take(of.at) for each, of in zip(pages, deeper, strict=True)])
        if int(page.max(initial=0)) < 1 << 31:
            page = page.astype(np.int32)
        if len(deeper) == 1:
            self.pages, self._position, self._whose = page, deeper[0].position, None
        else:
            time = [each.take(of.at) for each, of in zip(times, deeper, strict=True)]
            order = np.argsort(np.concatenate(time), kind="stable")
            sizes = [each.at.size for each in deeper]
            self.pages = page.take(order)
            self._position = np.concatenate([each.position for each in deeper]).take(order)
            self._whose = np.repeat(np.arange(len(sizes), dtype=np.uint8), sizes).take(order)
        deepest = (self._position == NEVER).nonzero()[0]  # first accesses, and few others
        self._firsts = deepest[np.unique(self.pages[deepest], return_index=True)[1]]
        self._sets: _Sets | None = None
        self._second: _Second | None = None

    def missed(self, ways: Sequence[int]) -> list[int]:
        """Count what each cache misses, given its ways."""
        return [int(np.count_nonzero(each)) for each in self._missed(ways)]

    def missed_by_both(self, ways: Sequence[int], sets: int, ways_of_second: int) -> Indices:
        """Tell which of `pages` a second level misses, too, in order of time.

        Parameters
        ----------
        ways : sequence of int
            Of each first-level cache.
        sets, ways_of_second : int
            Of the second level.
        """
        second = self._second
        asked = [*ways, sets]
        if second is None or second.asked != asked or second.ways > ways_of_second:
            _, quiet, crowded = self._parted(sets, ways_of_second)
            missed = np.logical_or.reduce(self._missed(ways))
            at = crowded.take(missed.take(crowded).nonzero()[0])
            stack = Stack(self.pages.take(at)) if at.size else None
            second = self._second = _Second(asked, ways_of_second, quiet, at, stack)
        if second.stack is None:
            return second.quiet
        # One set after another is as good as a single one: no page belongs to two of them.
        crowded = second.crowded.take(second.stack.misses(1, ways_of_second))
        return np.sort(np.concatenate((second.quiet, crowded)))

    def _missed(self, ways: Sequence[int]) -> list[NDArray[np.bool_]]:
        if self._whose is None:
            return [self._position >= ways[0]]
        return [
            (self._position >= each) & (self._whose == which) for which, each in enumerate(ways)
        ]

    def _parted(self, sets: int, ways: int) -> _Sets:
        """Part the accesses to quiet sets from those to crowded ones; the last answer is kept."""
        if self._sets is None or self._sets.asked != (sets, ways):
            set_of_first = self.pages[self._firsts] & (sets - 1)
            known, pages = np.unique(set_of_first, return_counts=True)
            crowded = known[pages > ways]
            quiet = np.sort(self._firsts[np.isin(set_of_first, crowded, invert=True)])
            at = quiet[:0]
            if crowded.size:
                at = np.isin(self.pages & (sets - 1), crowded).nonzero()[0]
                at = at.take(in_order_of_set(self.pages.take(at), sets))
            self._sets = _Sets((sets, ways), quiet, at)
        return self._sets


class _Sets(NamedTuple):
    asked: tuple[int, int]
    quiet: Indices  # the first accesses to the pages of quiet sets
    crowded: Indices  # all accesses to crowded sets, in order of set, then time


class _Second(NamedTuple):
    asked: list[int]
    ways: int  # what was crowded with so many ways may be quiet with more: its stack says so, too
    quiet: Indices
    crowded: Indices  # only what the first level passes on
    stack: Stack | None
