"""Processes that take turns on one core, and what their TLB misses, with and without ASIDs.

All of them run the same program (the workers of one server, say), each in its own address space
and each from the beginning. A turn is so many data accesses long.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ...reuse import keys, lru_hits
from .recordings import trace_of

QUANTA = (300, 1_000, 3_000, 10_000, 30_000, 100_000)
EACH = 300_000  # accesses of each process
SETS, WAYS = 128, 12  # ChampSim's second level: 1536 entries

Ints = NDArray[np.int64]


@lru_cache(maxsize=64)
def misses(processes: int, quantum: int, asids: bool) -> int:
    """Count the misses of a TLB of 1536 entries and 12 ways, shared in turns.

    Parameters
    ----------
    processes : int
        How many take turns.
    quantum : int
        Data accesses of a turn.
    asids : bool
        Whether entries carry the address space; otherwise each switch flushes everything.

    Examples
    --------
    A process that is alone misses its first touches only, whatever the quantum.

    >>> misses(1, 1_000, asids=False) == misses(1, 100_000, asids=True)
    True
    """
    pages, turn = _own(quantum)
    order = np.argsort(np.tile(turn, processes), kind="stable")  # turn by turn, in each one by one
    who = np.repeat(np.arange(processes), pages.size)[order]
    string = np.tile(pages, processes)[order]
    if asids or processes == 1:
        renamed = keys(string, asids=who)
    else:
        switches = np.flatnonzero(np.diff(who)) + 1
        renamed = keys(string, flushes=switches)
    return int(string.size - lru_hits(renamed, SETS, WAYS).sum())


@lru_cache(maxsize=len(QUANTA))
def _own(quantum: int) -> tuple[Ints, Ints]:
    """Give a process's accesses that can miss at all, and the turn of each.

    Whoever wants the page that the same set used last, in the same turn, hits and changes nothing,
    whatever the others did before.
    """
    runs = trace_of("sqlite").data
    ends = np.cumsum(runs.length, dtype=np.int64)
    runs_used = int(np.searchsorted(ends, EACH)) + 1
    starts = ends[:runs_used] - runs.length[:runs_used]
    pages, turn = runs.vpn[:runs_used], starts // quantum
    order = np.argsort((pages % SETS).astype(np.int16), kind="stable")
    by_set, turns = pages[order], turn[order]
    can_miss = np.ones(pages.size, bool)
    can_miss[order[1:]] = (by_set[1:] != by_set[:-1]) | (turns[1:] != turns[:-1])
    return pages[can_miss], turn[can_miss]
