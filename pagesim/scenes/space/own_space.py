"""A real process drawn from its own maps: where its areas lie, and how little of it is there."""

from __future__ import annotations

from typing import Any

from ...draw import Boxes, Label, note
from ...draw.boxes import Box
from ...draw.style import FRAME, INK, PAPER, VIRTUAL
from ...host import OwnMaps
from ...host.areas import KINDS
from ...units import binary, count, percent
from ..base import Finding, Scene, Sheet, Slider, Table

_LEFT, _WIDE = 0.15, 8.7
_STRIP, _HIGH = 2.98, 0.42
_TOP, _PITCH, _BAR = 2.2, 0.2, 0.13
_BARS, _SPAN = 2.3, 3.4  # left edge of the bars, and the width of the longest
_HALF = 47  # log2 of the user's half of the address space
_THIN = 0.02  # inches that even a single page is drawn with


class OwnSpace(Scene):
    """Look at all areas of a process, at any magnification.

    Parameters
    ----------
    maps : OwnMaps
        What `host.own_maps` gave.

    Raises
    ------
    ValueError
        If it has no areas.
    """

    size = (9, 4.2)
    clickable = True

    def __init__(self, maps: OwnMaps) -> None:
        if not maps.areas:
            raise ValueError("maps has no areas to draw")
        own = [
            (area, kind)
            for area, kind in zip(maps.areas, maps.kinds, strict=True)
            if area.start < 1 << _HALF
        ]
        self._areas = own
        self._kinds = [kind for kind in KINDS if any(kind == of for _, of in own)]
        most = len(self._kinds) - 1
        start = self._kinds.index("heap") if "heap" in self._kinds else 0
        super().__init__(
            {
                "kind": Slider("kind to follow", 0, most, start, words=lambda n: self._kinds[n]),
                "window": Slider("window", 20, _HALF, _HALF, words=lambda n: binary(1 << n)),
            }
        )

    def draw(self, sheet: Sheet) -> None:
        """Draw the strip, and a pair of bars for each kind."""
        Boxes(sheet, [(_LEFT, _STRIP, _WIDE, _HIGH)], edge=INK, line=1.0, moving=False)
        self.strip = Boxes(sheet, face=VIRTUAL.fill, edge=VIRTUAL.line, line=0.8, zorder=2)
        self.lit = Boxes(sheet, face=VIRTUAL.fill, edge=INK, line=2.0, zorder=3)
        self.left = Label(sheet, _LEFT, _STRIP - 0.15, size=9, mono=True)
        self.right = Label(sheet, _LEFT + _WIDE, _STRIP - 0.15, size=9, mono=True, align="right")
        key = "outline: mapped, each doubling one step longer; filled: the share of it in memory"
        note(sheet, _BARS, _TOP + 0.3, key)
        note(sheet, 1.35, _TOP + 0.3, "areas", align="center")
        rows, faces = list[Box](), list[str]()
        for row, kind in enumerate(self._kinds):
            y = _TOP - row * _PITCH
            areas, mapped, resident = self._sums(kind)
            long = _length(mapped)
            note(sheet, _LEFT + 0.75, y, kind, size=10, color=INK, align="right")
            note(sheet, 1.35, y, f"{areas}", size=10, color=INK, align="center")
            for wide, face in ((long, PAPER), (long * resident / mapped, FRAME.fill)):
                rows.append((_BARS, y - _BAR / 2, wide, _BAR))
                faces.append(face)
            words = f"{binary(mapped << 10)}, {binary(resident << 10)} of it in memory"
            note(sheet, _BARS + long + 0.12, y, words, size=9.5, color=INK)
        Boxes(sheet, rows, face=faces, edge=VIRTUAL.line, line=1.1, moving=False)
        self.marker = Boxes(sheet, face="none", edge=INK, line=2.0, zorder=4)

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Follow the kind of the row that was clicked."""
        row = round((_TOP - y) / _PITCH)
        return {"kind": row} if 0 <= row < len(self._kinds) else {}

    def update(self, *, kind: int, window: int) -> Finding:
        """Magnify the strip around the first area of the kind."""
        name, span = self._kinds[kind], 1 << window
        low = self._low(name, window)
        boxes, lit, there = list[Box](), list[Box](), 0
        for area, of in self._areas:
            start, end = max(area.start, low), min(area.end, low + span)
            if start >= end:
                continue
            there += end - start
            wide = max((end - start) / span * _WIDE, _THIN)
            x = min(_LEFT + (start - low) / span * _WIDE, _LEFT + _WIDE - wide)
            (lit if of == name else boxes).append((x, _STRIP, wide, _HIGH))
        self.strip.put(boxes)
        self.lit.put(lit)
        self.left.text, self.right.text = f"{low:#x}", f"{low + span:#x}"
        self.marker.put([(_LEFT - 0.05, _TOP - kind * _PITCH - 0.1, 1.48, 0.2)])
        areas, mapped, resident = self._sums(name)
        inside = count(len(boxes) + len(lit), "area")
        where = f"{inside}, and" if window == _HALF else f"Around the first {name} area,"
        return Finding(
            f"{where} {_percent(there / span)} of {binary(span)} is mapped",
            f"{name} (black edge): {count(areas, 'area')}, {binary(mapped << 10)} mapped, "
            f"{binary(resident << 10)} in memory. The strip shows {binary(span)} around the first "
            f"of them, with {inside} in it.",
        )

    def tabulate(self, *, kind: int, window: int) -> list[Table]:
        """List the kinds of areas."""
        rows = [
            (name, str(areas), binary(mapped << 10), binary(resident << 10))
            for name in self._kinds
            for areas, mapped, resident in [self._sums(name)]
        ]
        low = self._low(self._kinds[kind], window)
        ends = [("the strip", f"{low:#x}", f"{low + (1 << window):#x}")]
        return [
            Table("The window", ("what", "from", "to"), ends),
            Table("Areas of this process", ("kind", "areas", "mapped", "in memory"), rows),
        ]

    def _low(self, kind: str, window: int) -> int:
        """Give the lower end of a window around the first area of a kind."""
        first, span = next(area for area, of in self._areas if of == kind), 1 << window
        return min(max(0, first.start - span // 2), (1 << _HALF) - span)

    def _sums(self, kind: str) -> tuple[int, int, int]:
        """Give the number of areas of a kind, their KiB mapped, and their KiB in memory."""
        own = [area for area, of in self._areas if of == kind]
        size = sum(area.end - area.start for area in own) >> 10
        return len(own), size, sum(area.rss for area in own)


def _length(kib: int) -> float:
    """Give a bar's length: each doubling adds the same."""
    return min(kib.bit_length(), 24) / 24 * _SPAN


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 else percent(share, 1)
