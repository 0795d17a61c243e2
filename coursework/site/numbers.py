"""The tables of many positions, each row written once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pagesim.draw import Table


class Numbers:
    """Tables for the page's script: rows that positions have in common are kept once.

    Examples
    --------
    >>> numbers = Numbers()
    >>> numbers.add([Table("Faults", ("frames", "LRU"), [("1", "12"), ("2", "12")])])
    [[0, 0, 2]]
    >>> numbers.add([Table("Faults", ("frames", "LRU"), [("1", "12"), ("3", "10")])])
    [[0, 0, 1, 2, 1]]
    >>> numbers.data
    {'heads': [['Faults', 'frames', 'LRU']], 'rows': ['1\\t12', '2\\t12', '3\\t10']}
    """

    def __init__(self) -> None:
        self._heads: dict[tuple[str, ...], int] = {}
        self._rows: dict[str, int] = {}

    def add(self, tables: Sequence[Table]) -> list[list[int]]:
        """Keep the tables of a position; give for each its head, and runs of its rows.

        A run is the number of its first row, and how many follow each other from there.
        """
        return [self._table(table) for table in tables]

    def _table(self, table: Table) -> list[int]:
        head = (table.caption, *table.heads)
        runs: list[int] = []
        for cells in table.rows:
            row = self._rows.setdefault("\t".join(cells), len(self._rows))
            if runs and runs[-2] + runs[-1] == row:
                runs[-1] += 1
            else:
                runs += [row, 1]
        return [self._heads.setdefault(head, len(self._heads)), *runs]

    @property
    def data(self) -> dict[str, Any]:
        """All heads, each after its caption, and all rows, their cells between tabs."""
        return {"heads": [list(head) for head in self._heads], "rows": list(self._rows)}
