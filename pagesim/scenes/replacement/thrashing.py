"""Thrashing: one process more than fits, and everybody waits for the disk."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...costs import LATENCIES
from ...draw import Boxes, Curve, Label, Point, curve_axes, note
from ...draw.style import DISK, FRAME, INK, MUTED, VIRTUAL
from ...reuse import lru_hits
from ...traces import PageTrace
from ...units import count
from ..base import Choice, Controls, Finding, Plot, Sheet, Slider, Table, Toggle
from ..programs import Programs
from .crowd import TOUCHES, Work, done, work

_MOST = 24
_DISKS = {"NVMe disk": "major fault", "hard disk": "hard disk"}
_LEFT, _FOOT, _TALL, _WIDE = 7.1, 0.75, 2.6, 0.9
_HIGH = 1120
_HARDLY = 0.01  # of the accesses that are no first touch


class Thrashing(Plot):
    """Add processes to a machine until their working sets no longer fit together.

    Parameters
    ----------
    trace : PageTrace or str, optional
        A program of the learner's, or its name, which all processes run. A request is 100 of its
        page changes; what they fault is read off its curve for LRU, first touches left out.
    """

    size = (9, 4.2)
    controls = Controls(
        processes=Slider("processes", 1, _MOST, 14),
        pages=Slider("working set of each", 2, 20, 10, lambda n: f"{10 * n} pages"),
        ram=Slider("RAM", 4, 24, 12, lambda n: f"{100 * n:,} frames"),
        disk=Choice("where pages go", tuple(_DISKS), "NVMe disk"),
        admit=Toggle("let in only as many as fit", False),
    )

    def __init__(self, trace: PageTrace | str | None = None) -> None:
        self.own = None if trace is None else _Own(Programs(trace, ("sqlite",)).own)
        controls = dict(self.controls)
        if self.own is not None:
            unit = self.own.unit
            del controls["pages"]
            controls["ram"] = Slider("RAM", 4, 24, 12, lambda n: count(unit * n, "frame"))
        super().__init__(controls)

    def draw(self, sheet: Sheet) -> None:
        """Draw the axes and the outline of RAM; curve, point and working sets move."""
        self.axes = axes = curve_axes(sheet, right=2.6, left=0.9)
        axes.set(xlim=(0, _MOST + 0.6), ylim=(0, _HIGH))
        axes.set_xticks(range(0, _MOST + 1, 4))
        axes.set_yticks(range(0, 1001, 250), ["0", "250", "500", "750", "1,000"])
        axes.set_xlabel("processes")
        axes.set_ylabel("requests done in a second")
        self.other = Curve(axes, "--", width=1.3, zorder=3)
        self.line = Curve(axes, "-", VIRTUAL.line, 2.6, marker="o", ms=4, zorder=4)
        self.edge = Curve(axes, "-", FRAME.line, 2, zorder=2)
        self.fits = Label(axes, 0, 1085, size=9, color=MUTED)
        self.dashed = Label(axes, _MOST + 0.4, 0, size=9, color=MUTED, align="right")
        self.point = Point(axes, VIRTUAL.fill, size=12, guides="")
        self.sets = Boxes(sheet, face=VIRTUAL.fill, edge=VIRTUAL.line, zorder=3)
        self.out = Boxes(sheet, face=DISK.fill, edge=DISK.line, linestyle=":", zorder=3)
        self.frames = Boxes(sheet, line=2.4, face="none", edge=FRAME.line, zorder=4)
        self.roof = Label(sheet, _LEFT + _WIDE + 0.1, 0, "RAM ends", size=9)
        self.beyond = Label(sheet, _LEFT + _WIDE + 0.1, 0, size=9)
        note(sheet, _LEFT - 0.25, 3.62, "working sets, stacked", size=9.5, color=INK)
        self.cpu = Label(sheet, _LEFT - 0.25, 0.5, size=9.5)
        self.busy = Label(sheet, _LEFT - 0.25, 0.27, size=9.5)

    def update(
        self, *, processes: int, ram: int, disk: str, admit: bool, pages: int = 0
    ) -> Finding:
        """Move the curve, the point and the stack of working sets."""
        each, frames = 10 * pages, 100 * ram
        if self.own is not None:
            each, frames = self.own.needs, self.own.unit * ram
        counts = range(1, processes + 1)
        both = {
            limited: [self._done(n, each, frames, disk, limited).rate for n in counts]
            for limited in (True, False)
        }
        self.line.set_data(counts, both[admit])
        self.other.set_data(counts, both[not admit])
        now = self._done(processes, each, frames, disk, admit)
        self.point.put(processes, now.rate)
        fit = frames // each
        shown = min(fit, _MOST)
        over = processes > fit
        self.edge.set_data(*([shown + 0.5] * 2, [0, 1045]) if over else ([], []))
        left = shown < 14
        self.fits.x = shown + 0.5 if left else shown + 0.3
        self.fits.align = "left" if left else "right"
        self.fits.text = f"{fit} fit into RAM" if over else ""
        end = both[not admit][-1]
        self.dashed.x = processes + 0.4
        self.dashed.y = end + 60 if admit else end - 45
        self.dashed.text = "if all run" if admit else "if only as many run as fit"
        if processes < fit + 7:  # both lines are the same, or nearly so
            self.dashed.text = ""
        running = max(min(processes, fit), 1) if admit else processes
        self._stack(running, each, frames)
        cpu, busy = f"{100 * now.cpu:.0f} %", f"{100 * now.disk:.0f} %"
        self.cpu.text, self.busy.text = f"processor busy {cpu}", f"disk busy {busy}"
        best = max(both[False])
        at = both[False].index(best) + 1
        return Finding(
            _title(processes, fit, running, now.rate, best, at),
            f"{count(processes, 'process', 'processes')} of {count(each, 'page')} in "
            f"{count(frames, 'frame')}, {running} running: {now.faults:.3g} faults in a request, "
            f"{_requests(now.rate)} a second; processor busy {cpu}, {disk} {busy}."
            f"{self.own.told if self.own else ''}",
        )

    def tabulate(
        self, *, processes: int, ram: int, disk: str, pages: int = 0, **_: Any
    ) -> list[Table]:
        """List what the machine gets done, as far as the curves go."""
        each, frames, rows = 10 * pages, 100 * ram, []
        if self.own is not None:
            each, frames = self.own.needs, self.own.unit * ram
        for n in range(1, processes + 1):
            everybody, fewer = (self._done(n, each, frames, disk, fit) for fit in (False, True))
            busy = (f"{100 * everybody.cpu:.0f} %", f"{100 * everybody.disk:.0f} %")
            rows.append((str(n), f"{everybody.rate:.0f}", *busy, f"{fewer.rate:.0f}"))
        heads = ("processes", "if all run", "processor busy", "disk busy", "if only those that fit")
        fit = frames // each
        fits = f"; {fit} fit into RAM" if processes > fit else ""
        return [Table(f"Requests done in a second{fits}", heads, rows)]

    def hit_data(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to a number of processes."""
        return {"processes": max(1, min(_MOST, round(x)))}

    def _done(self, processes: int, each: int, frames: int, disk: str, admit: bool) -> Work:
        running = max(min(processes, frames // each), 1) if admit else processes
        fault_ms = LATENCIES[_DISKS[disk]].ns / 1e6
        if self.own is not None:  # an equal part of RAM for everybody
            return done(running, self.own.faults(frames // running), fault_ms)
        return work(running, each, frames, fault_ms)

    def _stack(self, running: int, each: int, frames: int) -> None:
        """Stack the working sets; what lies above RAM's edge is out."""
        wanted = running * each
        unit = _TALL / max(wanted, frames)
        sets, out = [], []
        for n in range(running):
            low, high = n * each, (n + 1) * each
            if low < frames:
                sets.append((_LEFT, _FOOT + low * unit, _WIDE, (min(high, frames) - low) * unit))
            if high > frames:
                start = max(low, frames)
                out.append((_LEFT, _FOOT + start * unit, _WIDE, (high - start) * unit))
        self.sets.put(sets)
        self.out.put(out)
        self.frames.put([(_LEFT - 0.06, _FOOT, _WIDE + 0.12, frames * unit)])
        self.roof.y = _FOOT + frames * unit - 0.1
        self.beyond.y = max(_FOOT + (wanted + frames) * unit / 2, self.roof.y + 0.2)
        self.beyond.text = "on the disk" if out else ""


class _Own:
    """The learner's program: what it faults in so many frames, and how many it needs."""

    def __init__(self, trace: PageTrace | None) -> None:
        assert trace is not None
        pages = trace.touched.size
        hits = lru_hits(trace.data.vpn, 1, pages)
        # the last hits of all: what misses even then is touched for the first time
        self._missed = (hits.sum() - np.cumsum(hits)) / max(len(trace.data) - pages, 1)
        self.needs = 1 + int(np.argmax(self._missed <= _HARDLY))
        self.unit = -(-pages // 4)  # of the slider of RAM
        self.told = (
            f" All run {trace.name}; its working set is what leaves at most 1 in 100 of its "
            f"{trace.unit} to fault again."
        )

    def faults(self, frames: int) -> float:
        """How many of a request's page changes fault in so many frames."""
        return TOUCHES * float(self._missed[min(max(frames, 1), self._missed.size) - 1])


def _requests(rate: float) -> str:
    return count(round(rate), "request")


def _title(processes: int, fit: int, running: int, rate: float, best: float, at: int) -> str:
    if running < processes:
        return f"{processes} processes, {running} at a time: {_requests(rate)} a second"
    if processes <= fit:
        left = "they fit" if processes > 1 else "it fits"
        return f"{count(processes, 'process', 'processes')}, {left}: {rate:.0f} a second"
    if rate < 0.9 * best:
        return f"{processes} processes do {_requests(rate)} a second, {at} would do {best:.0f}"
    return f"{processes} processes, one too many for RAM: still {rate:.0f} a second"
