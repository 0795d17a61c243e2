"""What switching costs a TLB: flushes, ASIDs that make them needless, and the shootdown."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from ...draw import INK, MUTED, PAPER, TLB, VIRTUAL, Boxes, Label, curve_axes, paper, title
from ...units import duration
from ..base import Scene, Slider, Toggle, data_at
from .time_sharing import QUANTA, misses

_PROCESSES = (1, 2, 4, 8)
_SWITCH, _KEEP = "flushed at each switch", "entries carry an ASID"
_WORDS = {True: "with ASIDs", False: "when flushed"}
# A shootdown, in ns: its base and what each receiver adds. Grade C (unseel.com/cs/tlb-shootdown);
# sources disagree, up to about 100 µs for 64 cores.
_BASE_NS, _EACH_NS = 1000, 200
_CORES, _SIDE, _LEFT, _TOP = 64, 0.23, 6.68, 2.95
_LOW, _HIGH = 60.0, 600_000.0


class Switching(Scene):
    """Let processes take turns on one core, then take a page away from all cores."""

    size = (9, 4.4)
    clickable = True

    def __init__(self) -> None:
        turns = {"words": lambda n: f"{QUANTA[n]:,}"}
        many = {"words": lambda n: f"{_PROCESSES[n]}"}
        super().__init__(
            {
                "processes": Slider("processes", 0, len(_PROCESSES) - 1, 2, **many),
                "quantum": Slider("accesses in a turn", 0, len(QUANTA) - 1, 3, **turns),
                "asids": Toggle("entries carry an ASID", False),
                "cores": Slider("cores that run it", 1, _CORES, 16),
            }
        )

    def build(self, figure: Figure) -> None:
        """Draw the axes, and the cores as squares beside them."""
        sheet = paper(figure)
        self.title = title(sheet)
        self.axes = axes = curve_axes(figure, left=1.05, right=2.85, bottom=0.75)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.xaxis.set_major_locator(FixedLocator([float(q) for q in QUANTA]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axes.yaxis.set_major_locator(FixedLocator([100.0, 1e3, 1e4, 1e5]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_minor_locator(NullLocator())
        axes.set(xlim=(220, 140_000), ylim=(_LOW, _HIGH))
        axes.set_xlabel("data accesses in a turn")
        axes.set_ylabel("TLB misses")
        moving: dict[str, Any] = {"animated": True}
        (self.flushed,) = axes.plot([], [], "--", marker="s", ms=4.5, color=INK, lw=1.6, **moving)
        (self.kept,) = axes.plot([], [], marker="o", ms=4.5, color=VIRTUAL.line, lw=1.8, **moving)
        (self.guides,) = axes.plot([], [], color=INK, lw=0.8, ls=(0, (1, 2)), **moving)
        (self.point,) = axes.plot(
            [], [], "o", ms=12, mfc=TLB.fill, mec=INK, mew=2, zorder=6, **moving
        )
        for row, (line, color, name) in enumerate(
            (("--", INK, _SWITCH), ("-", VIRTUAL.line, _KEEP))
        ):
            y = 3.62 - 0.22 * row  # both curves fall: this corner is free
            sheet.plot([3.55, 3.9], [y, y], line, color=color, lw=1.6, zorder=4, **moving)
            Label(sheet, 3.98, y, name, size=9.5)
        self.cores = Boxes(sheet, line=0.9, edge=INK)
        self.first = Boxes(sheet, line=2.4, face="none", edge=INK, zorder=4)
        Label(sheet, _LEFT, 3.62, "one page is unmapped:", size=10.5, weight="bold", moving=False)
        self.said = Label(sheet, _LEFT, 3.38, size=9.5)
        self.price = Label(sheet, _LEFT, 0.78, size=10.5, weight="bold")
        Label(sheet, _LEFT, 0.55, "grade C; sources disagree", size=9, color=MUTED, moving=False)

    def update(self, *, processes: int, quantum: int, asids: bool, cores: int) -> str:
        """Move both curves, the point, and the interrupted cores."""
        many, turn = _PROCESSES[processes], QUANTA[quantum]
        curves = {kept: [misses(many, q, kept) for q in QUANTA] for kept in (True, False)}
        self.kept.set_data(QUANTA, curves[True])
        self.flushed.set_data(QUANTA, curves[False])
        here = curves[asids][quantum]
        self.point.set_data([turn], [here])
        self.guides.set_data([220, turn, turn], [here, here, _LOW])
        boxes = [(_LEFT + n % 8 * 0.26, _TOP - n // 8 * 0.26, _SIDE, _SIDE) for n in range(_CORES)]
        self.cores.put(boxes, [TLB.fill if n < cores else PAPER for n in range(_CORES)], INK)
        self.first.put(boxes[:1])
        others = cores - 1
        price = _BASE_NS + _EACH_NS * others if others else 0
        self.said.text = (
            f"{others} core{'s' if others > 1 else ''} interrupted"
            if others
            else "no other core has it"
        )
        self.price.text = f"about {duration(price)}" if others else "one instruction"
        self.title.text = finding = self._finding(many, asids, quantum, curves)
        run = f"{cores} core{'s' if cores > 1 else ''}"
        shot = f"about {duration(price)}" if others else "nothing but an INVLPG"
        return (
            f"{finding}. {here:,} misses {_WORDS[asids]}, {curves[not asids][quantum]:,} "
            f"{_WORDS[not asids]}, in turns of {turn:,}. To unmap a page on {run} "
            f"interrupts {others}: {shot}."
        )

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to a turn on the nearer curve, or choose the last core that runs the process."""
        here = data_at(self.axes, x, y)
        if here is not None:
            near = min(
                range(len(QUANTA)), key=lambda n: abs(math.log(here[0]) - math.log(QUANTA[n]))
            )
            many = _PROCESSES[values["processes"]]
            gap = {
                kept: abs(math.log(misses(many, QUANTA[near], kept) / here[1]))
                for kept in (True, False)
            }
            return {"quantum": near, "asids": gap[True] < gap[False]}
        column, row = int((x - _LEFT) / 0.26), int((_TOP + 0.26 - y) / 0.26)
        if x >= _LEFT and column < 8 and y <= _TOP + 0.26 and row < 8:
            return {"cores": row * 8 + column + 1}
        return {}

    def _finding(self, many: int, asids: bool, quantum: int, curves: dict[bool, list[int]]) -> str:
        if many == 1:
            return "One process never leaves: nothing to flush"
        times = curves[False][quantum] / curves[True][quantum]
        times_words = f"{times:.3g} times" if times < 100 else f"{times:.0f} times"
        if asids:
            return f"{many} processes with ASIDs: flushing would miss {times_words} as often"
        return f"{many} processes, flushed: {times_words} as many misses as with ASIDs"
