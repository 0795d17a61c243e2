"""Cells in rows and columns: where each stands, which one a click meets; strings of accesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from .boxes import Box, Boxes
from .hits import inside
from .label import Labels
from .style import INK, MUTED, RULE


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of one size, numbered from 0 row by row, from the upper left.

    Parameters
    ----------
    left, top : float
        The upper left corner, in inches.
    wide, high : float
        Of a cell, with the gap that follows it.
    columns, rows : int
        How many.
    gap_x, gap_y : float
        Inches that a cell's box is narrower and lower than its place; half of it on each side.

    Examples
    --------
    >>> grid = Grid(0, 2, 1, 1, columns=3, rows=2)
    >>> grid.box(4), grid.at(1.5, 0.5), grid.at(3.5, 0.5)
    ((1.0, 0.0, 1, 1), 4, None)
    """

    left: float
    top: float
    wide: float
    high: float
    columns: int = 1
    rows: int = 1
    gap_x: float = 0
    gap_y: float = 0

    def __len__(self) -> int:
        return self.columns * self.rows

    def box(self, number: int) -> Box:
        """Give left, bottom, width and height of a cell."""
        row, column = divmod(number, self.columns)
        x, y = self.left + column * self.wide, self.top - (row + 1) * self.high
        return (
            x + self.gap_x / 2,
            y + self.gap_y / 2,
            self.wide - self.gap_x,
            self.high - self.gap_y,
        )

    def boxes(self, count: int | None = None) -> list[Box]:
        """Give all cells, or the first few."""
        return [self.box(number) for number in range(len(self) if count is None else count)]

    def middle(self, number: int) -> tuple[float, float]:
        """Give the middle of a cell."""
        row, column = divmod(number, self.columns)
        return self.left + (column + 0.5) * self.wide, self.top - (row + 0.5) * self.high

    def at(self, x: float, y: float) -> int | None:
        """Give the number of the cell at a point of the sheet, outer edges included, if any."""
        if not inside(self.outline, x, y):
            return None
        column = min(int((x - self.left) / self.wide), self.columns - 1)
        row = min(int((self.top - y) / self.high), self.rows - 1)
        return row * self.columns + column

    def lines(self) -> list[list[tuple[float, float]]]:
        """Give the lines between the cells and around them, for `Links`."""
        left, bottom, wide, high = self.outline
        xs = [left + column * self.wide for column in range(self.columns + 1)]
        ys = [bottom + row * self.high for row in range(self.rows + 1)]
        upright = [[(x, bottom), (x, bottom + high)] for x in xs]
        return upright + [[(left, y), (left + wide, y)] for y in ys]

    @property
    def outline(self) -> Box:
        """Left, bottom, width and height of the whole."""
        wide, high = self.columns * self.wide, self.rows * self.high
        return self.left, self.top - high, wide, high


class Accesses:
    """A reference string as a row of boxes, the present access framed, those to come pale.

    Parameters
    ----------
    sheet : Axes
        A sheet in inches.
    grid : Grid
        One row, with a column for each access.
    edge : str
        Colour of the boxes' edges.
    size : float
        Of the letters, in points.
    """

    def __init__(self, sheet: Axes, grid: Grid, *, edge: str = RULE, size: float = 11) -> None:
        self.grid, self._edge = grid, edge
        self._boxes = Boxes(sheet, line=0.8, edge=edge)
        self._here = Boxes(sheet, line=2.6, face="none", edge=INK, zorder=4)
        self._words = Labels(sheet, len(grid), align="center", size=size)

    def put(
        self, words: Sequence[object], step: int, faces: str | Sequence[str], down: float = 0
    ) -> None:
        """Write a string of which `step` accesses are done.

        Parameters
        ----------
        words : sequence
            The accesses.
        step : int
            The present one, counted from 1.
        faces : str or sequence of str
            One colour, or a list with one for each.
        down : float
            Inches by which the frame around the present access reaches below its box.
        """
        boxes = self.grid.boxes(len(words))
        self._boxes.put(boxes, faces)
        x, y, wide, high = boxes[step - 1]
        self._here.put([(x, y - down, wide, high + down)])
        self._words.clear()
        for number, word in enumerate(words):
            x, y = self.grid.middle(number)
            self._words.put(x, y, str(word), INK if number < step else MUTED)

    def step_at(self, x: float, y: float, margin: float = 0.15) -> int | None:
        """Give the access, counted from 1, at a point of the sheet or just above or below."""
        _, bottom, _, high = self.grid.outline
        number = self.grid.at(x, min(max(y, bottom), bottom + high))
        near = bottom - margin <= y <= bottom + high + margin
        return None if number is None or not near else number + 1
