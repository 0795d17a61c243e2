"""Every memory access of five real programs, page by page, as `tools/record_traces.py` took them.

The two streams of a program, instruction fetches and data accesses, are kept apart: a processor
has a TLB for each, and interleaved they would collapse to runs only two or three times shorter.
`pagesim/data/traces/README.md` tells the programs and the format.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .runs import Runs
from .trace import PageTrace

DATA = Path(__file__).parents[1] / "data" / "traces"

PROGRAMS = {
    "ls": "ls -lR /usr/share/doc",
    "gzip": "gzip -9 of 20,000 shuffled numbers",
    "sqlite": "sqlite3: group by and a self join over 3,000 rows",
    "cc1": "gcc 12's cc1 -O1 on a hello-world",
    "python": "python3 -S -E: start, sort, dictionary",
}

RECORDED = tuple(PROGRAMS)
"""The names that `recorded` knows."""

SLICE = 1 << 16  # accesses decoded at a time, few enough for the processor's cache


class PerAccess(NamedTuple):
    """Every access in its exact order.

    Attributes
    ----------
    vpn : array of int64, shape (accesses,)
        The page of each access.
    kind : array of uint8, shape (accesses,)
        0 an instruction fetch, 1 a load, 2 a store.
    """

    vpn: NDArray[np.int64]
    kind: NDArray[np.uint8]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Trace(PageTrace):
    """All memory accesses of one run of a program, 4 KiB pages: fetches, loads and stores.

    Attributes
    ----------
    accesses : int
        Fetches, loads and stores altogether.
    pages : array of int64, shape (distinct,)
        The virtual page numbers that occur, rising.
    instructions, data : Runs
        The two streams; `Runs.time` counts the accesses of both.
    """

    accesses: int
    pages: NDArray[np.int64] = field(repr=False)
    instructions: Runs = field(repr=False)
    _isdata: NDArray[np.uint8] = field(repr=False)
    _store: NDArray[np.uint8] = field(repr=False)

    @cached_property
    def stores(self) -> NDArray[np.bool_]:
        """Which data accesses are stores: array of bool, shape (data accesses,)."""
        return np.unpackbits(self._store, count=self.data.accesses).view(bool)

    def per_access(self) -> PerAccess:
        """Decode every access in its exact order (8 bytes each and more: 64 MiB for the longest).

        Examples
        --------
        >>> trace = recorded("python")
        >>> vpn, kind = trace.per_access()
        >>> vpn.size == trace.accesses, np.bincount(kind).sum() == trace.accesses
        (True, np.True_)
        """
        isdata = np.unpackbits(self._isdata, count=self.accesses).view(bool)
        vpn = np.empty(self.accesses, np.int64)
        vpn[~isdata] = self.instructions.expand()
        vpn[isdata] = self.data.expand()
        kind = isdata.astype(np.uint8)
        kind[isdata] += self.stores
        return PerAccess(vpn, kind)


def recorded(name: str) -> Trace:
    """Load a recorded trace.

    Parameters
    ----------
    name : {"ls", "gzip", "sqlite", "cc1", "python"}
        Which program; `RECORDED` has them all.

    Raises
    ------
    ValueError
        If there is no trace of that name.

    Examples
    --------
    >>> trace = recorded("sqlite")
    >>> trace.accesses, trace.pages.size, len(trace.instructions), len(trace.data)
    (8000000, 595, 332797, 1199584)
    """
    if name not in PROGRAMS:
        raise ValueError(f"no trace is called {name!r}; there are {', '.join(RECORDED)}")
    with np.load(DATA / f"{name}.npz") as stored:
        arrays: dict[str, NDArray[Any]] = {key: stored[key] for key in stored.files}
    accesses = int(arrays["n"])
    pages = arrays["vpn"].astype(np.int64)
    flags = np.unpackbits(arrays["isdata"], count=accesses).view(bool)
    return Trace(
        name=name,
        program=PROGRAMS[name],
        accesses=accesses,
        pages=pages,
        instructions=_runs(pages, arrays["iid"], arrays["ilen"], ~flags),
        data=_runs(pages, arrays["did"], arrays["dlen"], flags),
        _isdata=arrays["isdata"],
        _store=arrays["store"],
    )


def _runs(
    pages: NDArray[np.int64],
    index: NDArray[np.unsignedinteger[Any]],
    length: NDArray[np.unsignedinteger[Any]],
    mine: NDArray[np.bool_],
) -> Runs:
    """Find the time of each run of a stream, given which accesses of the trace are its own."""
    # The k-th access of the stream is at the k-th set flag; only those that start a run matter.
    start = np.cumsum(length, dtype=np.int32)
    start -= length
    time = np.empty(index.size, np.int32)
    seen = done = 0
    for first in range(0, mine.size, SLICE):
        at = np.flatnonzero(mine[first : first + SLICE])
        upto = int(start.searchsorted(np.int32(seen + at.size)))
        np.add(at.take(start[done:upto] - seen), first, out=time[done:upto], casting="unsafe")
        seen, done = seen + at.size, upto
    return Runs(pages.take(index), length, time)
