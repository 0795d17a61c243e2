"""The knee of a CPU: the time of a step from page to page, over more and more pages."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from ...draw import INK, MUTED, TLB, VIRTUAL, Label, curve_axes, paper, title
from ...units import binary, duration
from ..base import Scene, Slider, data_at

_SMALL, _HUGE = "4 KiB pages", "2 MiB pages"


class Knee(Scene):
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
    clickable = True

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

    def build(self, figure: Figure) -> None:
        """Draw both curves; a point moves along."""
        sheet = paper(figure)
        self.title = title(sheet)
        self.axes = axes = curve_axes(figure, right=1.25, bottom=0.95)
        axes.set_xscale("log", base=2)
        marks = [n for n in self._pages if n & (n - 1) == 0]
        axes.xaxis.set_major_locator(FixedLocator([float(n) for n in marks]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))
        axes.xaxis.set_minor_locator(NullLocator())
        top = 1.15 * max(*self.data[_SMALL], *self.data[_HUGE])
        axes.set(xlim=(0.8 * self._pages[0], 1.15 * self._pages[-1]), ylim=(0, top))
        axes.set_xlabel("4 KiB pieces that the chase goes round")
        axes.set_ylabel("nanoseconds of a step")
        ends = []
        for name, line, color in ((_SMALL, "-", VIRTUAL.line), (_HUGE, "--", INK)):
            axes.plot(
                self._pages, self.data[name], line, color=color, lw=2, marker="s", ms=4, zorder=3
            )
            ends.append((self.data[name][-1], name))
        low = min(ends)[0]
        for y, name in sorted(ends):
            at = y if y == low else max(y, low + 0.08 * top)
            Label(axes, self._pages[-1] * 1.25, at, name, size=10)
        (self.guides,) = axes.plot([], [], color=INK, lw=0.8, ls=(0, (1, 2)), animated=True)
        (self.point,) = axes.plot(
            [], [], "o", ms=12, mfc=TLB.fill, mec=INK, mew=2, zorder=6, animated=True
        )
        Label(sheet, 0.12, 0.15, _short(self.note), size=9, color=MUTED, moving=False)

    def update(self, *, pages: int) -> str:
        """Move the point along the curve of small pages."""
        count, small, huge = self._pages[pages], self.data[_SMALL][pages], self.data[_HUGE][pages]
        self.point.set_data([count], [small])
        self.guides.set_data([0, count, count], [small, small, 0])
        times = small / min(self.data[_SMALL])
        reach = binary(count * 4096)
        longer = f"a step takes {times:.1f} times the fastest"
        finding = f"{count:,} pages ({reach}): {longer if times > 1 else 'the fastest steps'}"
        self.title.text = finding
        return (
            f"{finding}: {duration(small)} with 4 KiB pages, {duration(huge)} where the same "
            f"memory lies in 2 MiB pages. {self.note[:1].upper()}{self.note[1:]}"
        ).strip()

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the nearest number of pages."""
        here = data_at(self.axes, x, y)
        if here is None:
            return {}
        return {
            "pages": min(
                range(len(self._pages)), key=lambda n: abs(math.log(self._pages[n] / here[0]))
            )
        }


def _short(note: str) -> str:
    """Keep as much of a note as fits below the picture."""
    first = note.partition(";")[0]
    return first if len(first) <= 100 else first[:97] + "…"
