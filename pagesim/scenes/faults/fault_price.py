"""The price of faults: how rare must they be, so that a program does not notice?"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from ...costs import LATENCIES
from ...draw import DISK, FAULT, INK, MUTED, Label, curve_axes, paper, title
from ...units import duration
from ..base import Choice, Scene, Slider, data_at


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


class FaultPrice(Scene):
    """Choose a kind of fault and how rare it is: how much slower is the program?"""

    size = (9, 4.3)
    clickable = True

    def __init__(self) -> None:
        super().__init__(
            {
                "rate": Slider("accesses per fault", 0, len(_RATES) - 1, 6, words=_accesses),
                "kind": Choice("kind", tuple(_KINDS), "major, NVMe disk"),
                "base": Slider("an access takes", 0, len(_BASE) - 1, 3,
                               words=lambda n: f"{_BASE[n]} ns"),
            }
        )  # fmt: skip

    def build(self, figure: Figure) -> None:
        """Draw the axes; four curves and a point move."""
        sheet = paper(figure)
        self.title = title(sheet)
        self.axes = axes = curve_axes(figure, left=1.3, right=2.1, bottom=0.75)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.xaxis.set_major_locator(FixedLocator([10.0**n for n in range(1, 10, 2)]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axes.yaxis.set_major_locator(FixedLocator([1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f} ×"))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_minor_locator(NullLocator())
        axes.set(xlim=(1.2e9, 8), ylim=(_LOW, _HIGH))
        axes.set_xlabel("one fault in so many accesses (rarer to the left)")
        axes.set_ylabel("takes so many times as long")
        moving: dict[str, Any] = {"animated": True}
        self.lines = {
            name: axes.plot([], [], kind.line, color=kind.color, lw=1.6, **moving)[0]
            for name, kind in _KINDS.items()
        }
        (self.guides,) = axes.plot([], [], color=INK, lw=0.8, ls=(0, (1, 2)), **moving)
        (self.point,) = axes.plot([], [], "o", ms=12, mfc=FAULT.fill, mec=INK, mew=2, zorder=6,
                                  clip_on=False, **moving)  # fmt: skip
        self.ends = {name: Label(axes, 6.5, 1, name, size=9.5) for name in _KINDS}
        self.source = Label(sheet, 1.3, 0.14, size=9, color=MUTED)

    def update(self, *, rate: int, kind: str, base: int) -> str:
        """Charge the faults to the accesses between them."""
        every, access, chosen = _RATES[rate], _BASE[base], _KINDS[kind]
        x = np.logspace(1, 9, 60)
        for name, line in self.lines.items():
            line.set_data(x, 1 + _KINDS[name].ns / access / x)
            line.set_linewidth(3.0 if name == kind else 1.5)
        heights = {name: 1 + one.ns / access / 10 for name, one in _KINDS.items()}
        last = 0.0
        for name in sorted(heights, key=lambda name: heights[name]):
            last = max(heights[name], last * 2.6)
            self.ends[name].y = last
            self.ends[name].weight = "bold" if name == kind else "normal"
        slower = 1 + chosen.ns / access / every
        self.point.set_data([every], [slower])
        self.guides.set_data([1.2e9, every, every], [slower, slower, _LOW])
        self.source.text = (
            f"{kind}: {duration(chosen.ns)} ({_GRADES[chosen.grade]}); "
            "1 + fault / (access × accesses for each fault)"
        )
        double, tenth = math.ceil(chosen.ns / access), math.ceil(10 * chosen.ns / access)
        self.title.text = finding = (
            f"One {kind.split(',')[0]} fault in {every:,} accesses: {_times(slower)}"
        )
        return (
            f"{finding}. A {kind.split(',')[0]} fault ({kind.split(', ')[1]}) takes "
            f"{duration(chosen.ns)} ({_GRADES[chosen.grade]}), an access without one {access} ns. "
            f"One in {double:,} doubles the time, one in {tenth:,} adds a tenth."
        )

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the nearest rate, on the nearest curve."""
        here = data_at(self.axes, x, y)
        if here is None:
            return {}
        rate = min(range(len(_RATES)), key=lambda n: abs(math.log(_RATES[n] / here[0])))
        access = _BASE[values["base"]]
        kind = min(
            _KINDS,
            key=lambda name: abs(math.log((1 + _KINDS[name].ns / access / _RATES[rate]) / here[1])),
        )
        return {"rate": rate, "kind": kind}


def _accesses(position: int) -> str:
    return f"{_RATES[position]:,}"


def _times(slower: float) -> str:
    if slower < 1.0005:
        return "nobody notices"
    if slower < 2:
        return f"{100 * (slower - 1):.3g} % slower"
    return f"{slower:.3g} times as long" if slower < 1000 else f"{slower:,.0f} times as long"
