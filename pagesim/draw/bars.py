"""Rows of bars with words behind them, keys to colours, and pictures made of pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.image import AxesImage

from .boxes import Box, Boxes
from .label import Labels, note
from .style import INK, TABLE

_PITCH = 0.06  # inches from one rule of a table to the next


class Bar(NamedTuple):
    """One row: the height of its middle, the lengths and faces of its parts, and its words."""

    y: float
    parts: Sequence[tuple[float, str]]
    words: str = ""
    color: str = INK
    weight: str = "normal"
    beyond: float = 0.0  # where the words begin at least


class Ruled(Boxes):
    """Boxes that stand for page tables: ruled, as tables are everywhere."""

    def __init__(self, sheet: Axes, *, moving: bool, zorder: float) -> None:
        super().__init__(sheet, face=TABLE.fill, edge="none", line=0, moving=moving, zorder=zorder)
        (self._rules,) = sheet.plot(
            [], [], color=TABLE.line, lw=0.8, animated=moving, zorder=zorder + 0.01
        )

    def put(self, boxes: Sequence[Box], face: Any = None, edge: Any = None) -> None:
        """Place them anew."""
        super().put(boxes, face, edge)
        x, y = list[float](), list[float]()
        for left, foot, wide, high in boxes:
            rules = round(high / _PITCH)
            for number in range(1, rules):
                x += [left, left + wide, np.nan]
                y += [foot + high * number / rules] * 2 + [np.nan]
        self._rules.set_data(x, y)


class _Parts:
    """Boxes that mean what their colour means."""

    def __init__(self, sheet: Axes, edge: str, line: float, moving: bool = True) -> None:
        self._ruled = Ruled(sheet, moving=moving, zorder=2.9)
        self._boxes = Boxes(sheet, line=line, edge=edge, moving=moving, zorder=3)

    def put(self, boxes: Sequence[Box], faces: Sequence[str]) -> None:
        pairs = list(zip(boxes, faces, strict=True))
        self._ruled.put([box for box, face in pairs if face == TABLE.fill])
        clear = ["none" if face == TABLE.fill else face for face in faces]
        self._boxes.put(boxes, clear or None)


class Bars:
    """Bars from one left edge, each with words behind it.

    Parameters
    ----------
    sheet : Axes
        A sheet in inches.
    left, high : float
        Where they begin, and how high they are.
    count : int
        How many at most.
    edge : str
        Colour of their edges.
    line : float
        Width of their edges, in points.
    size : float
        Of the words, in points.
    """

    def __init__(
        self,
        sheet: Axes,
        left: float,
        high: float,
        count: int,
        *,
        edge: str = INK,
        line: float = 1.0,
        size: float = 10,
    ) -> None:
        self.left, self.high = left, high
        self._parts = _Parts(sheet, edge, line)
        self._words = Labels(sheet, count, size=size)

    def put(self, bars: Sequence[Bar]) -> None:
        """Place them anew."""
        boxes, faces = list[Box](), list[str]()
        self._words.clear()
        for bar in bars:
            x = self.left
            for long, face in bar.parts:
                boxes.append((x, bar.y - self.high / 2, long, self.high))
                faces.append(face)
                x += long
            self._words.put(max(x + 0.1, bar.beyond), bar.y, bar.words, bar.color, bar.weight)
        self._parts.put(boxes, faces)


def keys(sheet: Axes, x: float, y: float, entries: Sequence[tuple[str, str]], **look: Any) -> None:
    """Explain colours in a row: a small box of each, and its words behind it."""
    for face, words in entries:
        _Parts(sheet, INK, 0.8, moving=False).put([(x, y - 0.075, 0.15, 0.15)], [face])
        right = note(sheet, x + 0.22, y, words, **look).box()[2]
        x = right + 0.25


class Pixels(AxesImage):
    """A picture of single-coloured cells that is cheap to move: thousands of frames, or of pages.

    Parameters
    ----------
    sheet : Axes
        A sheet in inches.
    box : (left, bottom, width, height)
        Where it hangs.
    columns, rows : int
        How many cells.
    **look
        Passed to `AxesImage` (``cmap``…).
    """

    def __init__(self, sheet: Axes, box: Box, columns: int, rows: int, **look: Any) -> None:
        left, bottom, wide, high = box
        super().__init__(
            sheet,
            interpolation="nearest",
            origin="upper",
            zorder=2,
            extent=(left, left + wide, bottom, bottom + high),
            **look,
        )
        self._shape = rows, columns
        self.set_data(np.ones((rows, columns, 3)))
        self.set_animated(True)
        sheet.add_artist(self)

    def put(self, kinds: Any, colors: Sequence[str]) -> None:
        """Colour the cells, row by row from the upper left: `kinds` holds places in `colors`."""
        rgb = np.array([to_rgb(color) for color in colors])
        self.set_data(rgb[np.asarray(kinds, int)].reshape(*self._shape, 3))
