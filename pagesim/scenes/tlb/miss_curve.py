"""The miss-ratio curve of real programs: every size of TLB at once, and one point that rides it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...draw import Curve, Point, count_axis, curve_axes, legend, log_axis
from ...draw.style import INK, MUTED, TLB, VIRTUAL
from ...traces import PageTrace
from ...units import binary, count
from ..base import Choice, Controls, Finding, Plot, Sheet, Slider, Table
from ..programs import Programs, trace_of
from .recordings import MOST_ENTRIES, MOST_WAYS, PROGRAMS, misses_of

_SHIFTS = {"4 KiB": 12, "16 KiB": 14, "64 KiB": 16, "2 MiB": 21}
_FULL = MOST_WAYS.bit_length()  # the slider's last position: any entry anywhere
_LARGEST = 1 << 14  # entries, where a trace has more pages than any TLB of today has entries
_LOW, _HIGH = 3e-7, 1.6  # misses per access, ends of the axis
_Misses = dict[int, NDArray[np.int64]]
_RATES = {
    1.0: "every access",
    1e-1: "1 in 10",
    1e-2: "1 in 100",
    1e-3: "1 in 1,000",
    1e-4: "1 in 10,000",
    1e-5: "1 in 100,000",
    1e-6: "1 in a million",
}


def _ways_in_words(ways: int) -> str:
    return "all ways" if ways == _FULL else count(1 << ways, "way")


class MissCurve(Plot):
    """Move a TLB's entries and ways under millions of accesses of a real program.

    Parameters
    ----------
    trace : PageTrace or str, optional
        A program of the learner's, or its name. All its answers are worked out here, beforehand:
        some seconds for a million page changes.
    """

    size = (7.9, 4.4)

    def __init__(self, trace: PageTrace | str | None = None) -> None:
        self.programs, self.most = Programs(trace, PROGRAMS), MOST_ENTRIES
        if self.programs.own is not None:
            pages = self.programs.own.touched.size
            self.most = min(max(MOST_ENTRIES, 1 << (pages - 1).bit_length()), _LARGEST)
            for shift in _SHIFTS.values():
                self._misses(self.programs.first, shift)
        self.power = self.most.bit_length() - 1
        super().__init__(
            Controls(
                program=Choice("program", self.programs.names, self.programs.first),
                page=Choice("page size", tuple(_SHIFTS), "4 KiB"),
                entries=Slider("entries", 0, self.power, 6, words=lambda n: f"{1 << n:,}"),
                ways=Slider("ways", 0, _FULL, 2, words=_ways_in_words),
            )
        )

    def draw(self, sheet: Sheet) -> None:
        """Draw the axes; both curves and the point move."""
        self.axes = axes = curve_axes(sheet, left=1.45, right=0.3)
        step = 1 if self.most == MOST_ENTRIES else 2  # large numbers need more room
        count_axis(axes, "x", [1 << n for n in range(0, self.power + 1, step)], base=2)
        log_axis(axes, "y", list(_RATES), _RATES.__getitem__)
        axes.set(xlim=(0.85, self.most * 1.2), ylim=(_LOW, _HIGH))
        axes.set(xlabel="entries of the data TLB", ylabel="accesses that miss")
        if self.programs.own is not None:
            axes.set_ylabel(f"{self.programs.own.unit} that miss")
        self.floor = Curve(axes, ":", MUTED, 1.4)
        self.full = Curve(axes, "-", VIRTUAL.line, 1.8)
        self.some = Curve(axes, "--", INK, 1.4, marker="s", ms=4.5, zorder=3)
        self.point = Point(axes, TLB.fill, size=12)
        lines = (
            ("-", VIRTUAL.line, "fully associative"),
            ("--", INK, ""),
            (":", MUTED, "first touches"),
        )
        # the curves fall: a free corner; those of page changes begin high
        corner = (5.45, 3.62) if self.programs.own is None else (1.7, 1.35)
        _, self.named, _ = legend(sheet, *corner, lines)

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Keep the ways at no more than the entries."""
        ways, entries = values["ways"], values["entries"]
        if ways < _FULL and ways > entries:
            if changed == "ways":
                values = {**values, "entries": ways}
            else:
                values = {**values, "ways": entries}
        return values

    def update(self, *, program: str, page: str, entries: int, ways: int) -> Finding:
        """Look up what the geometry misses, and move the point there."""
        trace, misses = self.programs[program], self._misses(program, _SHIFTS[page])
        accesses = trace.counted
        least = int(misses[1][-1])
        self.full.set_data(np.arange(1, self.most + 1), misses[1] / accesses)
        sizes = range(min(ways, self.power) if ways < _FULL else 0, self.power + 1)
        some = [_of(misses, size, ways) / accesses for size in sizes]
        self.some.set_data([float(1 << size) for size in sizes], some)
        self.floor.set_data([0.85, self.most * 1.2], [least / accesses] * 2)
        here, missed = 1 << entries, _of(misses, entries, ways)
        rate = missed / accesses
        self.point.put(here, rate)
        self.named.text = _ways_in_words(ways) if ways < _FULL else "the same: one set"
        share = f"{100 * rate:.0f} % miss"
        if rate < 0.1:
            share = f"1 miss in {round(1 / rate):,} {trace.unit.removeprefix('data ')}"
        any_way = int(misses[1][here - 1])
        return Finding(
            f"{program}, {count(here, 'entry', 'entries')} for {page} pages: {share}",
            f"{missed:,} of {accesses:,} {trace.unit}, {_ways_in_words(ways)}, reach "
            f"{binary(here << _SHIFTS[page])}; fully associative it would be {any_way:,}, and "
            f"{least:,} are first touches.",
        )

    def tabulate(self, *, program: str, page: str, ways: int, **_: Any) -> list[Table]:
        """List the misses of every size."""
        trace, misses = self.programs[program], self._misses(program, _SHIFTS[page])
        rows = []
        for size in range(self.power + 1):
            fits = ways == _FULL or ways <= size
            some = f"{_of(misses, size, ways):,}" if fits else "no such TLB"
            rows.append((f"{1 << size:,}", f"{int(misses[1][(1 << size) - 1]):,}", some))
        first = f"{int(misses[1][-1]):,} are first touches"
        caption = f"Misses of {trace.counted:,} {trace.unit}; {first}"
        return [Table(caption, ("entries", "fully associative", _ways_in_words(ways)), rows)]

    def hit_data(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Choose the number of entries that was clicked."""
        return {"entries": max(0, min(self.power, round(math.log2(x))))}

    def _misses(self, program: str, shift: int) -> _Misses:
        return misses_of(self.programs[program], shift, self.most)


def _of(misses: _Misses, entries: int, ways: int) -> int:
    """Count the misses of a TLB; both numbers are powers of two, or `ways` is all."""
    power = entries if ways == _FULL else ways
    return int(misses[1 << entries - power][(1 << power) - 1])


def misses_at(program: str, page: str, entries: int, ways: int) -> tuple[int, int]:
    """Count a recorded program's misses at a position, and those of a fully associative TLB."""
    misses = misses_of(trace_of(program), _SHIFTS[page], MOST_ENTRIES)
    return _of(misses, entries, ways), _of(misses, entries, _FULL)
