"""Thrashing: one process more than fits, and everybody waits for the disk."""

from __future__ import annotations

from typing import Any

from ...costs import LATENCIES
from ...draw import Boxes, Curve, Label, Point, curve_axes, note
from ...draw.style import DISK, FRAME, INK, MUTED, VIRTUAL
from ...units import count
from ..base import Choice, Controls, Finding, Plot, Sheet, Slider, Toggle
from .crowd import Work, work

_MOST = 24
_DISKS = {"NVMe disk": "major fault", "hard disk": "hard disk"}
_LEFT, _FOOT, _TALL, _WIDE = 7.1, 0.75, 2.6, 0.9
_HIGH = 1120


class Thrashing(Plot):
    """Add processes to a machine until their working sets no longer fit together."""

    size = (9, 4.2)
    controls = Controls(
        processes=Slider("processes", 1, _MOST, 14),
        pages=Slider("working set of each", 2, 20, 10, lambda n: f"{10 * n} pages"),
        ram=Slider("RAM", 4, 24, 12, lambda n: f"{100 * n:,} frames"),
        disk=Choice("where pages go", tuple(_DISKS), "NVMe disk"),
        admit=Toggle("let in only as many as fit", False),
    )

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

    def update(self, *, processes: int, pages: int, ram: int, disk: str, admit: bool) -> Finding:
        """Move the curve, the point and the stack of working sets."""
        each, frames = 10 * pages, 100 * ram
        counts = range(1, processes + 1)
        both = {
            limited: [_done(n, each, frames, disk, limited).rate for n in counts]
            for limited in (True, False)
        }
        self.line.set_data(counts, both[admit])
        self.other.set_data(counts, both[not admit])
        now = _done(processes, each, frames, disk, admit)
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
        running = min(processes, fit) if admit else processes
        self._stack(running, each, frames)
        cpu, busy = f"{100 * now.cpu:.0f} %", f"{100 * now.disk:.0f} %"
        self.cpu.text, self.busy.text = f"processor busy {cpu}", f"disk busy {busy}"
        best = max(both[False])
        at = both[False].index(best) + 1
        return Finding(
            _title(processes, fit, running, now.rate, best, at),
            f"{count(processes, 'process', 'processes')} of {each} pages in {frames:,} frames, "
            f"{running} running: {now.faults:.3g} faults in a request, {_requests(now.rate)} a "
            f"second; processor busy {cpu}, {disk} {busy}.",
        )

    def hit_data(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to a number of processes."""
        return {"processes": max(1, min(_MOST, round(x)))}

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


def _done(processes: int, each: int, frames: int, disk: str, admit: bool) -> Work:
    running = min(processes, frames // each) if admit else processes
    return work(running, each, frames, LATENCIES[_DISKS[disk]].ns / 1e6)


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
