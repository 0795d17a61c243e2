"""Where the time of a miss-ratio curve goes: each kind of numpy call, in copies of the string.

`copy` is `np.copy` of the string, in nanoseconds for each access; all others are multiples of it,
processor time of the fastest of some runs. `nonzero` lists the accesses still wanted, `take` picks
them out, `sort` brings each page to its next use, `count` is the tables of what comes earlier and
is smaller; `rest` is what `ours` has left for comparing, adding and copying, and for Python. `best
C` is the tree that drops repeats.
"""

from __future__ import annotations

import cProfile
import ctypes
import pstats
from functools import partial
from time import process_time

import numpy as np
from numpy.typing import NDArray

from pagesim.reuse import miss_ratio_curve
from pagesim.reuse.peeling import _missed, _Piece
from pagesim.traces import RECORDED, collapse, recorded

from .bench_curve import MILLION, strings
from .measure import INTS, Row, library, table, together

NARROW = np.ctypeslib.ndpointer(np.int32, flags="C")
STEPS = {
    "nonzero": ("nonzero",),
    "take": ("take",),
    "sort": ("sort", "argsort"),
    "count": ("bincount", "cumsum"),
}
RUNS = 3
LIMIT = """
A level is four calls: one compares, one lists the 8-byte places of what is left, and one for each
of two arrays picks it out by them. Each is down to one to three cycles for an access. The first
{levels} levels of {accesses:,} accesses of {name} take {ours:.1f} ns for an access and level;
one compiled loop that needs no places takes {c:.1f}. So much would compiling it lift, and no more
without vector instructions that pack what is left, which no call of numpy offers.
Below the levels, the tree in C has its counts in registers and in the nearest cache, while each
digit of each number here goes through a sort, a table and two picks; what would lift that is a call
that counts, for each number, those before it that are smaller.
"""
LEVELS, ACCESSES, PROGRAM = 3, 1 << 17, "sqlite"


def costs(pages: NDArray[np.int64]) -> dict[str, float]:
    """Sum the seconds of each kind of call in one run."""
    profile = cProfile.Profile(process_time)
    profile.runcall(miss_ratio_curve, pages)
    found = dict.fromkeys(STEPS, 0.0)
    stats: dict[tuple[str, int, str], tuple[int, int, float, float, object]]
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    for (_, _, name), (_, _, own, _, _) in stats.items():
        for step, names in STEPS.items():
            found[step] += own * (_called(name) in names)
    return found


def _called(name: str) -> str:
    """Read "<method 'take' of 'numpy.ndarray' objects>"."""
    return name.split("'")[1] if "'" in name else name.strip("<>").rpartition(".")[2].rstrip(">")


def a_level() -> tuple[float, float]:
    """Take accesses down some levels; return nanoseconds an access and level in C and in numpy."""
    level = library("level")
    if level is None:
        return float("nan"), float("nan")
    level.one_level.argtypes = [NARROW, NARROW, ctypes.c_int64, NARROW, NARROW]
    pages = collapse(recorded(PROGRAM).per_access().vpn).vpn[:ACCESSES].astype(np.int32)
    here = np.concatenate(([-1], pages)).astype(np.int32)
    outs = np.empty(pages.size, np.int32), np.empty(pages.size, np.int32)
    spent, steps = np.zeros(2), 0
    piece = _Piece(pages, here, None)
    for _ in range(LEVELS):
        compiled = partial(level.one_level, *piece[:2], piece.wanted.size, *outs)
        spent += together(compiled, partial(_missed, piece, -1), repeats=15)
        steps += piece.wanted.size
        piece = _missed(piece, -1)
    c, ours = spent / steps * 1e9
    return float(c), float(ours)


def main() -> list[Row]:
    """Print the table, and what would lift the limit."""
    fenwick = library("fenwick")
    if fenwick is None:
        return []
    tree = fenwick.few_leaves
    tree.argtypes = [INTS, ctypes.c_int64, ctypes.c_int64, INTS]
    rows: list[Row] = []
    for name, pages in strings():
        if name not in RECORDED and pages.size > MILLION:
            continue
        known, small = np.unique(pages, return_inverse=True)
        hits = np.zeros(known.size + 1, np.int64)
        copy, ours, best = together(
            partial(np.copy, pages),
            partial(miss_ratio_curve, pages),
            partial(tree, small, pages.size, known.size, hits),
            repeats=RUNS,
        )
        steps = min((costs(pages) for _ in range(RUNS)), key=lambda run: sum(run.values()))
        rows.append(
            {
                "string": name,
                "accesses": pages.size,
                "copy": copy / pages.size * 1e9,
                **{step: each / copy for step, each in steps.items()},
                "rest": max(ours - sum(steps.values()), 0.0) / copy,
                "ours": ours / copy,
                "best C": best / copy,
            }
        )
    table(rows)
    c, numpys = a_level()
    print(LIMIT.format(c=c, ours=numpys, levels=LEVELS, accesses=ACCESSES, name=PROGRAM))
    return rows


if __name__ == "__main__":
    main()
