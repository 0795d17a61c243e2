"""What switching costs a TLB: flushes, ASIDs that make them needless, and the shootdown."""

from __future__ import annotations

from typing import Any

from ...draw import Boxes, Curve, Grid, Label, note
from ...draw.curves import Point, count_axis, curve_axes, legend
from ...draw.hits import nearest
from ...draw.style import INK, PAPER, TLB, VIRTUAL
from ...traces import PageTrace
from ...units import count, duration, times
from ..base import Choice, Controls, Finding, Plot, Sheet, Slider, Table, Toggle
from ..programs import Programs
from .time_sharing import EACH, QUANTA, misses

_PROCESSES = (1, 2, 4, 8)
_SWITCH, _KEEP = "flushed at each switch", "entries carry an ASID"
_WORDS = {True: "with ASIDs", False: "when flushed"}
# A shootdown, in ns: its base and what each receiver adds. Grade C (unseel.com/cs/tlb-shootdown);
# sources disagree, up to about 100 µs for 64 cores.
_BASE_NS, _EACH_NS = 1000, 200
_CORES, _SIDE, _LEFT = 64, 0.23, 6.68
_GRID = Grid(_LEFT, 3.18, 0.26, 0.26, 8, 8)
_LOW, _HIGH = 60.0, 600_000.0


class Switching(Plot):
    """Let processes take turns on one core, then take a page away from all cores.

    Parameters
    ----------
    trace : PageTrace or str, optional
        What the processes run instead of sqlite, or its name: its first 300,000 page changes. All
        is worked out here, beforehand: some seconds.
    """

    size = (9, 4.4)
    controls = Controls(
        processes=Slider("processes", 0, len(_PROCESSES) - 1, 2, lambda n: f"{_PROCESSES[n]}"),
        quantum=Slider("accesses in a turn", 0, len(QUANTA) - 1, 3, lambda n: f"{QUANTA[n]:,}"),
        asids=Toggle("entries carry an ASID", False),
        cores=Slider("cores that run it", 1, _CORES, 16),
    )

    def __init__(self, trace: PageTrace | str | None = None) -> None:
        self.programs = Programs(trace, ("sqlite",))
        controls, self.ends = dict(self.controls), (_LOW, _HIGH)
        if self.programs.own is not None:
            program = Choice("program", self.programs.names, self.programs.first)
            controls = {"program": program, **controls}
            found = [
                count for many in _PROCESSES for kept in (True, False)
                for count in self._curve(self.programs.first, many, kept)
            ]  # fmt: skip
            self.ends = min(_LOW, min(found) / 2), max(_HIGH, 12 * max(found))
        super().__init__(controls)

    def draw(self, sheet: Sheet) -> None:
        """Draw the axes, and the cores as squares beside them."""
        self.axes = axes = curve_axes(sheet, left=1.05, right=2.85, bottom=0.75)
        count_axis(axes, "x", QUANTA)
        count_axis(axes, "y", [10**n for n in range(7) if self.ends[0] <= 10**n <= self.ends[1]])
        axes.set(xlim=(220, 140_000), ylim=self.ends)
        unit = self.programs.own.unit if self.programs.own else "data accesses"
        axes.set(xlabel=f"{unit} in a turn", ylabel="TLB misses")
        self.flushed = Curve(axes, "--", marker="s", ms=4.5)
        self.kept = Curve(axes, "-", VIRTUAL.line, 1.8, marker="o", ms=4.5)
        self.point = Point(axes, TLB.fill, size=12)
        # both curves fall: this corner is free
        legend(sheet, 3.55, 3.62, (("--", INK, _SWITCH), ("-", VIRTUAL.line, _KEEP)))
        self.cores = Boxes(sheet, line=0.9, edge=INK)
        self.first = Boxes(sheet, line=2.4, face="none", edge=INK, zorder=4)
        note(sheet, _LEFT, 3.62, "one page is unmapped:", size=10.5, weight="bold", color=INK)
        self.said = Label(sheet, _LEFT, 3.38, size=9.5)
        self.price = Label(sheet, _LEFT, 0.78, size=10.5, weight="bold")
        note(sheet, _LEFT, 0.55, "grade C; sources disagree")

    def update(
        self, *, processes: int, quantum: int, asids: bool, cores: int, program: str = "sqlite"
    ) -> Finding:
        """Move both curves, the point, and the interrupted cores."""
        many, turn = _PROCESSES[processes], QUANTA[quantum]
        curves = {kept: self._curve(program, many, kept) for kept in (True, False)}
        self.kept.set_data(QUANTA, curves[True])
        self.flushed.set_data(QUANTA, curves[False])
        here = curves[asids][quantum]
        self.point.put(turn, here)
        boxes = [(x, y, _SIDE, _SIDE) for x, y, _, _ in _GRID.boxes()]
        self.cores.put(boxes, [TLB.fill if n < cores else PAPER for n in range(_CORES)])
        self.first.put(boxes[:1])
        others = cores - 1
        price = f"about {duration(_BASE_NS + _EACH_NS * others)}"
        self.said.text = (
            f"{count(others, 'core')} interrupted" if others else "no other core has it"
        )
        self.price.text = price if others else "one instruction"
        return Finding(
            _title(many, asids, curves[False][quantum] / curves[True][quantum]),
            f"{count(here, 'miss', 'misses')} {_WORDS[asids]}, "
            f"{curves[not asids][quantum]:,} {_WORDS[not asids]}, "
            f"in turns of {turn:,}{self._told(program)}. To unmap a page on "
            f"{count(cores, 'core')} interrupts {others}: "
            f"{price if others else 'nothing but an INVLPG'}.",
        )

    def tabulate(self, *, processes: int, program: str = "sqlite", **_: Any) -> list[Table]:
        """List the misses for every length of a turn."""
        many = _PROCESSES[processes]
        curves = [self._curve(program, many, kept) for kept in (False, True)]
        rows = [
            (f"{turn:,}", *(f"{each[n]:,}" for each in curves)) for n, turn in enumerate(QUANTA)
        ]
        caption = f"TLB misses of {count(many, 'process', 'processes')}"
        return [Table(caption, ("accesses in a turn", _SWITCH, _KEEP), rows)]

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to a turn on the nearer curve, or choose the last core that runs the process."""
        core = _GRID.at(x, y)
        return super().hit(x, y, **values) if core is None else {"cores": core + 1}

    def hit_data(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the nearest turn, on the nearer curve."""
        near, many = nearest(QUANTA, x), _PROCESSES[values["processes"]]
        program = values.get("program", "sqlite")
        curves = [self._curve(program, many, kept)[near] for kept in (False, True)]
        return {"quantum": near, "asids": nearest(curves, y) == 1}

    def _curve(self, program: str, many: int, kept: bool) -> list[int]:
        return [misses(many, quantum, kept, self.programs[program]) for quantum in QUANTA]

    def _told(self, program: str) -> str:
        """Name the program and its length, where there are two."""
        if self.programs.own is None:
            return ""
        trace = self.programs[program]
        return f"; each runs {min(EACH, trace.counted):,} {trace.unit} of {program}"


def _title(many: int, asids: bool, ratio: float) -> str:
    if many == 1:
        return "One process never leaves: nothing to flush"
    if asids:
        return f"{many} processes with ASIDs: flushing would miss {times(ratio, 'as often')}"
    return f"{many} processes, flushed: {times(ratio, 'as many misses as with ASIDs')}"
