"""How much should one entry cover? From a byte to a gibibyte: the map shrinks, and waste comes."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from ...costs import linear_table_bytes
from ...draw import Boxes, Curve, Label, Marks, note
from ...draw.curves import Point, binary_axis, curve_axes
from ...draw.style import INK, MUTED, PAPER, RULE, TABLE, VIRTUAL
from ...units import binary, count, percent, power_of_two
from ..base import Choice, Controls, Finding, Plot, Sheet, Slider, Table

_VA_BITS, _ENTRY = 32, 4  # the machine: 4 GiB of addresses, 4 bytes an entry
_LARGEST = 30  # log2 of the largest piece
_BAR = (0.95, 4.06, 5.0, 0.24)  # inches: left, bottom, width, height of the strip

# Bytes that a program asks for, region by region.
_PROGRAMS: dict[str, tuple[int, ...]] = {
    "a note of 200 bytes": (200,),
    "a shell (8 regions)": (901_233, 214_507, 47_112, 139_296, 1_871_433, 29_805, 8_333, 132_071),
    "a web server (62 regions)": (
        20_312_977,
        41_002_311,
        *(4_700_001 // (1 + i % 7) + 1_237 * i for i in range(60)),
    ),
}


class Granularity(Plot):
    """Let one entry cover more and more bytes: when is the map small enough, and at what price?"""

    size = (7.6, 4.85)
    controls = Controls(
        piece=Slider("one entry covers", 0, _LARGEST, 12, power_of_two),
        program=Choice("program", tuple(_PROGRAMS), list(_PROGRAMS)[1]),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw the falling curve of the map; the rising one of the waste depends on the program."""
        left, bottom, wide, high = _BAR
        Boxes(sheet, [_BAR], edge=INK, line=1.2, moving=False, hatch="...", zorder=1)
        self.used = Boxes(sheet, face=VIRTUAL.fill, edge=VIRTUAL.line, line=1.2, zorder=2)
        note(sheet, left + wide + 0.12, bottom + high / 2, "memory handed out")
        self.words = (
            Label(sheet, left, bottom - 0.17, size=9),
            Label(sheet, left + wide, bottom - 0.17, size=9, align="right"),
        )
        self.axes = axes = curve_axes(sheet, right=1.65, top=1.25)
        binary_axis(axes, "x", (0, 6, 12, 18, 24, 30))
        binary_axis(axes, "y", (0, 10, 20, 30, 34))
        axes.set(xlim=(2.0**-0.7, 2.0**30.7), ylim=(2.0**-0.5, 2.0**36))
        axes.set(xlabel="bytes that one entry covers", ylabel="bytes")
        shifts = range(_LARGEST + 1)
        axes.plot([2.0**s for s in shifts], [_table(s) for s in shifts], color=TABLE.line, lw=2.2)
        name: dict[str, Any] = {"size": 10, "weight": "bold"}
        note(axes, 2.0**31.2, _table(_LARGEST), "the table", color=INK, **name)
        self.waste = Curve(axes, "--", width=1.8)
        self.end = Marks(axes, "x", 9, mew=2.4)
        self.name = Label(axes, 0, 0, "wasted", **name)
        self.guide = Curve(axes, (0, (1, 2)), MUTED, 1)
        self.point = Point(axes, TABLE.fill, guides="")
        self.lost = Point(axes, RULE, "s", guides="")

    def update(self, *, piece: int, program: str) -> Finding:
        """Move both points, and show how much of what was handed out is used."""
        table, asked = _table(piece), sum(_PROGRAMS[program])
        curve = [(2.0**s, _wasted(program, s)) for s in range(_LARGEST + 1)]
        shown = [(x, y) for x, y in curve if y]
        self.waste.set_data(*zip(*shown, strict=True))
        x, y = shown[-1]
        self.name.x, self.name.y = 2.0**31.2 if x > 2.0**29.5 else x * 2.2, y
        self.end.put(*[(x, y)] * (x < 2.0**_LARGEST))
        wasted = _wasted(program, piece)
        self.point.put(2.0**piece, table)
        if wasted:
            self.lost.put(2.0**piece, wasted)
        else:
            self.lost.clear()
        self.guide.set_data([2.0**piece] * 2, [2.0**-0.5, 2.0**36])
        self._bar(asked, wasted)
        pieces = count(_pieces(program, piece), "piece")
        share = "" if wasted is None else f" {percent(asked / (asked + wasted))} of it is used."
        title = _title(piece, table, wasted)
        return Finding(title, f"For {program}, {binary(asked)}: {pieces}.{share}")

    def tabulate(self, *, piece: int, program: str) -> list[Table]:
        """List the table and the waste along their curves."""
        rows = []
        for shift in sorted({*range(0, _LARGEST + 1, 3), piece}):
            wasted = _wasted(program, shift)
            lost = "too few pieces" if wasted is None else binary(wasted)
            rows.append((power_of_two(shift), binary(_table(shift)), lost))
        return [Table(f"For {program}", ("one entry covers", "the table", "wasted"), rows)]

    def _bar(self, asked: int, wasted: int | None) -> None:
        left, bottom, width, height = _BAR
        used, lost = self.words
        if wasted is None:
            self.used.put([_BAR], PAPER)
            used.text, lost.text = "none: there are not enough pieces", ""
            return
        self.used.put([(left, bottom, width * asked / (asked + wasted), height)], VIRTUAL.fill)
        used.text, lost.text = f"used: {binary(asked)}", f"wasted: {binary(wasted)}"

    def hit_data(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Choose the piece that was clicked."""
        return {"piece": min(max(round(math.log2(x)), 0), _LARGEST)}


def _title(piece: int, table: int, wasted: int | None) -> str:
    start = f"One entry for {power_of_two(piece)}" if piece else "One entry for each byte"
    start = f"{start}: {binary(table)} of table"
    if wasted is None:
        return f"{start}, and too few pieces to go round"
    return f"{start}, {binary(wasted) if wasted else 'nothing'} wasted"


def _table(piece: int) -> int:
    return linear_table_bytes(_VA_BITS, piece, _ENTRY)


def _pieces(program: str, piece: int) -> int:
    """Count the pieces that a program needs: each region begins with a fresh one."""
    return sum(-(-length >> piece) for length in _PROGRAMS[program])


@lru_cache(maxsize=128)
def _wasted(program: str, piece: int) -> int | None:
    """Give the bytes handed out and not asked for; None if there are not enough pieces."""
    pieces = _pieces(program, piece)
    if pieces > 1 << (_VA_BITS - piece):
        return None
    return (pieces << piece) - sum(_PROGRAMS[program])
