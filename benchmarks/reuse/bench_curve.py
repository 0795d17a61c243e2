"""The full miss-ratio curve against a Fenwick tree in C.

Goal: 1.5 times faster on traces of a million accesses or more. `fenwick` is the tree with
a leaf for each access; `best C` also drops repeats and renumbers time. Both get small page numbers
made beforehand; `ours` gets the 64-bit page numbers as they are. Milliseconds, least of some runs.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pagesim.reuse import miss_ratio_curve
from pagesim.traces import RECORDED, chase, phases, recorded, zipf

from .measure import INTS, Row, library, seconds, table

GOAL = 1.5
MILLION = 1_000_000


def strings() -> Iterator[tuple[str, NDArray[np.int64]]]:
    """Real programs, every access in order, and what our algorithm likes least and best."""
    for name in RECORDED:
        yield name, recorded(name).per_access().vpn
    yield "zipf, 100,000 pages", zipf(100_000, MILLION)
    yield "zipf, 100,000 pages", zipf(100_000, 4 * MILLION)
    yield "zipf 0.8, 1,000,000 pages", zipf(MILLION, MILLION, s=0.8)
    yield "random, 10,000 pages", zipf(10_000, MILLION, s=0)
    yield "phases of 32 pages", phases(32, MILLION, 10)
    yield "chase, 1000 pages", chase(1000, MILLION)


def main() -> list[Row]:
    """Time the curve of each string; all answers are compared."""
    fenwick = library("fenwick")
    if fenwick is None:
        return []
    rows: list[Row] = []
    for name, pages in strings():
        known, small = np.unique(pages, return_inverse=True)
        times = {}
        for function in (fenwick.every_access, fenwick.few_leaves):
            function.argtypes = [INTS, ctypes.c_int64, ctypes.c_int64, INTS]
            hits = np.zeros(known.size + 1, np.int64)
            function(small, pages.size, known.size, hits)
            ratio = 1 - np.cumsum(hits[: known.size]) / pages.size
            if not np.allclose(miss_ratio_curve(pages)[1], ratio, rtol=0, atol=1e-12):
                raise RuntimeError(f"{name}: C and numpy disagree")
            times[function.__name__] = seconds(function, small, pages.size, known.size, hits)
        ours = seconds(miss_ratio_curve, pages)
        rows.append(
            {
                "string": name,
                "accesses": pages.size,
                "pages": known.size,
                "fenwick": times["every_access"] * 1e3,
                "best C": times["few_leaves"] * 1e3,
                "ours": ours * 1e3,
                "times faster": times["every_access"] / ours,
                "than best C": times["few_leaves"] / ours,
                "goal": "met" if times["every_access"] >= GOAL * ours else "missed",
            }
        )
    return table(rows)


if __name__ == "__main__":
    main()
