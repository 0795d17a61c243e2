"""The knee of a CPU: the time of a step from page to page, over more and more pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...draw import Curve, Label, Point, count_axis, curve_axes, nearest, note
from ...draw.style import INK, TLB, VIRTUAL
from ...units import binary, count, duration
from ..base import Finding, Plot, Sheet, Slider, Table

_SMALL, _HUGE = "4 KiB pages", "2 MiB pages"


class Knee(Plot):
    """Walk along the times of a pointer chase, as a lab measured them: where do they bend?

    Parameters
    ----------
    data : mapping of str to sequence of float
        What `pagesim.host.TlbKnee` measures: "pages", and nanoseconds of a step with each page
        size.
    note : str
        Where the times come from.

    Raises
    ------
    ValueError
        If a series is missing or of another length.
    """

    size = (7.9, 4.3)

    def __init__(self, data: Mapping[str, Sequence[float]], note: str = "") -> None:
        for name in ("pages", _SMALL, _HUGE):
            if len(data.get(name, ())) != len(data.get("pages", ())) or not data.get(name):
                raise ValueError(f"{name!r} is missing or has another length than 'pages'")
        self.data, self.note = data, note
        self._pages = [int(n) for n in data["pages"]]
        last = len(self._pages) - 1
        super().__init__(
            {"pages": Slider("pages", 0, last, last, words=lambda n: f"{self._pages[n]:,}")}
        )

    def draw(self, sheet: Sheet) -> None:
        """Draw the axes; both curves and a point move."""
        self.axes = axes = curve_axes(sheet, right=1.25, bottom=0.95)
        count_axis(axes, "x", [n for n in self._pages if n & (n - 1) == 0], base=2)
        top = 1.15 * max(*self.data[_SMALL], *self.data[_HUGE])
        axes.set(xlim=(0.8 * self._pages[0], 1.15 * self._pages[-1]), ylim=(0, top))
        axes.set(xlabel="4 KiB pieces that the chase goes round", ylabel="nanoseconds of a step")
        self.apart = 0.08 * top
        self.curves, self.names = {}, {}
        for name, line, color in ((_SMALL, "-", VIRTUAL.line), (_HUGE, "--", INK)):
            self.curves[name] = Curve(axes, line, color, 2, marker="s", ms=4, zorder=3)
            self.names[name] = Label(axes, 1, 1, name, size=10)
        self.point = Point(axes, TLB.fill, size=12)
        note(sheet, 0.12, 0.15, _short(self.note))

    def update(self, *, pages: int) -> Finding:
        """Draw both curves as far as the point has come."""
        many, small, huge = self._pages[pages], self.data[_SMALL][pages], self.data[_HUGE][pages]
        for name, curve in self.curves.items():
            curve.set_data(self._pages[: pages + 1], self.data[name][: pages + 1])
        (low, first), (high, other) = sorted(((small, _SMALL), (huge, _HUGE)))
        for name, y in ((first, low), (other, max(high, low + self.apart))):
            self.names[name].x, self.names[name].y = many * 1.25, y
        self.point.put(many, small)
        slower = small / min(self.data[_SMALL])
        longer = (
            f"a step takes {slower:.1f} times the fastest" if slower > 1 else "the fastest steps"
        )
        return Finding(
            f"{count(many, 'page')} ({binary(many * 4096)}): {longer}",
            f": {duration(small)} with 4 KiB pages, {duration(huge)} where the same memory lies in "
            f"2 MiB pages. {self.note[:1].upper()}{self.note[1:]}".rstrip(),
        )

    def tabulate(self, *, pages: int) -> list[Table]:
        """List the times, as far as the curves go."""
        rows = [
            (f"{many:,}", *(duration(self.data[name][n]) for name in (_SMALL, _HUGE)))
            for n, many in enumerate(self._pages[: pages + 1])
        ]
        return [Table("Time of a step", ("4 KiB pieces", _SMALL, _HUGE), rows)]

    def hit_data(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the nearest number of pages."""
        return {"pages": nearest(self._pages, x)}


def _short(note: str) -> str:
    """Keep as much of a note as fits below the picture."""
    first = note.partition(";")[0]
    return first if len(first) <= 100 else first[:97] + "…"
