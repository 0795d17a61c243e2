"""A flat table of a real process, box by box: nearly all of it says that nothing is there."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...arch import X86_32, X86_64
from ...costs import linear_table_bytes
from ...draw import Boxes, Grid, Label, Links
from ...draw.style import INK, MUTED, RULE, TABLE
from ...units import binary, count, power_of_two
from ..base import Choice, Finding, Hidden, Scene, Sheet, Slider, Table
from . import processes

_BOXES = 11  # 2**11 boxes
_GRID = Grid(0.12, 3.52, 0.1, 0.105, 64, 32)
_PAGE_SHIFT, _STEPS = 12, 5  # bits of the offset; steps of the zoom
_LINES = 10  # of words beside the grid
_MOST_ROWS = 40  # of the table of boxes
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

    def draw(self, sheet: Sheet) -> None:
        """Draw the grid, and lines of words beside it."""
        right, top = _GRID.left + _GRID.outline[2], _GRID.top
        Links(sheet, _GRID.lines(), color=RULE, width=0.4, moving=False, zorder=1)
        self.used = Boxes(sheet, face=TABLE.line, edge=RULE, line=0.4, zorder=2)
        self.here = Boxes(sheet, face="none", edge=INK, line=2.0, zorder=3)
        self.words = []
        y = top - 0.1
        for line in range(_LINES):
            y -= 0.14 if line in (4, 8) else 0.0
            look: dict[str, Any] = {"size": 9, "color": MUTED}
            if line in (0, 4):
                look = {"size": 10, "weight": "bold"}
            self.words.append(Label(sheet, right + 0.2, y, **look))
            y -= 0.25

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Zoom into the box that was clicked, at the first page that is present in it."""
        box = _GRID.at(x, y)
        if box is None:
            return {}
        bits, zoom = int(values["bits"]), values["zoom"]
        span = _span(bits, zoom)
        first = (values["page"] >> span << span) + (box << span - _BOXES)
        pages = processes.present(values["process"], bits)
        at = int(np.searchsorted(pages, first))
        inside = at < len(pages) and pages[at] < first + (1 << span - _BOXES)
        return {"page": int(pages[at]) if inside else first, "zoom": min(zoom + 1, _STEPS)}

    def update(self, *, bits: str, process: str, place: str, zoom: int, page: int) -> Finding:
        """Count the entries in use, box by box of the window that is shown."""
        width = int(bits)
        span = _span(width, zoom)
        start, box = page >> span << span, span - _BOXES
        pages = processes.present(process, width)
        inside = pages[(pages >= start) & (pages < start + (1 << span))]
        used = np.flatnonzero(np.bincount((inside - start) >> box, minlength=1 << _BOXES))
        self.used.put([_GRID.box(int(place)) for place in used])
        at = page - start >> box
        self.here.put([_GRID.box(at)])
        table = binary(linear_table_bytes(width, _PAGE_SHIFT, _ENTRY[width]))
        each = count(1 << box, "entry")
        for label, text in zip(
            self.words,
            (
                process,
                f"{len(pages):,} pages in memory",
                f"entries for them: {binary(len(pages) * _ENTRY[width])}",
                f"the flat table: {table}",
                f"zoom {zoom}",
                f"each box: {each}",
                f"= {power_of_two(box + _PAGE_SHIFT)} of addresses",
                f"{len(used)} of 2,048 boxes in use",
                "pink: an entry in it is in use",
                "black edge: where the zoom goes",
            ),
            strict=True,
        ):
            label.text = text
        return Finding(
            _title(len(inside), span, zoom == 0),
            f", in {len(used)} of 2,048 boxes of {each}. {process} has {len(pages):,} pages in "
            f"memory; its flat table for {bits} bits takes {table}. The box with the black edge "
            f"begins at {(start + (at << box)) << _PAGE_SHIFT:#x}, {place}.",
        )

    def tabulate(self, *, bits: str, process: str, zoom: int, page: int, **_: Any) -> list[Table]:
        """List the boxes in use with what is in them, if they are few, and else how many."""
        width = int(bits)
        span = _span(width, zoom)
        start, box = page >> span << span, span - _BOXES
        pages = processes.present(process, width)
        inside = pages[(pages >= start) & (pages < start + (1 << span))]
        boxes, counts = np.unique((inside - start) >> box, return_counts=True)
        found = zip(boxes.tolist(), counts.tolist(), strict=True)
        rows = [
            (f"{(start + (at << box)) << _PAGE_SHIFT:#x}", f"{used:,}", f"{1 << box:,}")
            for at, used in found
        ]
        caption = f"{process}, {bits} bits: the boxes in use, {len(rows)} of 2,048"
        if len(rows) > _MOST_ROWS:
            caption, rows = f"{caption}; the first {_MOST_ROWS} of them", rows[:_MOST_ROWS]
        sums = [
            ("pages in memory", f"{len(pages):,}"),
            ("entries for them", binary(len(pages) * _ENTRY[width])),
            ("the flat table", binary(linear_table_bytes(width, _PAGE_SHIFT, _ENTRY[width]))),
            (f"each box, at zoom {zoom}", count(1 << box, "entry")),
            ("which stand for", f"{power_of_two(box + _PAGE_SHIFT)} of addresses"),
        ]
        heads = ("address of the box", "entries in use", "entries")
        return [
            Table("Sizes", ("what", "how much"), sums),
            *([Table(caption, heads, rows)] if rows else []),
        ]


def _title(used: int, span: int, whole: bool) -> str:
    total = 1 << span
    if not used:
        return f"Not one of these {total:,} entries is in use"
    if used == total:
        return f"All of these {total:,} entries are in use"
    share = _one_in(total / used)
    return f"{'' if whole else 'Here '}{used:,} of {total:,} entries are in use: {share}"


def _span(bits: int, zoom: int) -> int:
    """Give how many bits of a page number are shown: all of them first, a box an entry at last."""
    whole = bits - _PAGE_SHIFT
    return round(whole - (whole - _BOXES) * zoom / _STEPS)


def _one_in(ratio: float) -> str:
    if ratio >= 1e6:
        return f"one in {ratio / 1e6:,.0f} million"
    return f"one in {ratio:,.0f}" if ratio >= 9.5 else f"{100 / ratio:.0f} %"
