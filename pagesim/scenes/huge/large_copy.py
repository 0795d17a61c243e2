"""Copy-on-write after a fork: one byte is written, and how much is copied, and who waits?"""

from __future__ import annotations

import math
from functools import lru_cache
from random import Random
from typing import Any

import numpy as np

from ...arch import X86_64
from ...costs import LATENCIES
from ...draw import Boxes, Grid, Label, Marks, Pixels
from ...draw.curves import Curves, Point, count_axis, curve_axes, time_axis
from ...draw.hits import nearest
from ...draw.style import FRAME, MUTED, PAPER
from ...units import binary, count, duration, times
from ..base import Choice, Controls, Finding, Plot, Sheet, Slider, Table

_SMALL, _HUGE = X86_64.page_sizes[:2]
_PER = _HUGE // _SMALL
_FAULT = LATENCIES["minor fault"].ns  # grade B: see there
_SIZES = {binary(_SMALL): _SMALL, binary(_HUGE): _HUGE}
_LINES = {"4 KiB": ("-", FRAME.line), "2 MiB": ("--", FRAME.line)}
_MAPS = {
    name: Grid(left, 3.916, 0.062, 0.062, 64, 8)  # the 512 pages of 2 MiB
    for name, left in (("4 KiB", 0.2), ("2 MiB", 4.72))
}


class LargeCopy(Plot):
    """Write to shared memory after a fork: many small copies, or a single large one?"""

    size = (9, 4.9)
    controls = Controls(
        pages=Slider("pages written", 1, _PER, 1),
        page=Choice("page size", tuple(_SIZES), "2 MiB"),
        rate=Slider("memory copies at", 1, 32, 10, words=lambda n: f"{n} GiB/s"),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw two maps of the same 2 MiB, and below them the time that the writer waits."""
        self.maps, self.heads = {}, {}
        for name, grid in _MAPS.items():
            self.maps[name] = Pixels(sheet, grid.outline, grid.columns, grid.rows)
            Boxes(sheet, [grid.outline], face="none", edge=FRAME.line, line=2.2, zorder=4)
            self.heads[name] = Label(sheet, grid.left, grid.top + 0.17, size=10)
        self.axes = axes = curve_axes(sheet, left=1.0, right=2.1, bottom=0.62, top=1.75)
        count_axis(axes, "x", (1, 4, 16, 64, 256, 512), base=2)
        time_axis(axes, "y", (3, 4, 5, 6, 7))
        axes.set(xlim=(0.85, 600), ylim=(600, 1e7))
        axes.set(
            xlabel="pages of 4 KiB written within the 2 MiB", ylabel="the writer waits, in all"
        )
        self.curves = Curves(
            axes, _LINES, lambda end: 1.37 * end, gap=2.2, words=lambda name: f"{name} pages"
        )
        self.point = Point(axes, FRAME.fill)
        self.meet = Label(axes, 1, 1, size=9, color=MUTED, align="right")
        self.tick = Marks(axes, "|", 12, MUTED)

    def hit_data(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the point of the nearer curve."""
        pages = max(1, min(_PER, round(x)))
        waits = [_wait(page, pages, values["rate"]) for page in _SIZES]
        return {"pages": pages, "page": list(_SIZES)[nearest(waits, y)]}

    def update(self, *, pages: int, page: str, rate: int) -> Finding:
        """Fill the maps, move the curves, and say what is copied."""
        kinds = np.zeros(_PER, int)
        kinds[_order()[:pages]] = 1
        for name, image in self.maps.items():
            image.put(kinds, (PAPER if name == "4 KiB" else FRAME.fill, FRAME.line))
            copied, faults = binary(_copied(name, pages)), _faults(name, pages)
            self.heads[name].text = f"{name} pages: {copied} copied, {count(faults, 'fault')}"
            self.heads[name].weight = "bold" if name == page else "normal"
        x = range(1, pages + 1)
        self.curves.put({name: (x, [_wait(name, n, rate) for n in x]) for name in _SIZES}, page)
        self.point.put(pages, _wait(page, pages, rate))
        equal, large = _crossing(rate), _wait("2 MiB", 1, rate)
        met = 0 < equal <= pages
        self.tick.put(*[(equal, large)] * met)
        self.meet.text = f"equal at {count(equal, 'page')}" if met else ""
        self.meet.x, self.meet.y = (equal or 1) * 0.95, large * 1.9
        one = _wait(page, 1, rate)
        return Finding(
            _title(pages, rate),
            f"With 4 KiB pages {binary(_copied('4 KiB', pages))} are copied in "
            f"{count(pages, 'fault')}, {duration(_wait('4 KiB', pages, rate))} in all; with 2 MiB "
            f"pages {binary(_HUGE)} in one, {duration(large)}. At {rate} GiB/s one write waits "
            f"{duration(one)} for its {page}.",
        )

    def tabulate(self, *, pages: int, rate: int, **_: Any) -> list[Table]:
        """List what is copied and waited for, as far as the curves go."""
        rows = [
            (
                str(n),
                *(
                    words
                    for name in _SIZES
                    for words in (binary(_copied(name, n)), duration(_wait(name, n, rate)))
                ),
            )
            for n in sorted({*(n for n in (1, 4, 16, 64, 256) if n < pages), pages})
        ]
        heads = [f"{name} pages: {what}" for name in _SIZES for what in ("copied", "waited")]
        equal = _crossing(rate)
        met = f"; equal at {count(equal, 'page')}" if 0 < equal <= pages else ""
        caption = f"Copied at {rate} GiB/s, and what the writer waits in all{met}"
        return [Table(caption, ("pages written", *heads), rows)]


def _title(pages: int, rate: int) -> str:
    if pages == 1:
        ratio = _wait("2 MiB", 1, rate) / _wait("4 KiB", 1, rate)
        return f"One byte written: the 2 MiB copy waits {times(round(ratio), 'as long')}"
    better = min(_SIZES, key=lambda name: _wait(name, pages, rate))
    least = duration(_wait(better, pages, rate))
    return f"{pages} pages written: {better} pages wait least, {least} in all"


def _copied(page: str, pages: int) -> int:
    return _HUGE if page == "2 MiB" else pages * _SMALL


def _faults(page: str, pages: int) -> int:
    return 1 if page == "2 MiB" else pages


def _wait(page: str, pages: int, rate: int) -> float:
    """Give what the writer waits in ns: a fault for each copy, and the copying at `rate` GiB/s."""
    return _faults(page, pages) * _FAULT + _copied(page, pages) / (rate << 30) * 1e9


def _crossing(rate: int) -> int:
    """Give the fewest pages whose small copies take as long as a large one, 0 if none do."""
    many = math.ceil(_wait("2 MiB", 1, rate) / _wait("4 KiB", 1, rate))
    return many if many <= _PER else 0


@lru_cache(maxsize=1)
def _order() -> list[int]:
    """Give the order in which pages are written."""
    return Random(5).sample(range(_PER), _PER)
