"""Memory before paging: processes in one piece each, two registers, and the holes that are left."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from ...draw import Arrows, Boxes, Crosses, Curve, Labels, Marks, hit_box, note
from ...draw.style import DISK, FRAME, INK, MUTED, PAPER, VIRTUAL
from ...segments import FITS, BaseBounds, FreeList, Hole, OutOfBounds
from ...units import count
from ..base import Choice, Controls, Finding, Hidden, Scene, Sheet, Slider, Table, Toggle
from .busy_day import DAY, MEMORY, event, memory_after

_KIB = 1024
_LEFT, _WIDE = 0.14, 8.7  # of the strip of memory, in inches
_PER_KIB = _WIDE / MEMORY
_STRIP, _HIGH = 1.62, 0.52  # bottom and height of the strip
_BARS = (0.92, 0.54, 0.16)  # bottoms of the three bars: all holes, the largest, what is asked for
_BAR = 0.24
_PIPE, _CHIP = 2.74, 0.36  # bottom and height of the boxes that show one translation
_CHIPS = ((0.14, 1.55), (2.35, 2.0), (5.0, 1.85), (7.24, 1.6))  # left edges and widths


class BeforePaging(Scene):
    """Let processes come and go: when does free memory stop being usable memory?"""

    size = (9, 3.7)
    play = "step"
    clickable = True
    controls = Controls(
        step=Slider("step of the day", 0, len(DAY), len(DAY)),
        request=Slider("the next one needs", 1, 32, 12, words=lambda kib: f"{kib} KiB"),
        fit=Choice("which hole", tuple(f"{fit} fit" for fit in FITS), "first fit"),
        compact=Toggle("push all together first", False),
        running=Slider("who runs", 1, 9, 3),
        va=Slider("address it uses", 0, 14 * _KIB, 3000),
        moved=Hidden(""),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw the strip of memory, the bars to its scale, and the boxes of one translation."""
        Boxes(sheet, [(_LEFT, _STRIP, _WIDE, _HIGH)], line=2.4, edge=FRAME.line, moving=False)
        note(sheet, _x(0), _STRIP - 0.15, "0")
        for kib in (16, 32, 48, MEMORY):
            align = "right" if kib == MEMORY else "center"
            note(sheet, _x(kib), _STRIP - 0.15, f"{kib} KiB", align=align)
        self.holes = Boxes(sheet, edge=DISK.line, zorder=2)
        self.pieces = Boxes(sheet, face=FRAME.fill, edge=FRAME.line, line=1.6, hatch="//", zorder=3)
        self.plates = Boxes(sheet, face=FRAME.fill, edge="none", line=0, zorder=4)
        self.lit = Boxes(sheet, face="none", edge=INK, line=2.6, zorder=4)
        self.ghost = Boxes(sheet, face=VIRTUAL.fill, edge=VIRTUAL.line, line=1.6, zorder=3)
        self.bars = Boxes(sheet, zorder=2, line=1.0)
        self.limit = Curve(sheet, (0, (2, 2)), width=1.0)
        self.names = Labels(sheet, 16, align="center", weight="bold", size=10)
        self.notes = Labels(sheet, 6, size=10)
        boxes = [(left, _PIPE, wide, _CHIP) for left, wide in _CHIPS]
        Boxes(sheet, boxes[:1], face=VIRTUAL.fill, edge=VIRTUAL.line, line=1.4, moving=False)
        Boxes(sheet, boxes[1:3], edge=INK, line=1.4, moving=False)
        self.arrows = Arrows(sheet, width=1.4, size=6)
        self.arrived = Boxes(sheet, face=FRAME.fill, edge=FRAME.line, line=2.4, zorder=3)
        self.chips = Labels(sheet, 4, size=10.5, align="center")
        self.cross = Crosses(sheet)
        self.pointer = Marks(sheet, "v", 10, zorder=6)
        self.drop = Curve(sheet, color=FRAME.line, width=1.4, zorder=1)

    # -- controls ----------------------------------------------------------------------------------

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Let only a process that is there run; the title follows what was moved."""
        moved = "address" if changed in ("running", "va") else ""
        values = super().settle(changed, values)
        return values if changed == "moved" else {**values, "moved": moved}

    def limits(self, values: Any) -> dict[str, tuple[int, int]]:
        """Give the range of who can run: the processes that are there."""
        there = len(memory_after(values["step"], values["fit"], values["compact"])[1])
        return {"running": (1, max(1, there))}

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Run the process that was clicked, or ask for as much as the hole that was clicked has."""
        free, pieces, _ = memory_after(values["step"], values["fit"], values["compact"])
        piece = hit_box((_box(start, size) for _, start, size in pieces), x, y)
        if piece is not None:
            return {"running": piece + 1}
        hole = hit_box((_box(hole.start, hole.size) for hole in free.holes), x, y)
        return {} if hole is None else {"request": min(free.holes[hole].size, 32)}

    # -- the picture -------------------------------------------------------------------------------

    def update(
        self,
        *,
        step: int,
        request: int,
        fit: str,
        compact: bool,
        running: int,
        va: int,
        moved: str,
    ) -> Finding:
        """Lay out memory, measure the holes, and translate one address."""
        free, pieces, copied = memory_after(step, fit, compact)
        middle = _STRIP + _HIGH / 2
        self.names.clear()
        self.holes.put([_box(hole.start, hole.size) for hole in free.holes])
        self.pieces.put([_box(start, size) for _, start, size in pieces])
        centres = [_x(start + size / 2) for _, start, size in pieces]
        self.plates.put([(x - 0.1, middle - 0.1, 0.2, 0.2) for x in centres])
        for x, (name, _, _) in zip(centres, pieces, strict=True):
            self.names.put(x, middle, name)
        hole = free.find(request)
        self.ghost.put([] if hole is None else [_box(hole.start, request)])
        if hole is not None and request > 2:
            self.names.put(_x(hole.start + request / 2), middle, "?")
        self._measure(free, request)
        translated = self._translate(pieces, running, va)
        title = _title(free, hole, request)
        after = f" after copying {copied} KiB" if compact else ""
        return Finding(
            translated if moved and pieces else title,
            whole=f"Step {step}{event(step)}, {fit}{after}: {free.free_bytes} KiB free in "
            f"{count(len(free.holes), 'hole')}, the largest {free.largest_hole} KiB. {title}. "
            f"{translated}.",
        )

    def tabulate(self, *, step: int, fit: str, compact: bool, **_: Any) -> list[Table]:
        """List what lies in memory, from its beginning."""
        free, pieces, _copied = memory_after(step, fit, compact)
        parts = [(start, size, name) for name, start, size in pieces]
        parts += [(hole.start, hole.size, "a hole") for hole in free.holes]
        rows = [(name, f"{start} KiB", f"{size} KiB") for start, size, name in sorted(parts)]
        return [Table(f"Memory after step {step}", ("who", "from", "size"), rows)]

    def _measure(self, free: FreeList, request: int) -> None:
        """Draw all holes side by side, the largest alone, and what is asked for: to one scale."""
        boxes, at = [], 0
        for hole in free.holes:
            boxes.append((_x(at), _BARS[0], hole.size * _PER_KIB, _BAR))
            at += hole.size
        faces = [PAPER] * len(boxes)
        boxes.append((_LEFT, _BARS[1], free.largest_hole * _PER_KIB, _BAR))
        boxes.append((_LEFT, _BARS[2], request * _PER_KIB, _BAR))
        edges = [DISK.line] * (len(faces) + 1) + [VIRTUAL.line]
        self.bars.put(boxes, [*faces, PAPER, VIRTUAL.fill], edges)
        limit = _x(request)
        self.limit.set_data([limit, limit], [_BARS[2], _BARS[0] + _BAR + 0.05])
        self.notes.clear()
        verdict = "which fits" if request <= free.largest_hole else "and no hole is that large"
        sizes = (free.free_bytes, free.largest_hole, request)
        words = (
            f"free in all: {sizes[0]} KiB",
            f"the largest hole: {sizes[1]} KiB",
            f"the next one: {request} KiB, {verdict}",
        )
        for bottom, word, kib in zip(_BARS, words, sizes, strict=True):
            # behind the bar and the dotted line, or within a bar that leaves no room
            behind = max(limit, _x(kib)) + 0.12
            x = behind if behind < 5.9 else limit + 0.12
            self.notes.put(x, bottom + _BAR / 2, word)

    def _translate(self, pieces: list[tuple[str, int, int]], running: int, va: int) -> str:
        """Show bounds and base applied to an address; return what comes of it, in words."""
        middle = _PIPE + _CHIP / 2
        centres = [left + wide / 2 for left, wide in _CHIPS]
        self.chips.clear()
        self.cross.put()
        self.pointer.put()
        self.drop.set_data([], [])
        for boxes in (self.arrived, self.lit):
            boxes.put([])
        if not pieces:
            self.arrows.put([])
            self.chips.put(centres[0], middle, "nobody runs", MUTED)
            return "Nobody runs yet"
        name, start, size = pieces[running - 1]
        self.lit.put([_box(start, size)])
        registers = BaseBounds(start * _KIB, size * _KIB)
        words = (
            f"{name} uses {va:,}",
            f"< bounds {registers.bounds:,}?",
            f"+ base {registers.base:,}",
        )
        for x, word in zip(centres, words, strict=False):
            self.chips.put(x, middle, word)
        ways = [
            [(left + wide, middle), (target - 0.05, middle)]
            for (left, wide), (target, _) in pairwise(_CHIPS)
        ]
        try:
            pa = registers.translate(va)
        except OutOfBounds:
            self.arrows.put(ways[:1])
            self.cross.put(((sum(_CHIPS[1]) + _CHIPS[2][0]) / 2, middle))
            self.chips.put(centres[3], middle, "fault", INK, "bold")
            return f"{name} uses {va:,}, not below its bounds {registers.bounds:,}: fault"
        self.arrows.put(ways)
        left, wide = _CHIPS[3]
        self.arrived.put([(left, _PIPE, wide, _CHIP)])
        self.chips.put(centres[3], middle, f"byte {pa:,}")
        x, turn = _x(pa / _KIB), _PIPE - 0.16
        self.drop.set_data([centres[3], centres[3], x, x], [_PIPE, turn, turn, _STRIP + _HIGH])
        self.pointer.put((x, _STRIP + _HIGH + 0.06))
        below = f"below {registers.bounds:,}, plus {registers.base:,} is byte {pa:,}"
        return f"{name} uses {va:,}: {below}"


def _title(free: FreeList, hole: Hole | None, request: int) -> str:
    if hole is not None:
        return f"{request} KiB fit: they go into a hole of {hole.size} KiB"
    if free.free_bytes >= request:
        return f"{free.free_bytes} KiB are free, and there is no room for {request}"
    return f"{request} KiB are not there: only {free.free_bytes} KiB are free"


def _x(kib: float) -> float:
    return _LEFT + kib * _PER_KIB


def _box(start: int, size: int) -> tuple[float, float, float, float]:
    return _x(start), _STRIP, size * _PER_KIB, _HIGH
