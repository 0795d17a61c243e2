"""Where a picture answers a click, as a grid that a page can look up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pagesim.scenes import Scene
from pagesim.scenes.base import Plot

_CELL = 0.1, 0.15  # inches across and down: a bit of an address is 0.16 wide
_CELL_OF_A_PLOT = 0.15, 0.25  # there is more room between two points
Changes = dict[str, Any]


class Grid(NamedTuple):
    """What a click changes, cell by cell from the upper left, row by row; -1 is nothing."""

    columns: int
    rows: int
    cells: tuple[int, ...]
    changes: tuple[Changes, ...]


def grid_of(scene: Scene, values: Mapping[str, Any]) -> Grid:
    """Ask a scene what a click in each cell of a grid changes.

    Examples
    --------
    >>> from pagesim import explore, scenes
    >>> explorer = explore(scenes.LruStack())
    >>> grid = grid_of(explorer.scene, explorer.values)
    >>> grid.columns, grid.rows, {"step": 1} in grid.changes
    (90, 28, True)
    """
    width, height = scene.size
    across, down = _CELL_OF_A_PLOT if isinstance(scene, Plot) else _CELL
    columns, rows = round(width / across), round(height / down)
    known: dict[str, int] = {}
    changes: list[Changes] = []
    cells = []
    for row in range(rows):
        y = height * (1 - (row + 0.5) / rows)
        for column in range(columns):
            change = scene.hit(width * (column + 0.5) / columns, y, **values)
            number = -1
            if change:
                number = known.setdefault(repr(sorted(change.items())), len(changes))
                if number == len(changes):
                    changes.append(change)
            cells.append(number)
    return Grid(columns, rows, tuple(cells), tuple(changes))


def changes_of(scene: Scene, values: Mapping[str, Any]) -> tuple[Changes, ...]:
    """List everything that a click on a picture can change."""
    return grid_of(scene, values).changes if scene.clickable else ()


def runs_of(cells: tuple[int, ...]) -> list[int]:
    """Write a row of numbers shorter: how often, which, how often, which.

    Examples
    --------
    >>> runs_of((7, 7, 7, -1))
    [3, 7, 1, -1]
    """
    runs: list[int] = []
    for cell in cells:
        if runs and runs[-1] == cell:
            runs[-2] += 1
        else:
            runs += [1, cell]
    return runs
