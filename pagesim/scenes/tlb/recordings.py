"""The recorded programs as the TLB scenes need them: misses of every TLB, each worked out once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...reuse import lru_hits
from ...traces import RECORDED, PageTrace, collapse
from ..programs import trace_of

PROGRAMS = ("sqlite", *(name for name in RECORDED if name != "sqlite"))
MOST_ENTRIES = 1024
MOST_WAYS = 8  # of a TLB that has more than one set


@lru_cache(maxsize=64)
def misses_of(
    program: str | PageTrace, page_shift: int, most: int = MOST_ENTRIES
) -> dict[int, NDArray[np.int64]]:
    """Count the data accesses that miss in LRU TLBs of every geometry.

    Parameters
    ----------
    program : str or PageTrace
        One of `pagesim.traces.RECORDED`, or a trace.
    page_shift : int
        Base-2 logarithm of the page size in bytes, 12 or more.
    most : int
        Entries of the largest TLB, a power of two.

    Returns
    -------
    dict of int to array
        For each number of sets, the misses with 1, 2, ... ways; up to `most` ways for a single
        set and `MOST_WAYS` otherwise.

    Examples
    --------
    >>> int(misses_of("gzip", 12)[1][63])  # all 39 pages fit: each is missed once
    39
    """
    trace = trace_of(program) if isinstance(program, str) else program
    pages = collapse(trace.data.vpn >> (page_shift - 12)).vpn
    found = {}
    for power in range(most.bit_length()):
        sets = 1 << power
        # Where an access repeats the page that its set used last, it hits and changes nothing,
        # here and in any larger number of sets: the string can only get shorter.
        pages = pages[~_repeats(pages, sets)]
        ways = most if sets == 1 else MOST_WAYS
        found[sets] = pages.size - np.cumsum(lru_hits(pages, sets, ways))
    return found


def _repeats(pages: NDArray[np.int64], sets: int) -> NDArray[Any]:
    """Tell which accesses want the page that their set used last."""
    order = np.argsort((pages & (sets - 1)).astype(np.int16), kind="stable")
    in_order = pages[order]
    repeats = np.zeros(pages.size, bool)
    repeats[order[1:]] = in_order[1:] == in_order[:-1]
    return repeats
