"""A slider move on a real trace against an OrderedDict and a full simulation in C.

Split first-level TLBs, a shared second level and three walk caches, on five million accesses and
more. Goals: a move 500 times faster than an OrderedDict for each set and 5 times faster than C; the
first answer (trace loaded, nothing known) 30 times faster than the OrderedDict. The OrderedDict
and C take every access; `runs` is the same Python on the first access of each run alone. All moves
are to another number of ways; one to a number of sets not seen before costs as much as `first`.
An STLB of 1536 entries has room for all pages of these programs, so none of its sets has to be
looked at again; the last geometry has one that is far too small, behind a DTLB that misses most.
"""

from __future__ import annotations

import ctypes
from collections import OrderedDict
from collections.abc import Iterable

import numpy as np

from pagesim.reuse import Counts, Hierarchy
from pagesim.traces import RECORDED, Trace, recorded

from ..goals import Goal, at_least
from .measure import BYTES, INTS, Row, library, seconds, table

GOALS = {"first/dict": 30.0, "move/dict": 500.0, "move/C": 5.0}
SAID = {
    "first/dict": "a first answer, than an OrderedDict",
    "move/dict": "a slider move, than an OrderedDict",
    "move/C": "a slider move, than C",
}
WALK_CACHES = (32, 8, 4)
ITLB = (64, 4)
LARGE, SMALL = (1536, 12), (128, 4)
CROWDED = "16 direct, 128"
GEOMETRIES = {
    "64 in 4 ways, 1536": ((64, 4), (48, 3), LARGE),
    "96 in 6 ways, 1536": ((96, 6), (80, 5), LARGE),
    "16 direct, 1536": ((16, 1), (32, 2), LARGE),
    CROWDED: ((16, 1), (32, 2), SMALL),
}
"""The DTLB, the one that the slider comes from, and the STLB."""

Answer = tuple[int, int, int, int]
Shape = tuple[int, int]  # entries and ways


def ordered_dicts(accesses: Iterable[tuple[int, int]], dtlb: Shape, stlb: Shape) -> Answer:
    """Simulate one geometry, access by access, an OrderedDict for each set."""
    shapes = [(entries // ways, ways) for entries, ways in (ITLB, dtlb, stlb)]
    tlbs: list[list[OrderedDict[int, None]]]
    tlbs = [[OrderedDict() for _ in range(sets)] for sets, _ in shapes]
    of_code, of_data, shared = tlbs
    (isets, iways), (dsets, dways), (ssets, sways) = shapes
    imask, dmask, smask = isets - 1, dsets - 1, ssets - 1
    upper: list[OrderedDict[int, None]] = [OrderedDict() for _ in WALK_CACHES]
    imisses = dmisses = walks = reads = 0
    for page, data in accesses:
        if data:
            entries = of_data[page & dmask]
            if page in entries:
                entries.move_to_end(page)
                continue
            dmisses += 1
            if len(entries) == dways:
                entries.popitem(last=False)
        else:
            entries = of_code[page & imask]
            if page in entries:
                entries.move_to_end(page)
                continue
            imisses += 1
            if len(entries) == iways:
                entries.popitem(last=False)
        entries[page] = None
        entries = shared[page & smask]
        if page in entries:
            entries.move_to_end(page)
            continue
        walks += 1
        if len(entries) == sways:
            entries.popitem(last=False)
        entries[page] = None
        read = 4
        for level in (1, 2, 3):
            entries, key = upper[level - 1], page >> 9 * level
            if key in entries:
                entries.move_to_end(key)
                read = min(read, level)
            elif read == 4:  # nothing below had its entry, so the walk reads this one: keep it
                if len(entries) == WALK_CACHES[level - 1]:
                    entries.popitem(last=False)
                entries[key] = None
        reads += read
    return imisses, dmisses, walks, reads


def answer(counts: Counts) -> Answer:
    """Pick out what all contestants count."""
    return counts.itlb_misses, counts.dtlb_misses, counts.walks, counts.reads


def simulate(hierarchy: Hierarchy, dtlb: Shape, stlb: Shape) -> Counts:
    """Answer for one geometry."""
    return hierarchy.simulate(ITLB, dtlb, stlb, WALK_CACHES)


def first_answer(trace: Trace, dtlb: Shape, stlb: Shape) -> Counts:
    """Answer with nothing known but the trace."""
    return simulate(Hierarchy(trace.data, trace.instructions), dtlb, stlb)


def there_and_back(
    hierarchy: Hierarchy, there: Shape, back: Shape, stlb: Shape
) -> tuple[Counts, Counts]:
    """Two moves, each to another geometry."""
    return simulate(hierarchy, there, stlb), simulate(hierarchy, back, stlb)


def moves(trace: Trace, simulator: ctypes.CDLL | None) -> list[Row]:
    """Time the moves on one trace; all answers are compared."""
    page, kind = trace.per_access()
    is_data = (kind > 0).astype(np.uint8)
    accesses = list(zip(page.tolist(), is_data.tolist(), strict=True))
    instructions, data = trace.instructions, trace.data
    when = np.argsort(np.concatenate((instructions.time, data.time)), kind="stable")
    run_pages = np.concatenate((instructions.vpn, data.vpn))[when]
    run_kinds = np.repeat([0, 1], [len(instructions), len(data)])[when]
    runs = list(zip(run_pages.tolist(), run_kinds.tolist(), strict=True))

    rows: list[Row] = []
    for name, (dtlb, neighbour, stlb) in GEOMETRIES.items():
        known = Hierarchy(data, instructions)
        counts = simulate(known, dtlb, stlb)
        results = [ordered_dicts(runs, dtlb, stlb)]
        first = seconds(first_answer, trace, dtlb, stlb)
        move = seconds(there_and_back, known, neighbour, dtlb, stlb, repeats=25) / 2
        python = seconds(ordered_dicts, accesses, dtlb, stlb, repeats=1)
        on_runs = seconds(ordered_dicts, runs, dtlb, stlb, repeats=1)
        c = float("nan")
        if simulator is not None:
            sets_and_ways = [n for e, w in (ITLB, dtlb, stlb) for n in (e // w, w)]
            shape, out = np.array([*sets_and_ways, *WALK_CACHES], np.int64), np.zeros(4, np.int64)
            simulator.simulate.argtypes = [INTS, BYTES, ctypes.c_int64, INTS, INTS]
            c = seconds(simulator.simulate, page, is_data, page.size, shape, out)
            imisses, dmisses, walks, reads = map(int, out)
            results.append((imisses, dmisses, walks, reads))
        if set(results) != {answer(counts)}:
            raise RuntimeError(f"{trace.name}, {name}: {answer(counts)} is not {results}")
        rows.append(
            {
                "trace": trace.name,
                "DTLB, STLB": name,
                "misses": counts.itlb_misses + counts.dtlb_misses,
                "OrderedDict": python * 1e3,
                "runs": on_runs * 1e3,
                "C": c * 1e3,
                "first": first * 1e3,
                "move": move * 1e3,
                "first/dict": python / first,
                "move/dict": python / move,
                "move/runs": on_runs / move,
                "move/C": c / move,
            }
        )
        missed = [goal for goal, least in GOALS.items() if rows[-1][goal] < least]
        rows[-1]["goal"] = f"missed: {', '.join(missed)}" if missed else "met"
    return rows


def goals(rows: list[Row]) -> list[Goal]:
    """Hold the slowest geometry to the goals, with an STLB that has room for all and without."""
    found = []
    for column, least in GOALS.items():
        for crowded, where in ((False, ""), (True, " (STLB far too small)")):
            ratios = [
                float(row[column]) for row in rows if (row["DTLB, STLB"] == CROWDED) == crowded
            ]
            found.append(at_least(SAID[column] + where, min(ratios), least, "×"))
    return found


def main() -> list[Row]:
    """Print milliseconds, and how many times faster the first answer and a move are."""
    simulator = library("lru_sim")
    rows = [row for name in RECORDED for row in moves(recorded(name), simulator)]
    table(rows)
    print("\ngoals: " + ", ".join(f"{column} {goal:.0f}" for column, goal in GOALS.items()))
    return rows


if __name__ == "__main__":
    main()
