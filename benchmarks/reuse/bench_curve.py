"""The full miss-ratio curve against a Fenwick tree in C.

Goals: twice as fast as the best C on recorded programs, and as fast on all other strings. `fenwick`
is the tree with a leaf for each access; `best C` also drops repeats and renumbers time. Both get
small page numbers made beforehand; `ours` gets the 64-bit page numbers as they are. Milliseconds,
least of some runs that take turns. Where a goal is missed, `bench_costs` tells why.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pagesim.reuse import miss_ratio_curve
from pagesim.traces import RECORDED, chase, phases, recorded, zipf

from ..goals import Goal, at_least
from .measure import INTS, Row, library, table, together

RECORDED_GOAL, OTHER_GOAL = 2.0, 1.0
RUNS = 4
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


def goals(rows: list[Row]) -> list[Goal]:
    """Hold the slowest string of each kind to its goal."""
    if not rows:
        return []
    kinds: dict[bool, list[float]] = {True: [], False: []}
    for row in rows:
        kinds[row["string"] in RECORDED].append(float(row["than best C"]))
    return [
        at_least(
            "a recorded program's curve, than the best C", min(kinds[True]), RECORDED_GOAL, "×"
        ),
        at_least("any other string's curve, than the best C", min(kinds[False]), OTHER_GOAL, "×"),
    ]


def main() -> list[Row]:
    """Time the curve of each string; all answers are compared."""
    fenwick = library("fenwick")
    if fenwick is None:
        return []
    rows: list[Row] = []
    for name, pages in strings():
        known, small = np.unique(pages, return_inverse=True)
        trees = fenwick.every_access, fenwick.few_leaves
        curve, best = partial(miss_ratio_curve, pages), []
        for tree in trees:
            tree.argtypes = [INTS, ctypes.c_int64, ctypes.c_int64, INTS]
            hits = np.zeros(known.size + 1, np.int64)
            tree(small, pages.size, known.size, hits)
            ratio = 1 - np.cumsum(hits[: known.size]) / pages.size
            if not np.allclose(curve()[1], ratio, rtol=0, atol=1e-12):
                raise RuntimeError(f"{name}: C and numpy disagree")
            best.append(partial(tree, small, pages.size, known.size, hits))
        textbook, few, ours = together(*best, curve, repeats=RUNS)
        goal = RECORDED_GOAL if name in RECORDED else OTHER_GOAL
        rows.append(
            {
                "string": name,
                "accesses": pages.size,
                "pages": known.size,
                "fenwick": textbook * 1e3,
                "best C": few * 1e3,
                "ours": ours * 1e3,
                "than fenwick": textbook / ours,
                "than best C": few / ours,
                "goal": f"{goal:.0f}: {'met' if few >= goal * ours else 'missed'}",
            }
        )
    return table(rows)


if __name__ == "__main__":
    main()
