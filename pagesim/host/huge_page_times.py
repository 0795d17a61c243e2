"""What huge pages speed up: a fork, which copies page tables, and reads all over memory."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle

import numpy as np

from ..units import binary
from .helper import in_helper
from .huge_pages import check_huge_pages, require_huge
from .lab import Row, Value
from .linux import HUGE_PAGE
from .plotted import TimedLab
from .region import Region

_SIZE = 256 << 20
_READS = 1 << 14  # of one round: short enough that some rounds meet no other load


class HugePageTimes(TimedLab):
    """Time a fork of 256 MiB and random reads over them, with small and with huge pages.

    Its `series` gives the milliseconds of each fork and the nanoseconds of each round of reads.

    Examples
    --------
    >>> HugePageTimes().prediction.predicted["random reads are over 1.2 times as fast"]
    'yes'
    """

    key = "huge_page_times"
    notebook = "05"
    title = f"{binary(_SIZE)} in huge pages instead of small ones"
    headings = ("what is timed",)
    basis = "predicted: fork copies 512 times fewer entries, and the TLB reaches 512 times as far"
    asked = ("fork takes under 4/5 of the time", "random reads are over 1.2 times as fast")

    def rows(self) -> Sequence[Row]:
        """State what becomes faster, and by how much at least."""
        return (
            Row(("fork takes under 4/5 of the time",), "yes"),
            Row(("random reads are over 1.2 times as fast",), "yes"),
        )

    def check(self) -> None:
        """Need a kernel that gives this process a 2 MiB page on advice."""
        check_huge_pages()

    def judge(self, trace: Mapping[str, Sequence[float]]) -> Mapping[str, Value]:
        """Take the best of each kind: other load only ever makes them slower."""
        best = {name: min(times) for name, times in trace.items()}
        fork = best["fork, 2 MiB pages (ms)"] < 0.8 * best["fork, 4 KiB pages (ms)"]
        read = 1.2 * best["read, 2 MiB pages (ns)"] < best["read, 4 KiB pages (ns)"]
        counts = ("yes" if ok else "no" for ok in (fork, read))
        return {row.name: count for row, count in zip(self.rows(), counts, strict=True)}

    def trace(self) -> Mapping[str, Sequence[float]]:
        """Time both in a helper process."""
        times: dict[str, Sequence[float]] = in_helper(_time_both)
        return times


def _time_both() -> dict[str, list[float]]:
    times = {}
    for name, huge in (("4 KiB", False), ("2 MiB", True)):
        with Region(_SIZE, align=HUGE_PAGE, huge=huge) as region:
            region.write()
            if huge:
                require_huge(region, _SIZE // HUGE_PAGE)
            times[f"fork, {name} pages (ms)"] = _repeat(_fork, 9, 1e3)
            times[f"read, {name} pages (ns)"] = _repeat(_reads(region), 200, 1e9 / _READS)
    return times


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _reads(region: Region) -> Callable[[], object]:
    """Return what reads 16384 random words of a region, other ones in each of 16 rounds."""
    words = np.frombuffer(memoryview(region.bytes).cast("B"), np.int64)
    picks = cycle(np.random.default_rng(2).integers(0, words.size, (16, _READS)))
    into = np.empty(_READS, np.int64)
    return lambda: np.take(words, next(picks), out=into, mode="clip")


def _repeat(action: Callable[[], object], times: int, unit: float) -> list[float]:
    """Time an action several times; `unit` is how many units a second has."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        found.append(round((time.perf_counter() - start) * unit, 2))
    return found
