"""Processes that take turns on one core, and what their TLB misses, with and without ASIDs.

All of them run the same program (the workers of one server, say), each in its own address space
and each from the beginning. A turn is so many data accesses long.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ...reuse import lru_hits
from ...reuse.keys import SET_BITS
from ...traces import PageTrace
from ..programs import trace_of

QUANTA = (300, 1_000, 3_000, 10_000, 30_000, 100_000)
EACH = 300_000  # accesses of each process
SETS, WAYS = 128, 12  # ChampSim's second level: 1536 entries

Ints = NDArray[np.int64]


@lru_cache(maxsize=256)
def misses(processes: int, quantum: int, asids: bool, program: str | PageTrace = "sqlite") -> int:
    """Count the misses of a TLB of 1536 entries and 12 ways, shared in turns.

    Parameters
    ----------
    processes : int
        How many take turns.
    quantum : int
        Data accesses of a turn.
    asids : bool
        Whether entries carry the address space; otherwise each switch flushes everything.
    program : str or PageTrace
        What all of them run: one of `pagesim.traces.RECORDED`, or a trace; its first `EACH`
        accesses.

    Examples
    --------
    A process that is alone misses its first touches only, whatever the quantum.

    >>> misses(1, 1_000, asids=False) == misses(1, 100_000, asids=True)
    True
    """
    pages, number, turn = _own(quantum, program)
    if processes == 1:
        return _missed(_key(number, pages))
    if not asids:
        # flushed before and after each turn, a process misses as often as if it were alone, and
        # each turn's pages are others
        return processes * _missed(_key(number * (1 + int(turn[-1])) + turn, pages))
    order = np.argsort(np.tile(turn, processes), kind="stable")  # turn by turn, in each one by one
    own = [_key(number * processes + who, pages) for who in range(processes)]
    return _missed(np.concatenate(own)[order])


def _key(number: Ints, pages: Ints) -> Ints:
    """Give pages other numbers, as `keys` does, in the sets in which they were."""
    return number << SET_BITS | pages & (1 << SET_BITS) - 1


def _missed(string: Ints) -> int:
    return int(string.size - lru_hits(string, SETS, WAYS).sum())


@lru_cache(maxsize=4 * len(QUANTA))
def _own(quantum: int, program: str | PageTrace) -> tuple[Ints, Ints, NDArray[np.int16]]:
    """Give a process's accesses that can miss at all, the numbers of their pages, and the turns.

    Whoever wants the page that the same set used last, in the same turn, hits and changes nothing,
    whatever the others did before.
    """
    pages, number, starts = _accesses(program)
    turn = (starts // quantum).astype(np.int16)  # small numbers are quickly sorted
    order = np.argsort((pages % SETS).astype(np.int16), kind="stable")
    by_set, turns = pages[order], turn[order]
    can_miss = np.ones(pages.size, bool)
    can_miss[order[1:]] = (by_set[1:] != by_set[:-1]) | (turns[1:] != turns[:-1])
    return pages[can_miss], number[can_miss], turn[can_miss]


@lru_cache(maxsize=4)
def _accesses(program: str | PageTrace) -> tuple[Ints, Ints, Ints]:
    """Give the pages that a process goes to, small numbers for them, and when it does."""
    runs = (trace_of(program) if isinstance(program, str) else program).data
    ends = np.cumsum(runs.length, dtype=np.int64)
    used = int(np.searchsorted(ends, EACH)) + 1
    pages = runs.vpn[:used]
    number = np.unique(pages, return_inverse=True)[1].astype(np.int64)
    return pages, number, ends[:used] - runs.length[:used]
