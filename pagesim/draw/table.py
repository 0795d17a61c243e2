"""The numbers of a picture as a table, for whoever reads or hears them one by one."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple


class Table(NamedTuple):
    """A caption, the heads of the columns, and rows whose first cell is their name.

    Examples
    --------
    >>> Table("Faults", ("frames", "FIFO", "LRU"), [("3", "9", "10"), ("4", "10", "8")]).html()
    '<table><caption>Faults</caption><thead><tr><th scope="col">frames</th>...</tbody></table>'
    """

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]

    def html(self) -> str:
        """Write it so that every cell is announced with its row and its column."""
        heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in self.heads)
        rows = "".join(
            f'<tr><th scope="row">{escape(name)}</th>'
            + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
            + "</tr>"
            for name, *cells in self.rows
        )
        return (
            f"<table><caption>{escape(self.caption)}</caption><thead><tr>{heads}</tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )
