"""Arrays of addresses against the readable walk: 100,000 addresses of each recorded trace, one run.

The goal is 15 times as fast. The traces tell pages; offsets are drawn. How long `import pagesim`
takes is reported too: the budget is 0.3 s.
"""

from __future__ import annotations

import subprocess
import sys
from time import process_time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pagesim import X86_64, PhysicalMemory, RadixTable
from pagesim.traces import RECORDED, Trace, recorded

from ..goals import Goal, at_least, at_most

ADDRESSES = 100_000
GOAL, IMPORT_BUDGET = 15, 0.3  # times as fast, seconds


class Row(NamedTuple):
    """What one trace took, in seconds of this process."""

    trace: str
    pages: int
    walk: float
    arrays: float

    @property
    def ratio(self) -> float:
        """How many times as fast the arrays were."""
        return self.walk / self.arrays


def address_space(trace: Trace) -> RadixTable:
    """Map every page of a trace to a frame of its own, in no order."""
    table = RadixTable(X86_64, PhysicalMemory(frames=4096))
    frames = np.random.default_rng(0).permutation(trace.pages.size)
    for vpn, pfn in zip(trace.pages.tolist(), frames.tolist(), strict=True):
        table.map(vpn << 12, pfn)
    return table


def addresses(trace: Trace) -> NDArray[np.int64]:
    """Give the trace's first addresses: its pages, and offsets drawn from a seed."""
    vpn = trace.per_access().vpn[:ADDRESSES]
    return vpn << 12 | np.random.default_rng(0).integers(0, 4096, vpn.size)


def measure(name: str) -> Row:
    """Translate the same addresses in both ways: one by one once, as arrays the best of five."""
    trace = recorded(name)
    table, vas = address_space(trace), addresses(trace)
    one_by_one = vas.tolist()
    start = process_time()
    walked = [table.walk(va).pa for va in one_by_one]
    walk, arrays = process_time() - start, []
    for _ in range(5):
        start = process_time()
        found = table.translate(vas)
        arrays.append(process_time() - start)
    if walked != found.tolist():
        raise RuntimeError(f"{name}: the arrays and the walks disagree")
    return Row(name, np.unique(vas >> 12).size, walk, min(arrays))


def import_seconds(module: str) -> float:
    """Time an import in a fresh Python: processor seconds, the best of five."""
    code = f"from time import process_time as t; s = t(); import {module}; print(t() - s)"
    runs = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        for _ in range(5)
    )
    return min(float(run.stdout) for run in runs)


def goals(result: tuple[list[Row], float]) -> list[Goal]:
    """Hold the slowest trace, and the import, to the goals."""
    rows, imported = result
    worst = min(row.ratio for row in rows)
    return [
        at_least("arrays of addresses against the readable walk", worst, GOAL, " times"),
        at_most("import pagesim", imported, IMPORT_BUDGET, " s"),
    ]


def main() -> tuple[list[Row], float]:
    """Print the comparison for every trace, and the time of an import."""
    rows = [measure(name) for name in RECORDED]
    print(f"{'trace':<10}{'pages':>8}{'walk s':>10}{'arrays s':>10}{'ratio':>8}{'goal':>8}")
    for row in rows:
        print(
            f"{row.trace:<10}{row.pages:>8}{row.walk:>10.2f}{row.arrays:>10.4f}"
            f"{row.ratio:>7.0f}x{GOAL:>7}x"
        )
    whole, numpy = import_seconds("pagesim"), import_seconds("numpy")
    print(f"import pagesim: {whole:.2f} s, of which numpy {numpy:.2f} s (budget {IMPORT_BUDGET} s)")
    return rows, whole


if __name__ == "__main__":
    main()
