"""How large should a page be? Small pages cost table, large ones waste: there is a best one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.patches import Polygon
from matplotlib.ticker import FixedFormatter, FixedLocator
from numpy.typing import NDArray

from ...costs import best_page_size
from ...draw import Curve, Label
from ...draw.curves import Point, binary_axis, curve_axes
from ...draw.style import PAPER, RULE, TABLE
from ...units import binary, power_of_two, times
from ..base import Choice, Controls, Finding, Plot, Sheet, Slider, Table

_SMALL, _LARGE = 6, 24  # log2 of the page sizes shown
_LEAST, _MOST = 12, 34  # log2 of a segment's size
_HIGHEST = 8  # of the vertical axis, in units: the power of two just below the lowest point


class UCurve(Plot):
    """Slide the page size: what a segment pays in table, and what it wastes at its end."""

    size = (7.6, 4.4)
    controls = Controls(
        page=Slider("page size", _SMALL, _LARGE, 12, power_of_two),
        segment=Slider("size of a segment", _LEAST, _MOST, 20, power_of_two),
        entry=Choice("bytes of an entry", ("4", "8", "16"), "8"),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw the axes; the two areas, one upon the other, move with the segment."""
        self.axes = axes = curve_axes(sheet, left=1.1)
        binary_axis(axes, "x", (6, 9, 12, 15, 18, 21, 24))
        axes.set(xlim=(2.0 ** (_SMALL - 0.3), 2.0 ** (_LARGE + 0.3)), ylim=(0, _HIGHEST))
        axes.set(xlabel="page size", ylabel="bytes that hold no data, on average")
        axes.yaxis.set_major_locator(FixedLocator(range(0, _HIGHEST + 1, 2)))
        self.drawn = ""
        look: dict[str, Any] = {"closed": True, "lw": 0, "animated": True}
        self.waste = Polygon([(1, 0)], fc=PAPER, ec=RULE, hatch="..", **look)
        self.table = Polygon([(1, 0)], fc=TABLE.fill, **look)
        for area in (self.waste, self.table):
            axes.add_patch(area)
        self.sum = Curve(axes, width=2.4)
        self.point = Point(axes, TABLE.fill, guides="x")
        look = {"size": 10, "align": "center"}
        names = ("table", "waste")
        self.names = [Label(axes, 1, 0.62, name, weight="bold", **look) for name in names]
        self.best = Label(axes, 1, 0, **look)

    def update(self, *, page: int, segment: int, entry: str) -> Finding:
        """Stack table upon waste for this segment, and light the chosen page."""
        size, pte = 1 << segment, int(entry)
        best = best_page_size(size, pte)
        least = sum(_price(size, best, pte))
        unit = 2.0 ** math.floor(math.log2(least))
        self._areas(size, pte, unit)
        table, waste = _price(size, 1 << page, pte)
        height = (table + waste) / unit
        self.point.put(1 << page, min(height, _HIGHEST))
        self.point.mark.set_marker("^" if height > _HIGHEST else "o")
        for name, x in zip(self.names, (best / 5, best * 4), strict=True):
            name.x = max(x, 2.0 ** (_SMALL + 0.6))
        dearer = (table + waste) / least
        found = dearer < 1.005  # then, and only then, the picture says so
        self.best.text, self.best.x = f"best: {binary(best)}" if found else "", best
        self.best.y = least / unit + 1.5
        parts = f"{binary(table)} of table + {binary(waste)} of waste"
        root = f"√(2 · {binary(size)} · {entry} B) = {binary(best)}"
        return Finding(
            f"{power_of_two(page)} pages: {parts} = {binary(table + waste)}",
            f" on average, for segments of about {binary(size)}, {entry} bytes an entry: "
            + (f"the least there is; {root}." if found else f"{times(dearer, 'the least')}."),
        )

    def tabulate(self, *, page: int, segment: int, entry: str) -> list[Table]:
        """List table and waste along the curve."""
        rows = []
        for shift in sorted({*range(_SMALL, _LARGE + 1, 3), page}):
            table, waste = _price(1 << segment, 1 << shift, int(entry))
            row = (binary(each) for each in (table, waste, table + waste))
            rows.append((power_of_two(shift), *row))
        caption = f"On average, for segments of about {power_of_two(segment)}"
        return [Table(caption, ("page size", "table", "waste", "together"), rows)]

    def hit_data(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Choose the page size that was clicked."""
        return {"page": min(max(round(math.log2(x)), _SMALL), _LARGE)}

    def _areas(self, size: int, pte: int, unit: float) -> None:
        """Draw the areas in units, and name the heights in bytes."""
        x = 2.0 ** np.linspace(_SMALL - 0.3, _LARGE + 0.3, 150)
        table, waste = _price(size, x, pte)
        top = (table + waste) / unit
        floor = np.zeros_like(x)
        self.waste.set_xy(_between(x, floor, waste / unit))
        self.table.set_xy(_between(x, waste / unit, top))
        self.sum.set_data(x, top)
        heights = [binary(unit * n) for n in range(0, _HIGHEST + 1, 2)]
        if heights[1] != self.drawn:
            self.drawn, self.still_changed = heights[1], True
            self.axes.yaxis.set_major_formatter(FixedFormatter(heights))


def _price(segment: int, page: Any, entry: int) -> tuple[Any, Any]:
    """Give bytes of table, and half a page: what the end of a segment wastes on average."""
    return segment / page * entry, page / 2


def _between(
    x: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the outline of the area between two curves, cut off above the picture."""
    most = np.full_like(x, 2.0 * _HIGHEST)
    upper, lower = np.minimum(high, most), np.minimum(low, most)
    return np.stack([np.append(x, x[::-1]), np.append(upper, lower[::-1])], axis=1)
