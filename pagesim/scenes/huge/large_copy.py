"""Copy-on-write after a fork: one byte is written, and how much is copied, and who waits?"""

from __future__ import annotations

import math
from functools import lru_cache
from random import Random
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from ...arch import X86_64
from ...costs import LATENCIES
from ...draw import FRAME, INK, MUTED, PAPER, Boxes, Label, curve_axes, paper, time_axis, title
from ...units import binary, duration
from ..base import Choice, Scene, Slider, data_at

_SMALL, _HUGE = X86_64.page_sizes[:2]
_PER = _HUGE // _SMALL
_FAULT = LATENCIES["minor fault"].ns  # grade B: see there
_SIZES = {binary(_SMALL): _SMALL, binary(_HUGE): _HUGE}
_COLUMNS, _ROWS = 64, 8  # the 512 pages of 2 MiB, as they are drawn
_CELL = 0.062
_MAPS = {"4 KiB": 0.2, "2 MiB": 4.72}  # left edges
_FOOT = 3.42  # of the maps
_LINES = {"4 KiB": "-", "2 MiB": "--"}


class LargeCopy(Scene):
    """Write to shared memory after a fork: many small copies, or a single large one?"""

    size = (9, 4.9)
    clickable = True

    def __init__(self) -> None:
        super().__init__(
            {
                "pages": Slider("pages written", 1, _PER, 1),
                "page": Choice("page size", tuple(_SIZES), "2 MiB"),
                "rate": Slider("memory copies at", 1, 32, 10, words=lambda n: f"{n} GiB/s"),
            }
        )

    def build(self, figure: Figure) -> None:
        """Draw two maps of the same 2 MiB, and below them the time that the writer waits."""
        sheet = paper(figure)
        self.title = title(sheet)
        wide, high = _COLUMNS * _CELL, _ROWS * _CELL
        self.maps = {}
        for name, left in _MAPS.items():
            self.maps[name] = sheet.imshow(
                np.ones((_ROWS, _COLUMNS, 3)), extent=(left, left + wide, _FOOT, _FOOT + high),
                interpolation="nearest", animated=True, zorder=2,
            )  # fmt: skip
            Boxes(sheet, [(left, _FOOT, wide, high)], face="none", edge=FRAME.line, line=2.2,
                  zorder=4)  # fmt: skip
        width, height = self.size
        sheet.set(xlim=(0, width), ylim=(0, height), aspect="auto")
        self.heads = {
            name: Label(sheet, left, _FOOT + high + 0.17, size=10) for name, left in _MAPS.items()
        }
        self.axes = axes = curve_axes(figure, left=1.0, right=2.1, bottom=0.62, top=1.75)
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_locator(FixedLocator([1, 4, 16, 64, 256, 512]))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        time_axis(axes, "y", (3, 4, 5, 6, 7))
        axes.set(xlim=(0.85, 600), ylim=(600, 1e7))
        axes.set_xlabel("pages of 4 KiB written within the 2 MiB")
        axes.set_ylabel("the writer waits, in all")
        self.lines = {
            name: axes.plot([], [], line, color=FRAME.line, animated=True)[0]
            for name, line in _LINES.items()
        }
        (self.guides,) = axes.plot([], [], color=INK, lw=0.8, ls=(0, (1, 2)), animated=True)
        (self.point,) = axes.plot([], [], "o", ms=11, mfc=FRAME.fill, mec=INK, mew=2,
                                  animated=True, zorder=6)  # fmt: skip
        self.ends = {name: Label(axes, 700, 1, size=10) for name in _SIZES}
        self.meet = Label(axes, 1, 1, size=9, color=MUTED, align="right")
        (self.tick,) = axes.plot([], [], "|", ms=12, color=MUTED, animated=True)

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the point of the nearer curve."""
        here = data_at(self.axes, x, y)
        if here is None:
            return {}
        pages = max(1, min(_PER, round(here[0])))
        rate = values["rate"]
        page = min(_SIZES, key=lambda page: abs(math.log(_wait(page, pages, rate) / here[1])))
        return {"pages": pages, "page": page}

    def update(self, *, pages: int, page: str, rate: int) -> str:
        """Fill the maps, move the curves, and say what is copied."""
        written = _order()[:pages]
        for name, image in self.maps.items():
            picture = np.full((_PER, 3), to_rgb(PAPER if name == "4 KiB" else FRAME.fill))
            picture[written] = to_rgb(FRAME.line)
            image.set_data(picture.reshape(_ROWS, _COLUMNS, 3))
            copied = binary(_copied(name, pages))
            self.heads[name].text = f"{name} pages: {copied} copied, {_faults(name, pages)}"
            self.heads[name].weight = "bold" if name == page else "normal"
        x = np.arange(1, _PER + 1)
        for name, line in self.lines.items():
            line.set_data(x, [_wait(name, n, rate) for n in x.tolist()])
            line.set_linewidth(3.0 if name == page else 1.6)
        wait = _wait(page, pages, rate)
        self.point.set_data([pages], [wait])
        self.guides.set_data([0.85, pages, pages], [wait, wait, 600])
        for name, y in _apart({name: _wait(name, _PER, rate) for name in _SIZES}).items():
            self.ends[name].text = f"{name} pages"
            self.ends[name].y = y
            self.ends[name].weight = "bold" if name == page else "normal"
        equal = _crossing(rate)
        self.tick.set_data([equal] if equal else [], [_wait("2 MiB", 1, rate)] if equal else [])
        self.meet.text = f"equal at {equal} pages" if equal else ""
        self.meet.x, self.meet.y = (equal or 1) * 0.95, _wait("2 MiB", 1, rate) * 1.9
        one = {name: _wait(name, 1, rate) for name in _SIZES}
        times = one["2 MiB"] / one["4 KiB"]
        if pages == 1:
            finding = f"One byte written: the 2 MiB copy waits {times:,.0f} times as long"
        else:
            better = min(_SIZES, key=lambda name: _wait(name, pages, rate))
            least = duration(_wait(better, pages, rate))
            finding = f"{pages} pages written: {better} pages wait least, {least} in all"
        self.title.text = finding
        return (
            f"{finding}. With 4 KiB pages {binary(_copied('4 KiB', pages))} are copied in "
            f"{_faults('4 KiB', pages)}, {duration(_wait('4 KiB', pages, rate))} in all; with "
            f"2 MiB pages {binary(_copied('2 MiB', pages))} in one, {duration(one['2 MiB'])}. At "
            f"{rate} GiB/s one write waits {duration(one[page])} for its {page}."
        )


def _copied(page: str, pages: int) -> int:
    return _HUGE if page == "2 MiB" else pages * _SMALL


def _faults(page: str, pages: int) -> str:
    count = 1 if page == "2 MiB" else pages
    return f"{count} fault{'s' * (count > 1)}"


def _wait(page: str, pages: int, rate: int) -> float:
    """Give what the writer waits in ns: a fault for each copy, and the copying at `rate` GiB/s."""
    faults = 1 if page == "2 MiB" else pages
    return faults * _FAULT + _copied(page, pages) / (rate << 30) * 1e9


def _crossing(rate: int) -> int:
    """Give the fewest pages whose small copies take as long as a large one, 0 if none do."""
    many = math.ceil(_wait("2 MiB", 1, rate) / _wait("4 KiB", 1, rate))
    return many if many <= _PER else 0


def _apart(ends: dict[str, float]) -> dict[str, float]:
    """Keep the names at the ends of the two curves from covering each other."""
    low, high = sorted(ends, key=lambda name: ends[name])
    gap, middle = 2.2, math.sqrt(ends[low] * ends[high])
    if ends[high] / ends[low] >= gap:
        return ends
    return {low: middle / math.sqrt(gap), high: middle * math.sqrt(gap)}


@lru_cache(maxsize=1)
def _order() -> list[int]:
    """Give the order in which pages are written."""
    return Random(5).sample(range(_PER), _PER)
