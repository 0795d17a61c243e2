"""A flat table of a real process, box by box: nearly all of it says that nothing is there."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from ...arch import X86_32, X86_64
from ...costs import linear_table_bytes
from ...draw import INK, MUTED, RULE, TABLE, Boxes, Label, paper, title
from ...units import binary
from ..base import Choice, Hidden, Scene, Slider
from . import processes

_COLUMNS, _ROWS, _BOXES = 64, 32, 11  # 2**11 boxes
_LEFT, _BASE, _WIDE, _HIGH = 0.12, 0.16, 6.4, 3.36  # inches: the grid
_PAGE_SHIFT, _STEPS = 12, 5  # bits of the offset; steps of the zoom
_LINES = 10  # of words beside the grid
_ENTRY = {32: X86_32.pte.bytes, 48: X86_64.pte.bytes}


class AlmostEmpty(Scene):
    """Zoom from the whole table to single entries: where is anything in use?"""

    size = (9, 4.0)
    play = "zoom"
    clickable = True

    def __init__(self) -> None:
        names = processes.names()
        super().__init__(
            {
                "bits": Choice("bits of an address", ("32", "48"), "48"),
                "process": Choice("process", names, names[0]),
                "place": Choice("around its", processes.PLACES, "libraries"),
                "zoom": Slider("zoom", 0, _STEPS, 0),
                "page": Hidden(processes.start_of(names[0], 48, "libraries")),
            }
        )

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Look at the chosen place, or name the place nearest to the page that was clicked."""
        process, bits = values["process"], int(values["bits"])
        starts = {place: processes.start_of(process, bits, place) for place in processes.PLACES}
        if changed in ("bits", "process", "place"):
            values = {**values, "page": starts[values["place"]]}
        if changed == "page":
            near = min(starts, key=lambda place: abs(starts[place] - values["page"]))
            values = {**values, "place": near}
        return values

    def build(self, figure: Figure) -> None:
        """Draw the grid, and lines of words beside it."""
        sheet = paper(figure)
        self.title = title(sheet)
        right, top = _LEFT + _WIDE, _BASE + _HIGH
        lines = [[(x, _BASE), (x, top)] for x in np.linspace(_LEFT, right, _COLUMNS + 1)]
        lines += [[(_LEFT, y), (right, y)] for y in np.linspace(_BASE, top, _ROWS + 1)]
        sheet.add_collection(LineCollection(lines, colors=RULE, linewidths=0.4), autolim=False)
        self.used = Boxes(sheet, face=TABLE.line, edge=RULE, line=0.4, zorder=2)
        self.here = Boxes(sheet, face="none", edge=INK, line=2.0, zorder=3)
        self.words = []
        y = _BASE + _HIGH - 0.1
        for line in range(_LINES):
            strong = line in (0, 4)
            y -= 0.14 if line in (4, 8) else 0.0
            self.words.append(
                Label(sheet, _LEFT + _WIDE + 0.2, y, size=10 if strong else 9,
                      weight="bold" if strong else "normal", color=INK if strong else MUTED)
            )  # fmt: skip
            y -= 0.25

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Zoom into the box that was clicked, at the first page that is present in it."""
        column, row = (x - _LEFT) / _WIDE * _COLUMNS, (_BASE + _HIGH - y) / _HIGH * _ROWS
        if not (0 <= column < _COLUMNS and 0 <= row < _ROWS):
            return {}
        bits, zoom = int(values["bits"]), values["zoom"]
        span = _span(bits, zoom)
        box = int(row) * _COLUMNS + int(column)
        first = (values["page"] >> span << span) + (box << span - _BOXES)
        pages = processes.present(values["process"], bits)
        at = int(np.searchsorted(pages, first))
        inside = at < len(pages) and pages[at] < first + (1 << span - _BOXES)
        page = int(pages[at]) if inside else first
        return {"page": page, "zoom": min(zoom + 1, _STEPS)}

    def update(self, *, bits: str, process: str, place: str, zoom: int, page: int) -> str:
        """Count the entries in use, box by box of the window that is shown."""
        width = int(bits)
        span = _span(width, zoom)
        start, box = page >> span << span, span - _BOXES
        pages = processes.present(process, width)
        inside = pages[(pages >= start) & (pages < start + (1 << span))]
        counts = np.bincount((inside - start) >> box, minlength=1 << _BOXES)
        self.used.put([_box(int(place)) for place in np.flatnonzero(counts)])
        at = page - start >> box
        self.here.put([_box(at)])
        self.title.text = finding = self._finding(len(inside), span, zoom == 0)
        table = linear_table_bytes(width, _PAGE_SHIFT, _ENTRY[width])
        boxes = int(np.count_nonzero(counts))
        each = "1 entry" if box == 0 else f"{1 << box:,} entries"
        for label, text in zip(
            self.words,
            (process, f"{len(pages):,} pages in memory",
             f"entries for them: {binary(len(pages) * _ENTRY[width])}",
             f"the flat table: {binary(table)}",
             f"zoom {zoom}", f"each box: {each}",
             f"= {binary(1 << box + _PAGE_SHIFT)} of addresses",
             f"{boxes} of 2,048 boxes in use",
             "pink: an entry in it is in use", "frame: where the zoom goes"),
            strict=True,
        ):  # fmt: skip
            label.text = text
        return (
            f"{finding}, in {boxes} of 2,048 boxes of {each}. {process} has {len(pages):,} pages "
            f"in memory; its flat table for {bits} bits takes {binary(table)}. The box in the "
            f"frame begins at {(start + (at << box)) << _PAGE_SHIFT:#x}, {place}."
        )

    def _finding(self, used: int, span: int, whole: bool) -> str:
        total = 1 << span
        if not used:
            return f"Not one of these {total:,} entries is in use"
        if used == total:
            return f"All of these {total:,} entries are in use"
        where = "" if whole else "Here "
        return f"{where}{used:,} of {total:,} entries are in use: {_one_in(total / used)}"


def _box(place: int) -> tuple[float, float, float, float]:
    row, column = divmod(place, _COLUMNS)
    wide, high = _WIDE / _COLUMNS, _HIGH / _ROWS
    return _LEFT + column * wide, _BASE + (_ROWS - 1 - row) * high, wide, high


def _span(bits: int, zoom: int) -> int:
    """Give how many bits of a page number are shown: all of them first, a box an entry at last."""
    whole = bits - _PAGE_SHIFT
    return round(whole - (whole - _BOXES) * zoom / _STEPS)


def _one_in(ratio: float) -> str:
    if ratio >= 1e6:
        return f"one in {ratio / 1e6:,.0f} million"
    return f"one in {ratio:,.0f}" if ratio >= 9.5 else f"{100 / ratio:.0f} %"
