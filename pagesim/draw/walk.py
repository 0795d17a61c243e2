"""A walk through tables: columns of slots, arrows from the row that was read to the next table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from ..tables import Walk
from .boxes import Box, Boxes
from .label import Label, Labels
from .links import Arrows
from .marks import Crosses
from .style import FAULT, FRAME, INK, MUTED, PAPER, RULE, TABLE, Hue

_WIDE, _ROW = 1.04, 0.25  # inches: a table, and the height of a row
_CR3 = 0.52  # where the first arrow begins
_BEHIND = (0.14, 0.07)  # how far tables of the same level look out behind one


class Words(NamedTuple):
    """A line of words below a table."""

    text: str
    color: str = INK
    weight: str = "normal"


class Column(NamedTuple):
    """A table of the walk: its name, its rows as (index, PFN in it), and what stands below it.

    An index of None is a gap; a PFN of -1 is an entry that is not present. A table without rows is
    never read.
    """

    name: str
    rows: Sequence[tuple[int | None, int]] = ()
    below: Sequence[Words] = ()
    behind: int = 0  # other tables of its level


class Goal(NamedTuple):
    """Where the walk leads: the page's left edge, its name, what stands below, and its width."""

    left: float
    name: str = ""
    below: Sequence[Words] = ()
    wide: float = _WIDE


class TableWalk:
    """Tables side by side, the rows read lit, and the frame that the last of them names.

    Parameters
    ----------
    sheet : Axes
        A sheet in inches.
    top : float
        Upper edge of the tables.
    rows : int
        Rows shown of each.
    levels : int
        Tables at most.
    foot : float
        From the tables down to the words below them.
    wide : float
        Width of a table: room for an index and the longest frame number.
    """

    def __init__(
        self,
        sheet: Axes,
        top: float,
        rows: int,
        levels: int,
        foot: float = 0.2,
        wide: float = _WIDE,
    ) -> None:
        self._top, self._high, self._foot, self._wide = top, rows * _ROW, foot, wide
        self._behind = Boxes(sheet, zorder=1, face=PAPER, edge=RULE)
        self._unread = Boxes(sheet, zorder=1, line=0.9, face=PAPER, edge=RULE, linestyle="--")
        self._slots = Boxes(sheet, zorder=2)
        self._lit = Boxes(sheet, zorder=3, line=2.2)
        self._page = Boxes(sheet, zorder=3, line=2.6, hatch="//")
        self._byte = Boxes(sheet, zorder=4, line=1.0, face=FRAME.line, edge=FRAME.line)
        self._arrows = Arrows(sheet, size=7, zorder=4)
        self._cross = Crosses(sheet)
        self._names = Labels(sheet, levels + 1, align="center", weight="bold", size=10)
        self._indices = Labels(sheet, levels * rows, mono=True, size=9)
        self._targets = Labels(sheet, levels * rows, mono=True, size=9, align="right")
        self._notes = Labels(sheet, 3 * levels + 4, align="center", size=9)
        Label(sheet, 0.12, top - _ROW / 2, "CR3", weight="bold", size=10, moving=False)

    def put(
        self,
        walk: Walk,
        read: int,
        arrived: bool,
        columns: Sequence[Column],
        lefts: Sequence[float],
        goal: Goal,
    ) -> None:
        """Show the first `read` reads of a walk, and the access after them if it has `arrived`."""
        for pool in (self._names, self._indices, self._targets, self._notes):
            pool.clear()
        self._tables(walk, read, columns, lefts)
        top = self._top - _ROW / 2
        paths = [[(_CR3, top), (lefts[0] - 0.07, top)]]
        self._cross.put()
        targets = [*lefts[1:], goal.left]
        for step in walk.steps[:read]:
            right, target = lefts[step.level] + self._wide, targets[step.level]
            shown = [index for index, _ in columns[step.level].rows]
            y, turn = self._middle(shown.index(step.index)), (right + target) / 2
            if not step.pte.present:
                self._cross.put((turn, y))
                self._notes.put(turn, y - 0.2, "fault", INK, "bold")
            elif step.level < len(columns) - 1 or arrived:
                paths.append([(right, y), (turn, y), (turn, top), (target - 0.07, top)])
        hues = [TABLE.line] * (len(paths) - arrived) + [FRAME.line] * arrived
        self._arrows.put(paths, hues)
        self._goal(walk, arrived, goal)

    def table_at(self, x: float, y: float, lefts: Sequence[float]) -> int | None:
        """Give the level of the table at a point of the sheet, with the words around it."""
        if not self._top - self._high - 0.35 <= y <= self._top + 0.3:
            return None
        return next((n for n, left in enumerate(lefts) if left <= x <= left + self._wide), None)

    def row_at(self, y: float) -> int:
        """Give the row at a height of the sheet; none of the rows shown may be there."""
        return int((self._top - y) // _ROW)

    def _middle(self, row: int) -> float:
        return self._top - (row + 0.5) * _ROW

    def _below(self, x: float, lines: Sequence[Words]) -> None:
        for place, words in enumerate(lines):
            self._notes.put(x, self._top - self._high - self._foot - 0.2 * place, *words)

    def _tables(
        self, walk: Walk, read: int, columns: Sequence[Column], lefts: Sequence[float]
    ) -> None:
        behind, unread = list[Box](), list[Box]()
        slots, lit, hues = list[Box](), list[Box](), list[Hue]()
        base = self._top - self._high
        for level, (column, left) in enumerate(zip(columns, lefts, strict=True)):
            middle = left + self._wide / 2
            shifts = _BEHIND[2 - min(column.behind, 2) :]
            behind += [(left + shift, base - shift, self._wide, self._high) for shift in shifts]
            self._names.put(middle, self._top + 0.17, column.name)
            self._below(middle, column.below)
            if not column.rows:
                unread.append((left, base, self._wide, self._high))
                self._notes.put(middle, base + self._high / 2, "never read", MUTED)
                continue
            step = walk.steps[level]
            for row, (index, pfn) in enumerate(column.rows):
                y = self._middle(row)
                slots.append((left, y - _ROW / 2, self._wide, _ROW))
                here = level < read and index == step.index
                ink = INK if here else MUTED
                self._indices.put(left + 0.07, y, "…" if index is None else str(index), ink)
                if index is not None:
                    held = f"{pfn:#x}" if pfn >= 0 else "–"
                    self._targets.put(left + self._wide - 0.07, y, held, ink)
                if here:
                    lit.append(slots[-1])
                    hues.append(TABLE if step.pte.present else FAULT)
        self._behind.put(behind)
        self._unread.put(unread)
        self._slots.put(slots)
        self._lit.put(lit, [hue.fill for hue in hues], [hue.line for hue in hues])

    def _goal(self, walk: Walk, arrived: bool, goal: Goal) -> None:
        """Draw the page that the walk leads to, and in it the byte once it has arrived."""
        box = (goal.left, self._top - self._high, goal.wide, self._high)
        self._byte.put([])
        if walk.pa is None:
            self._page.put([])
            return
        look = (FRAME.fill, FRAME.line) if arrived else (PAPER, RULE)
        self._page.put([box], *look)
        middle = goal.left + goal.wide / 2
        self._names.put(middle, self._top + 0.17, goal.name, INK if arrived else MUTED)
        self._below(middle, goal.below)
        if arrived:
            share = walk.va % walk.page_bytes / walk.page_bytes
            y = self._top - 0.28 - (self._high - 0.34) * share
            self._byte.put([(goal.left, y - 0.03, goal.wide, 0.06)])
