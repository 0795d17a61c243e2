"""The curve of recorded programs against Increment-and-Freeze, the fastest published algorithm.

Goal: 10 times faster. Bender, Delayo, Kuszmaul, Kuszmaul and West, "Increment-and-Freeze: Every
Cache, Everywhere, All of the Time", SPAA 2023 (doi 10.1145/3558481.3591085) count by divide and
conquer. Their program (github.com/etwest/Increment-and-Freeze; GPL, so no part of this one) is
compiled where the environment variable INCREMENT_AND_FREEZE names a folder with its source; in 32
bits, as in the paper, and in one thread. It gets small page numbers made beforehand, and repeats
are dropped before it sorts. Milliseconds of processor time, least of some runs that take turns.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
from functools import partial
from pathlib import Path

import numpy as np

from pagesim.reuse import miss_ratio_curve
from pagesim.traces import RECORDED, recorded

from ..goals import Goal, at_least
from .measure import FLAGS, HERE, INTS, Row, table, together

GOAL = 10.0
SOURCE = "INCREMENT_AND_FREEZE"
PARTS = ("increment_and_freeze.cc", "projection.cc")
RUNS = 3
PUBLISHED = f"""Not measured: set {SOURCE} to a folder with the source of their program.
Published is "a speedup of up to 9x over the classical augmented-tree algorithm on a single
processor" (abstract), on other strings and another machine, so no ratio to `ours` follows.
"""


def compiled(source: Path) -> ctypes.CDLL:
    """Compile the authors' files and the way into them."""
    parts = [next(source.rglob(name)) for name in PARTS]
    headers = {path.parent for path in source.rglob("increment_and_freeze.h")}
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "freeze.so"
        # A clock that is only read when the program is compiled to time itself.
        clock = Path(folder) / "absl/time/clock.h"
        clock.parent.mkdir(parents=True)
        clock.touch()
        include = [f"-I{path}" for path in (*sorted(headers), folder)]
        options = ["-std=c++20", "-DNDEBUG", "-DADDR_BIT32", "-shared", "-fPIC", "-w"]
        files = [str(path) for path in (HERE / "freeze.cpp", *parts)]
        compiler = shutil.which("c++") or "g++"
        subprocess.run(
            [compiler, *FLAGS, *options, *include, *files, "-o", str(target)], check=True
        )
        return ctypes.CDLL(str(target))


def goals(rows: list[Row]) -> list[Goal]:
    """Hold the slowest program to the goal, where it was measured."""
    ratios = [float(row["times faster"]) for row in rows]
    what = "a recorded program's curve, than Increment-and-Freeze"
    return [at_least(what, min(ratios), GOAL, "×")] if ratios else []


def main() -> list[Row]:
    """Time the curve of each recorded program; the answers are compared."""
    source = os.environ.get(SOURCE)
    if not source:
        print(PUBLISHED)
        return []
    peer = compiled(Path(source)).hits_by_size
    peer.argtypes = [INTS, ctypes.c_int64, ctypes.c_int64, INTS]
    rows: list[Row] = []
    for name in RECORDED:
        pages = recorded(name).per_access().vpn
        known, small = np.unique(pages, return_inverse=True)
        hits = np.zeros(known.size + 1, np.int64)
        ours, theirs = together(
            partial(miss_ratio_curve, pages),
            partial(peer, small, pages.size, known.size, hits),
            repeats=RUNS,
        )
        if not np.allclose(1 - hits[1:] / pages.size, miss_ratio_curve(pages)[1]):
            raise RuntimeError(f"{name}: Increment-and-Freeze and numpy disagree")
        rows.append(
            {
                "trace": name,
                "accesses": pages.size,
                "Increment-and-Freeze": theirs * 1e3,
                "ours": ours * 1e3,
                "times faster": theirs / ours,
                "goal": f"{GOAL:.0f}: {'met' if theirs >= GOAL * ours else 'missed'}",
            }
        )
    return table(rows)


if __name__ == "__main__":
    main()
