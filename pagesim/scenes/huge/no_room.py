"""Plenty free, none contiguous: a memory that has been used for a while is asked for 2 MiB."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from ...draw import FRAME, INK, MUTED, PAPER, RULE, TABLE, Boxes, Label, Labels, paper, title
from ...units import binary
from ..base import Scene, Slider, Toggle
from .worn_memory import FRAMES, worn

_PAGE, _BLOCK = 4096, 512  # bytes of a frame; frames in 2 MiB
_ORDERS = 12  # that are counted: 4 KiB to 8 MiB
_ACROSS, _ROWS = 32, 16  # frames of a 2 MiB, as they are drawn
_CELL, _HIGH = 0.04, 0.058  # inches, a frame's width and height
_LEFT, _TOP, _GAP = 0.2, 3.3, 0.1
_COLUMNS = 4  # of 2 MiB blocks in the picture
_GAUGE = 3.0  # inches for all memory
_LIST, _LINE = 6.62, 0.222  # left edge of the list of free blocks' bars, and the height of a line
_COLOURS = np.array([to_rgb(c) for c in (PAPER, FRAME.fill, TABLE.line, FRAME.line)])


class NoRoom(Scene):
    """Give more and more memory back: when is there room for one huge page?"""

    size = (9, 4.1)
    clickable = True

    def __init__(self) -> None:
        super().__init__(
            {
                "free": Slider("free", 10, 99, 75, words=lambda n: f"{n} %"),
                "order": Slider("ask for", 0, 10, 9, words=lambda n: binary(_PAGE << n)),
                "pinned": Slider("cannot move", 0, 20, 0, words=_share),
                "compact": Toggle("compact first", False),
                "seed": Slider("another day (seed)", 1, 12, 1),
            }
        )

    def build(self, figure: Figure) -> None:
        """Draw the eight blocks of 2 MiB, and the list of free blocks."""
        sheet = paper(figure)
        self.title = title(sheet)
        wide, high = _ACROSS * _CELL, _ROWS * _HIGH
        self.images = []
        frames = []
        for block in range(FRAMES // _BLOCK):
            x, y = _corner(block)
            image = sheet.imshow(
                np.ones((_ROWS, _ACROSS, 3)), extent=(x, x + wide, y, y + high),
                interpolation="nearest", animated=True, zorder=2,
            )  # fmt: skip
            self.images.append(image)
            frames.append((x, y, wide, high))
        width, height = self.size
        sheet.set(xlim=(0, width), ylim=(0, height), aspect="auto")
        Boxes(sheet, frames, face="none", edge=INK, line=1.2, zorder=4)
        self.found = Boxes(sheet, face="none", edge=INK, line=3.2, zorder=5)
        small: dict[str, Any] = {"size": 9, "color": MUTED, "moving": False}
        keys = ((PAPER, "free"), (FRAME.fill, "in use"), (TABLE.line, "cannot move"),
                (FRAME.line, "handed out now"))  # fmt: skip
        x = _LEFT
        for colour, words in keys:
            Boxes(sheet, [(x, 1.12, 0.15, 0.15)], face=colour, edge=INK, moving=False)
            Label(sheet, x + 0.22, 1.195, words, **small)
            x += 0.5 + 0.085 * len(words)
        Label(sheet, _LIST, _TOP + 0.15, "free blocks by size", size=10, weight="bold",
              align="center", moving=False)  # fmt: skip
        Label(
            sheet,
            _LIST - 0.66,
            _TOP - _ORDERS * _LINE - 0.16,
            "each doubling: one step longer",
            **small,
        )
        self.rows = Labels(sheet, 2 * _ORDERS, size=9, align="right")
        self.counts = Labels(sheet, _ORDERS, size=9)
        self.bars = Boxes(sheet, face=PAPER, edge=INK, line=0.9, zorder=2)
        self.mark = Boxes(sheet, face=RULE, edge="none", line=0, zorder=1)
        self.gauge = Boxes(sheet, line=1.0, edge=INK, zorder=2)
        self.notes = Labels(sheet, 2, size=10)

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Ask for the size of the line that was clicked."""
        line = int((_TOP - y) // _LINE)
        return {"order": line} if x > _LIST - 0.9 and 0 <= line <= 10 else {}

    def update(self, *, free: int, order: int, pinned: int, compact: bool, seed: int) -> str:
        """Lay out memory, count its free blocks, and ask for one more."""
        state = worn(seed, free, pinned * 5, compact, order)
        colours = _COLOURS[state.kinds].reshape(-1, _ROWS, _ACROSS, 3)
        for image, pixels in zip(self.images, colours, strict=True):
            image.set_data(pixels)
        usable = sum(count << size for size, count in state.blocks.items() if size >= order)
        self._list(state.blocks, order)
        self._gauge(state.free, usable, order)
        boxes = []
        if state.found is not None and order >= 9:
            for block in range(state.found // _BLOCK, (state.found + (1 << order)) // _BLOCK):
                boxes.append((*_corner(block), _ACROSS * _CELL, _ROWS * _HIGH))
        self.found.put(boxes)
        asked, total = binary(_PAGE << order), binary(state.free * _PAGE)
        if state.found is None:
            finding = f"{total} are free, and no {asked} in one piece"
        elif compact and state.moved:
            finding = f"{binary(state.moved * _PAGE)} copied, and {asked} are in one piece"
        else:
            finding = f"{asked} are there, in one piece"
        self.title.text = finding
        largest = binary(_PAGE << max(state.blocks)) if state.blocks else "nothing"
        after = f" Compaction copied {state.moved} frames." if compact else ""
        return (
            f"{finding}.{after} Seed {seed}: {total} of {binary(FRAMES * _PAGE)} are free, the "
            f"largest block is {largest}; {_share(pinned)} of the blocks cannot move. "
            f"{100 * usable / state.free:.3g} % of what is free is of use for {asked}."
        )

    def _list(self, blocks: dict[int, int], order: int) -> None:
        self.rows.clear()
        self.counts.clear()
        boxes = []
        for size in range(_ORDERS):
            y = _TOP - (size + 0.5) * _LINE
            count = blocks.get(size, 0)
            ink = INK if size >= order else MUTED
            self.rows.put(_LIST - 0.08, y, binary(_PAGE << size), ink)
            long = 0.0 if not count else 0.12 + 0.16 * float(np.log2(count))
            boxes.append((_LIST, y - 0.07, long, 0.14))
            weight = "bold" if size >= order and count else "normal"
            self.counts.put(_LIST + long + 0.08, y, str(count), ink, weight)
        self.bars.put(boxes)
        self.mark.put([(_LIST - 0.72, _TOP - (order + 1) * _LINE, 2.98, _LINE)])

    def _gauge(self, free: int, usable: int, order: int) -> None:
        """Draw what is free of all memory, and what of that is of use."""
        self.gauge.put(
            [
                (_LEFT, bottom, max(_GAUGE * frames / FRAMES, 0.01), 0.2)
                for bottom, frames in zip((0.6, 0.24), (free, usable), strict=True)
            ],
            [PAPER, FRAME.line],
        )
        self.notes.clear()
        words = f"of use for {binary(_PAGE << order)}: {binary(usable * _PAGE)}"
        self.notes.put(_LEFT + _GAUGE + 0.12, 0.7, f"free: {binary(free * _PAGE)}")
        self.notes.put(_LEFT + _GAUGE + 0.12, 0.34, words)


def _corner(block: int) -> tuple[float, float]:
    """Give the lower left corner of a 2 MiB block."""
    row, column = divmod(block, _COLUMNS)
    x = _LEFT + column * (_ACROSS * _CELL + _GAP)
    return x, _TOP - row * (_ROWS * _HIGH + _GAP) - _ROWS * _HIGH


def _share(steps: int) -> str:
    return f"{steps / 2:g} %"
