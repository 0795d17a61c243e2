"""Two levels of TLB and the walk caches under them, for all geometries of one trace.

Fetches go to the ITLB and data accesses to the DTLB; what misses there goes, in order of time, to
the shared STLB, and what misses that is a walk. A walk cache holds, for one level of the page
table, where entries of that level lead, so a walk starts below the lowest level that hits; see
`pagesim.reuse.walks`. All are LRU; a hit in a first-level TLB doesn't reach the second.

A first answer runs each stream through its stack once. After that, another number of ways is a
comparison, and of what missed only what the STLB can throw out is looked at again
(`pagesim.reuse.levels`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import is_not

import numpy as np

from ..checks import bounded
from ..traces import Runs
from .levels import FirstLevel
from .stack import MOST, Stack, power_of_two
from .walks import SetsAndWays, entries_read

INDEX_BITS = 9
LEVELS = 4
PAGE_SHIFTS = (12, 21, 30)

Geometry = tuple[int, int]


@dataclass(frozen=True)
class Counts:
    """What a TLB hierarchy did with a trace.

    Attributes
    ----------
    accesses : int
        Fetches, loads and stores.
    itlb_misses, dtlb_misses : int
        Accesses that their first-level TLB missed.
    walks : int
        Those that the STLB missed too.
    walk_cache_hits : tuple of int
        Walks that started below level 1 (from a PDE), 2 (PDPTE), 3 (PML4E).
    reads : int
        Page-table entries that all walks read together.
    """

    accesses: int
    itlb_misses: int
    dtlb_misses: int
    walks: int
    walk_cache_hits: tuple[int, ...]
    reads: int


class Hierarchy:
    """A trace, ready to be run through any hierarchy of TLBs (x86-64, 4 levels of 9 bits).

    Parameters
    ----------
    data, instructions : Runs
        The two streams of a trace: page numbers of 4 KiB pages, with times that tell their
        common order. Without `instructions` the ITLB stays unused.

    Examples
    --------
    >>> from pagesim.traces import collapse, loop
    >>> hierarchy = Hierarchy(collapse(loop(pages=100, length=1000)))
    >>> counts = hierarchy.simulate(dtlb=(64, 4), stlb=(128, 4), walk_caches=())
    >>> counts.dtlb_misses, counts.walks, counts.reads
    (1000, 100, 400)
    """

    def __init__(self, data: Runs, instructions: Runs | None = None) -> None:
        self.data, self.instructions = data, instructions
        self.accesses = data.accesses + (instructions.accesses if instructions else 0)
        self._stacks: dict[tuple[bool, int], Stack] = {}
        self._first: FirstLevel | None = None

    def simulate(
        self,
        itlb: Geometry = (64, 4),
        dtlb: Geometry = (64, 4),
        stlb: Geometry = (1536, 12),
        walk_caches: Sequence[int | Geometry] = ((32, 8), (8, 4), (4, 4)),
        page_shift: int = 12,
    ) -> Counts:
        """Count the misses and walks; the defaults are ChampSim's.

        Parameters
        ----------
        itlb, dtlb, stlb : (entries, ways)
            The ways divide the entries, and entries / ways is a power of two.
        walk_caches : sequence of (int or (entries, ways))
            The caches of PDEs, PDPTEs and PML4Es, in this order; a number alone for one that is
            fully associative, 0 (or a shorter sequence) for none.
        page_shift : {12, 21, 30}
            All memory is mapped with 4 KiB, 2 MiB or 1 GiB pages.

        Raises
        ------
        ValueError
            If a geometry, a number of entries or the page size is none of those.
        """
        if page_shift not in PAGE_SHIFTS:
            raise ValueError(
                f"page_shift {page_shift} is not one of {', '.join(map(str, PAGE_SHIFTS))}"
            )
        if len(walk_caches) >= LEVELS:
            raise ValueError(f"{len(walk_caches)} walk caches for the {LEVELS - 1} upper levels")
        caches = [_walk_cache(each) for each in walk_caches]
        skip = (page_shift - 12) // INDEX_BITS  # levels that a walk to a large page doesn't reach
        fetched = self.instructions, _sets_and_ways("itlb", itlb)
        used = self.data, _sets_and_ways("dtlb", dtlb)
        first_level = [(runs, shape) for runs, shape in (fetched, used) if runs is not None]
        first = self._first_level(skip, first_level)
        ways = [ways for _, (_, ways) in first_level]
        *fetches, loads_and_stores = first.missed(ways)
        walks = first.missed_by_both(ways, *_sets_and_ways("stlb", stlb))
        pages = first.pages.take(walks).astype(np.int64)
        reads = entries_read(pages, caches[skip:], LEVELS - skip, INDEX_BITS)
        starts = np.bincount(reads, minlength=LEVELS + 1)[: LEVELS - skip]
        hits = [0] * skip + starts[1:].tolist()  # where a walk starts says which cache helped it
        return Counts(
            self.accesses,
            sum(fetches),
            loads_and_stores,
            walks.size,
            tuple(hits[: len(caches)]),
            int(reads.sum()),
        )

    def _first_level(self, skip: int, caches: list[tuple[Runs, SetsAndWays]]) -> FirstLevel:
        """Keep what first-level TLBs of the last numbers of sets may miss."""
        stacks = [self._stack(runs, skip) for runs, _ in caches]
        deeper = [stack.deeper(*shape) for stack, (_, shape) in zip(stacks, caches, strict=True)]
        if self._first is None or any(map(is_not, deeper, self._first.deeper)):
            self._first = FirstLevel(
                [runs.time for runs, _ in caches], [stack.pages for stack in stacks], deeper
            )
        return self._first

    def _stack(self, runs: Runs, skip: int) -> Stack:
        """Keep a stack for each stream and page size."""
        key = runs is self.data, skip
        if key not in self._stacks:
            self._stacks[key] = Stack(runs.vpn >> skip * INDEX_BITS if skip else runs.vpn)
        return self._stacks[key]


def _walk_cache(shape: int | Geometry) -> SetsAndWays | None:
    """Check a walk cache: all its entries are in one set, unless it is said how many ways."""
    if isinstance(shape, Sequence):
        return _sets_and_ways("walk cache", shape)
    entries = bounded("walk cache entries", shape, 0, MOST)
    return (1, entries) if entries else None


def _sets_and_ways(name: str, geometry: Geometry) -> Geometry:
    entries, ways = geometry
    entries, ways = (
        bounded(f"{name} entries", entries, 1, MOST),
        bounded(f"{name} ways", ways, 1, MOST),
    )
    if entries % ways:
        raise ValueError(f"{name}: {ways} ways don't divide {entries} entries")
    return power_of_two(f"{name} sets", entries // ways), ways
