"""The cliff: what a memory access takes on average when the working set outgrows RAM."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from ...costs import LATENCIES
from ...draw import Curve, Curves, Label, Point, curve_axes, time_axis
from ...draw.style import DISK, FRAME, MUTED, VIRTUAL
from ...reuse import miss_ratio_curve
from ...traces import loop, zipf
from ...units import duration, percent
from ..base import Choice, Controls, Finding, Plot, Sheet, Slider, Table

_PAGES, _ACCESSES = 1024, 200_000  # of the reference strings, whatever the working set is
_ALIKE = "every page alike"
_STRINGS = {
    "a few pages mostly": lambda: zipf(_PAGES, _ACCESSES, s=1),
    "round and round": lambda: loop(_PAGES, _ACCESSES),
}
_USES = (_ALIKE, *_STRINGS)
_LINES = dict(zip(_USES, ("-", "--", "-."), strict=True))
_DISKS = {"NVMe disk": "major fault", "hard disk": "hard disk"}
_RAM_NS = LATENCIES["local memory"].ns
_MOST = 64  # GiB of working set
_LOW, _HIGH = 40.0, 4e7  # ns, ends of the axis


class Cliff(Plot):
    """Let the working set outgrow RAM by a little: what does an access take now?"""

    size = (7.9, 4.2)
    controls = Controls(
        working=Slider("working set", 1, _MOST, 17, lambda n: f"{n} GiB"),
        ram=Slider("RAM", 1, 12, 4, lambda n: f"{4 * n} GiB"),
        use=Choice("use of its pages", _USES, _ALIKE),
        disk=Choice("what is behind RAM", tuple(_DISKS), next(iter(_DISKS))),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw the axes, and lines for the three ways to use pages."""
        self.axes = axes = curve_axes(sheet, right=1.75)
        time_axis(axes, "y", range(2, 8))
        axes.set(xlim=(0, _MOST + 1), ylim=(_LOW, _HIGH))
        axes.set(
            xlabel="working set: memory that is used again and again", ylabel="mean access time"
        )
        axes.set_xticks(range(0, _MOST + 1, 16), ["0", *(f"{n} GiB" for n in (16, 32, 48, 64))])
        looks = {use: (line, VIRTUAL.line) for use, line in _LINES.items()}
        self.curves = Curves(axes, looks, lambda end: end + 1.6, gap=2.5)
        self.edge = Curve(axes, color=FRAME.line, width=2.4)
        self.floor = Curve(axes, ":", DISK.line, 1.4)
        self.point = Point(axes, VIRTUAL.fill)
        self.said_ram = Label(axes, 0, 10**7.4, size=9, color=MUTED, align="center")
        self.said_disk = Label(axes, 0.8, 1, size=9, color=MUTED)

    def update(self, *, working: int, ram: int, use: str, disk: str) -> Finding:
        """Move the cliff to the edge of RAM, and the point along its curve."""
        gib, disk_ns = 4 * ram, LATENCIES[_DISKS[disk]].ns
        sets = np.linspace(1, _MOST, 4 * _MOST - 3)
        times = {each: [_mean(each, gib / size, disk_ns) for size in sets] for each in _USES}
        self.curves.put({each: (sets, y) for each, y in times.items()}, use)
        mean = _mean(use, gib / working, disk_ns)
        self.edge.set_data([gib, gib], [_LOW, 10**7])
        self.floor.set_data([0, _MOST + 1], [disk_ns, disk_ns])
        self.point.put(working, mean)
        self.said_ram.x, self.said_ram.text = gib, f"{gib} GiB of RAM"
        self.said_disk.x, self.said_disk.y = gib + 1.2, disk_ns * 1.7
        self.said_disk.text = f"{disk}: {duration(disk_ns)}"
        return Finding(
            _title(working, gib, mean),
            f"{use.capitalize()}: {percent(_share(use, gib / working))} of the accesses go to the "
            f"{disk} ({duration(disk_ns)}), the others to RAM ({duration(_RAM_NS)}); "
            f"the mean is {duration(mean)}.",
        )

    def tabulate(self, *, working: int, ram: int, disk: str, **_: Any) -> list[Table]:
        """List the mean access times along the three curves."""
        gib, disk_ns = 4 * ram, LATENCIES[_DISKS[disk]].ns
        rows = [
            (f"{size} GiB", *(duration(_mean(use, gib / size, disk_ns)) for use in _USES))
            for size in sorted({1, 16, 32, 48, _MOST, gib, min(gib + 1, _MOST), working})
        ]
        caption = f"Mean access time with {gib} GiB of RAM; {disk}: {duration(disk_ns)}"
        return [Table(caption, ("working set", *_USES), rows)]

    def hit_data(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the point of a curve nearest to the click."""
        working = max(1, min(_MOST, round(x)))
        fit, disk_ns = 4 * values["ram"] / working, LATENCIES[_DISKS[values["disk"]]].ns
        use = min(_USES, key=lambda use: abs(math.log(_mean(use, fit, disk_ns) / y)))
        return {"working": working, "use": use}


def _title(working: int, gib: int, mean: float) -> str:
    what = f"{working} GiB in use, {gib} GiB of RAM"
    if mean == _RAM_NS:
        return f"{what}: every access takes {duration(mean)}"
    slower = mean / _RAM_NS
    return f"{what}: {f'{slower:,.0f}' if slower > 20 else f'{slower:.1f}'} times slower"


@lru_cache(maxsize=4)
def _curve(use: str) -> tuple[float, ...]:
    """Give the share of accesses that miss, by how many of the pages fit, under LRU."""
    string = _STRINGS[use]()
    # from the middle on: before, pages come in for the first time
    _, whole = miss_ratio_curve(string)
    _, half = miss_ratio_curve(string[: _ACCESSES // 2])
    return (1.0, *(2 * whole - half).tolist())


def _share(use: str, fit: float) -> float:
    """Give the share of accesses that go to disk if `fit` of the working set fits into RAM."""
    if fit >= 1:
        return 0.0
    if use == _ALIKE:
        return 1 - fit  # whichever pages are in: the share that fits is the share that is found
    return float(np.interp(fit * _PAGES, range(_PAGES + 1), _curve(use)))


@lru_cache(maxsize=4096)
def _mean(use: str, fit: float, disk_ns: float) -> float:
    share = _share(use, fit)
    return (1 - share) * _RAM_NS + share * disk_ns
