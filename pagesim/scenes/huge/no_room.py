"""Plenty free, none contiguous: a memory that has been used for a while is asked for 2 MiB."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...draw import Bar, Bars, Box, Boxes, Grid, Labels, Pixels, keys, note
from ...draw.style import FRAME, INK, MUTED, PAPER, RULE, TABLE
from ...units import binary, count, percent
from ..base import Controls, Finding, Scene, Sheet, Slider, Table, Toggle
from .worn_memory import FRAMES, MOST_ORDER, worn

_PAGE, _BLOCK = 4096, 512  # bytes of a frame; frames in 2 MiB
_ORDERS = 1 + MOST_ORDER  # that are counted: 4 KiB to 4 MiB
_ACROSS, _ROWS = 32, 16  # frames of a 2 MiB, as they are drawn
_LEFT, _TOP = 0.2, 3.3
_BLOCKS = Grid(_LEFT - 0.05, _TOP + 0.05, 1.38, 1.028, 4, 2, gap_x=0.1, gap_y=0.1)  # of 2 MiB
_GAUGE = 3.0  # inches for all memory
_LIST = Grid(5.72, _TOP, 3.2, 0.222, rows=_ORDERS)  # of free blocks, a line for each size
_FROM = 6.62  # where its bars begin
_COLOURS = (PAPER, FRAME.fill, TABLE.line, FRAME.line)
_WORDS = ("free", "in use", "cannot move", "handed out now")


def _share(steps: int) -> str:
    return f"{steps / 2:g} %"


class NoRoom(Scene):
    """Give more and more memory back: when is there room for one huge page?"""

    size = (9, 4.1)
    clickable = True
    controls = Controls(
        free=Slider("free", 10, 99, 75, words=lambda n: f"{n} %"),
        order=Slider("ask for", 0, MOST_ORDER, 9, words=lambda n: binary(_PAGE << n)),
        pinned=Slider("cannot move", 0, 20, 0, words=_share),
        compact=Toggle("compact first", False),
        seed=Slider("another day (seed)", 1, 12, 1),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw the eight blocks of 2 MiB, and the list of free blocks."""
        self.images = [Pixels(sheet, box, _ACROSS, _ROWS) for box in _BLOCKS.boxes()]
        Boxes(sheet, _BLOCKS.boxes(), face="none", edge=INK, line=1.2, zorder=4)
        self.found = Boxes(sheet, face="none", edge=INK, line=3.2, zorder=5)
        keys(sheet, _LEFT, 1.195, tuple(zip(_COLOURS, _WORDS, strict=True)))
        head: dict[str, Any] = {"size": 10, "weight": "bold", "align": "center", "color": INK}
        note(sheet, _FROM, _TOP + 0.15, "free blocks by size", **head)
        note(sheet, _FROM - 0.66, _LIST.outline[1] - 0.16, "each doubling: one step longer")
        self.rows = Labels(sheet, _ORDERS, size=9, align="right")
        self.bars = Bars(sheet, _FROM, 0.14, _ORDERS, line=0.9, size=9)
        self.mark = Boxes(sheet, face=RULE, edge="none", line=0, zorder=1)
        self.gauge = Bars(sheet, _LEFT, 0.2, 2)

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Ask for the size of the line that was clicked."""
        line = _LIST.at(x, y)
        return {} if line is None else {"order": line}

    def update(self, *, free: int, order: int, pinned: int, compact: bool, seed: int) -> Finding:
        """Lay out memory, count its free blocks, and ask for one more."""
        state = worn(seed, free, pinned * 5, compact, order)
        for image, kinds in zip(self.images, state.kinds.reshape(-1, _BLOCK), strict=True):
            image.put(kinds, _COLOURS)
        usable = sum(many << size for size, many in state.blocks.items() if size >= order)
        self._list(state.blocks, order)
        asked, total = binary(_PAGE << order), binary(state.free * _PAGE)
        rows = (
            (0.7, state.free, PAPER, f"free: {total}"),
            (0.34, usable, FRAME.line, f"of use for {asked}: {binary(usable * _PAGE)}"),
        )
        self.gauge.put(
            [
                Bar(y, [(max(_GAUGE * frames / FRAMES, 0.01), face)], said, beyond=_LEFT + 3.12)
                for y, frames, face, said in rows
            ]
        )
        boxes = list[Box]()
        if state.found is not None and order >= 9:
            last = state.found + (1 << order)
            boxes = [_BLOCKS.box(n) for n in range(state.found // _BLOCK, last // _BLOCK)]
        self.found.put(boxes)
        if state.found is None:
            title = f"{total} are free, and no {asked} in one piece"
        elif compact and state.moved:
            title = f"{binary(state.moved * _PAGE)} copied, and {asked} are in one piece"
        else:
            title = f"{asked} are there, in one piece"
        largest = binary(_PAGE << max(state.blocks)) if state.blocks else "nothing"
        after = f"Compaction copied {count(state.moved, 'frame')}. " if compact else ""
        return Finding(
            title,
            f"{after}Seed {seed}: {total} of {binary(FRAMES * _PAGE)} are free, the largest block "
            f"is {largest}; {_share(pinned)} of the blocks cannot move. "
            f"{percent(usable / state.free)} of what is free is of use for {asked}.",
        )

    def tabulate(
        self, *, free: int, order: int, pinned: int, compact: bool, seed: int
    ) -> list[Table]:
        """List the free blocks of each size."""
        state = worn(seed, free, pinned * 5, compact, order)
        rows = [
            (binary(_PAGE << size), str(many), binary(many * _PAGE << size))
            for size in range(_ORDERS)
            for many in [state.blocks.get(size, 0)]
        ]
        usable = sum(many << size for size, many in state.blocks.items() if size >= order)
        use = f"of use for {binary(_PAGE << order)}: {binary(usable * _PAGE)}"
        caption = f"Free blocks by size: {binary(state.free * _PAGE)} in all, {use}"
        return [Table(caption, ("size of a block", "free blocks", "together"), rows)]

    def _list(self, blocks: dict[int, int], order: int) -> None:
        self.rows.clear()
        bars = []
        for size in range(_ORDERS):
            y, many = _LIST.middle(size)[1], blocks.get(size, 0)
            ink = INK if size >= order else MUTED
            self.rows.put(_FROM - 0.08, y, binary(_PAGE << size), ink)
            long = 0.12 + 0.16 * float(np.log2(many)) if many else 0.0
            weight = "bold" if size >= order and many else "normal"
            bars.append(Bar(y, [(long, PAPER)], str(many), ink, weight))
        self.bars.put(bars)
        self.mark.put([(5.9, _LIST.middle(order)[1] - 0.111, 2.98, 0.222)])
