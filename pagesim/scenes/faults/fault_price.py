"""The price of faults: how rare must they be, so that a program does not notice?"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ...costs import LATENCIES
from ...draw import Curves, Label, Point, count_axis, curve_axes, log_axis, nearest
from ...draw.style import DISK, FAULT, MUTED
from ...units import digits, duration, times
from ..base import Choice, Controls, Finding, Plot, Sheet, Slider, Table


class _Kind(NamedTuple):
    """A kind of fault: what it takes in ns, the grade of its source, and its line."""

    ns: float
    grade: str
    line: str
    color: str


# Grade M: the median on the small cloud machine of the recorded labs; see the lesson.
_KINDS = {
    "minor, first touch": _Kind(LATENCIES["minor fault"].ns, "B", "-", FAULT.line),
    "minor, copy-on-write": _Kind(4000, "M", "--", FAULT.line),
    "major, NVMe disk": _Kind(LATENCIES["major fault"].ns, "C", "-", DISK.line),
    "major, hard disk": _Kind(LATENCIES["hard disk"].ns, "C", "--", DISK.line),
}
_GRADES = {"B": "grade B", "C": "grade C", "M": "measured for this course"}
_RATES = [m * 10**p for p in range(1, 10) for m in (1, 2, 5)][:25]  # one fault in so many accesses
_BASE = (1, 5, 20, 80)  # ns of an access without a fault
_LOW, _HIGH = 0.5, 3e6


class FaultPrice(Plot):
    """Choose a kind of fault and how rare it is: how much slower is the program?"""

    size = (9, 4.3)
    controls = Controls(
        rate=Slider("accesses per fault", 0, len(_RATES) - 1, 6, lambda n: f"{_RATES[n]:,}"),
        kind=Choice("kind", tuple(_KINDS), "major, NVMe disk"),
        base=Slider("an access takes", 0, len(_BASE) - 1, 3, lambda n: f"{_BASE[n]} ns"),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw the axes; four curves and a point move."""
        self.axes = axes = curve_axes(sheet, left=1.3, right=2.1, bottom=0.75)
        count_axis(axes, "x", [10.0**n for n in range(1, 10, 2)])
        log_axis(axes, "y", [10.0**n for n in range(7)], lambda value: f"{value:,.0f} ×")
        axes.set(xlim=(1.2e9, 8), ylim=(_LOW, _HIGH))
        axes.set_xlabel("one fault in so many accesses (rarer to the left)")
        axes.set_ylabel("takes so many times as long")
        looks = {name: (kind.line, kind.color) for name, kind in _KINDS.items()}
        self.curves = Curves(axes, looks, lambda end: 0.65 * end, gap=2.6)
        self.point = Point(axes, FAULT.fill, size=12)
        self.source = Label(sheet, 1.3, 0.14, size=9, color=MUTED)

    def update(self, *, rate: int, kind: str, base: int) -> Finding:
        """Charge the faults to the accesses between them."""
        every, access, chosen = _RATES[rate], _BASE[base], _KINDS[kind]
        x = np.geomspace(_RATES[-1], every, 60)
        self.curves.put({name: (x, 1 + one.ns / access / x) for name, one in _KINDS.items()}, kind)
        slower = 1 + chosen.ns / access / every
        self.point.put(every, slower)
        taken = f"{duration(chosen.ns)} ({_GRADES[chosen.grade]})"
        self.source.text = f"{kind}: {taken}; 1 + fault / (access × accesses for each fault)"
        name, how = kind.split(", ")
        return Finding(
            f"One {name} fault in {every:,} accesses: {_times(slower)}",
            f"A {name} fault ({how}) takes {taken}, an access without one {access} ns."
            f"{_passed(chosen.ns / access, every)}",
        )

    def tabulate(self, *, rate: int, base: int, **_: Any) -> list[Table]:
        """List how much slower faults make a program, as far as the curves go."""
        shown = sorted({*(each for each in _RATES[::3] if each > _RATES[rate]), _RATES[rate]})
        rows = [
            (
                f"{every:,}",
                *(f"{digits(1 + kind.ns / _BASE[base] / every)} ×" for kind in _KINDS.values()),
            )
            for every in reversed(shown)
        ]
        caption = f"Takes so many times as long, where an access takes {_BASE[base]} ns"
        return [Table(caption, ("one fault in so many accesses", *_KINDS), rows)]

    def hit_data(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the nearest rate, on the nearest curve."""
        rate = nearest(_RATES, x)
        apart = _BASE[values["base"]] * _RATES[rate]
        kind = nearest([1 + kind.ns / apart for kind in _KINDS.values()], y)
        return {"rate": rate, "kind": tuple(_KINDS)[kind]}


def _passed(price: float, every: int) -> str:
    """Name the rates, up to this one, from which on the faults are felt; each costs `price`."""
    double, tenth = math.ceil(price), math.ceil(10 * price)
    if every > tenth:
        return ""
    added = f"One in {tenth:,} adds a tenth"
    return f" {added}." if every > double else f" {added}, one in {double:,} doubles the time."


def _times(slower: float) -> str:
    if slower < 1.0005:
        return "nobody notices"
    if slower < 2:
        return f"{digits(100 * (slower - 1))} % slower"
    return times(slower, "as long")
