"""A snapshot's fork while writes go on: how much is copied, how fast, in how many faults?

    4 KiB             each first write to a page copies 4 KiB
    2 MiB, copied     as private pages of hugetlb are, and transparent ones were before Linux 5.8:
                      each first write copies 2 MiB
    2 MiB, split      transparent ones since: the writer's mapping is split, and 4 KiB are copied

Writes go to pages at random; drawn once, so that the same controls give the same picture.

Source: Linux 6.18 mm/huge_memory.c (`do_huge_pmd_wp_page`), mm/hugetlb.c (`hugetlb_wp`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...costs import LATENCIES
from ...draw import Curve, Label, curve_axes
from ...draw.curves import Point
from ...draw.style import FAULT, FRAME, INK, MUTED, RULE
from ...units import binary, count, duration
from ..base import Choice, Controls, Finding, Plot, Sheet, Slider, Table

SMALL, HUGE = 4 << 10, 2 << 20
_KINDS = {"4 KiB": SMALL, "2 MiB, copied": HUGE, "2 MiB, split": SMALL}
_STYLES = {"4 KiB": "-", "2 MiB, copied": "--", "2 MiB, split": ":"}
_RATES = (100, 500, 1000, 5000, 10_000, 50_000, 150_000, 500_000)
_WHERE = {"all of it": 1, "a tenth of it": 10}
_SECONDS, _TICKS = 20, 100  # that a snapshot takes; points of a curve
_COPY = 10  # GiB/s at which memory is copied
_FAULT = LATENCIES["minor fault"].ns


class ForkWrites(Plot):
    """Fork, let time go on, and see how much the writes copy."""

    size = (9, 4.8)
    play = "seconds"
    controls = Controls(
        seconds=Slider("seconds passed", 0, _SECONDS, 0),
        rate=Slider("writes a second", 0, len(_RATES) - 1, 4, lambda n: f"{_RATES[n]:,}"),
        size=Slider("memory", 28, 32, 30, lambda n: binary(1 << n)),
        where=Choice("writes go to", tuple(_WHERE), "all of it"),
        kind=Choice("pages", tuple(_KINDS), "4 KiB"),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw two sets of axes, copied bytes above, faults below; their curves move."""
        self.axes = curve_axes(sheet, left=1.15, right=2.0, bottom=2.1, top=0.55)
        self.below = curve_axes(sheet, left=1.15, right=2.0, bottom=0.88, top=3.0)
        for axes in (self.axes, self.below):
            axes.set(xlim=(0, _SECONDS), ylim=(0, 1.08))
            axes.set_xticks(range(0, _SECONDS + 1, 5))
        self.axes.set_xticklabels([])
        self.below.set_xlabel("seconds since the fork")
        self.axes.set_yticks([0, 0.5, 1], ["nothing", "half", "all"])
        self.axes.set_ylabel("copied")
        self.below.set_yticks([0, 1], ["0", "all"])
        self.below.set_ylabel("faults")
        self.copied, self.faults = (
            {name: Curve(axes, style, color, 1.6) for name, style in _STYLES.items()}
            for axes, color in ((self.axes, FRAME.line), (self.below, FAULT.line))
        )
        self.point = Point(self.axes, FRAME.fill, guides="x")
        self.ends = {
            (which, name): Label(axes, _SECONDS * 1.025, 0, size=9.5)
            for which, axes in (("copied", self.axes), ("faults", self.below))
            for name in ("2 MiB, copied", "4 KiB")
        }
        self.note = Label(sheet, 0.12, 0.14, size=9, color=MUTED)
        self.roof = Curve(self.axes, "-", RULE, 1.6, zorder=1)

    def update(self, *, seconds: int, rate: int, size: int, where: str, kind: str) -> Finding:
        """Count what was copied up to a moment, for each kind of pages."""
        speed, memory, part = _RATES[rate], 1 << size, _WHERE[where]
        now = float(seconds)
        times = np.linspace(0, now, 2 + _TICKS * seconds // _SECONDS)
        for name, page in _KINDS.items():
            pages = memory // part // page
            copied = written(pages, times * speed) * page / memory
            heavy = 3.2 if name == kind else 1.4
            self.copied[name].set_data(times, copied)
            self.copied[name].set_linewidth(heavy)
            faults = written(pages, times * speed) / (memory // part // SMALL)
            self.faults[name].set_data(times, faults)
            self.faults[name].set_linewidth(heavy)
        self.roof.set_data([0, _SECONDS], [1 / part] * 2)
        page = _KINDS[kind]
        amount, faults_now = self._at(now, speed, memory // part, page)
        self.point.put(now, amount / memory)
        self._names(now, speed, memory, part)
        wait = _FAULT + page / (_COPY << 30) * 1e9
        taken = f"a fault (grade B), and {binary(page)} copied ({_COPY} GiB/s)"
        to = f"{speed:,} writes a second to {binary(memory / part)}"
        self.note.text = f"{to}; a first write to a page waits {duration(wait)}: {taken}"
        if not seconds:
            title = "A fork, and no page is copied yet"
        else:
            title = f"{seconds} s after the fork {binary(amount)} of {binary(memory)} are copied"
        return Finding(
            title,
            f"{speed:,} writes a second to {where}, {binary(memory / part)}, pages of {kind}: "
            f"{count(faults_now, 'fault')}, each of which takes {duration(wait)}; together "
            f"{duration(faults_now * wait)} of waiting.",
        )

    def tabulate(self, *, seconds: int, rate: int, size: int, where: str, kind: str) -> list[Table]:
        """List what each kind of pages has copied, as far as the curves go."""
        memory, rows = (1 << size) // _WHERE[where], []
        for now in sorted({*range(0, seconds, 5), seconds}):
            cells = list[str]()
            for page in (SMALL, HUGE):
                amount, faults = self._at(now, _RATES[rate], memory, page)
                cells += [binary(amount), f"{faults:,}"]
            rows.append((f"{now} s", *cells))
        kinds = ("4 KiB, and split", "2 MiB, copied")
        heads = [f"{each}: {what}" for each in kinds for what in ("copied", "faults")]
        wait = duration(_FAULT + _KINDS[kind] / (_COPY << 30) * 1e9)
        caption = f"{_RATES[rate]:,} writes a second to {binary(memory)}; with pages of {kind} "
        caption += f"a first write waits {wait}, copied at {_COPY} GiB/s"
        return [Table(caption, ("since the fork", *heads), rows)]

    def hit_data(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the moment that was clicked."""
        return {"seconds": min(max(round(x), 0), _SECONDS)}

    def _at(self, now: float, speed: int, memory: int, page: int) -> tuple[int, int]:
        faults = int(written(memory // page, np.array([now * speed]))[0])
        return faults * page, faults

    def _names(self, now: float, speed: int, memory: int, part: int) -> None:
        """Name the curves where they end, the split pages with the small ones."""
        ends = {}
        for name in ("2 MiB, copied", "4 KiB"):
            amount, faults = self._at(now, speed, memory // part, _KINDS[name])
            ends[name] = amount / memory, faults / (memory // part // SMALL), faults
        for which, place in (("copied", 0), ("faults", 1)):
            one, other = ends["2 MiB, copied"][place], ends["4 KiB"][place]
            apart = 0.13 if which == "copied" else 0.3
            middle = min(max((one + other) / 2, apart / 2), 1.08 - apart / 2)
            close = abs(one - other) < apart
            above, low = (one, other) if which == "copied" else (other, one)
            high = middle + apart / 2 if close else above
            low = middle - apart / 2 if close else low
            first, second = ("2 MiB, copied", "4 KiB")[:: 1 if which == "copied" else -1]
            for name, y in ((first, high), (second, low)):
                label = self.ends[which, name]
                label.y, label.color = y, INK
                said = name if name != "4 KiB" else "4 KiB, and split"
                label.text = said if which == "copied" else f"{ends[name][2]:,}"


def written(pages: int, writes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Count the distinct pages of so many that a number of writes has reached.

    >>> written(512, np.array([0.0, 1.0, 1e6])).tolist()
    [0.0, 1.0, 512.0]
    """
    first = _first_writes(pages)
    return np.searchsorted(first, writes, side="right").astype(float)


@lru_cache(maxsize=16)
def _first_writes(pages: int) -> NDArray[np.float64]:
    """Draw when each page is first written: the number of the write, in order.

    With k of n pages reached, the next new one takes Geometric((n - k) / n) writes more.
    """
    rng = np.random.default_rng(pages)
    left = np.arange(pages, 0, -1) / pages
    return np.cumsum(rng.geometric(left)).astype(float)
