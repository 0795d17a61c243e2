"""A table as a value: it prints as text, shows as HTML, and checks read its parts."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

# JupyterLab's own colours, so that the table can be read on a light and on a dark theme.
_INK = "color:var(--jp-content-font-color1,#1b1b1b)"
_RULE = "1px solid var(--jp-border-color1,#c9c9c9)"
_TABLE = f"border-collapse:collapse;margin:0.4em 0;{_INK};font-variant-numeric:tabular-nums"
_CELL = f"padding:0.2em 0.6em;border-bottom:{_RULE}"
_CAPTION = f"caption-side:top;text-align:left;font-weight:bold;padding:0.3em 0.6em;{_INK}"


def shown(cell: str | int) -> str:
    """Write a cell as it is shown.

    >>> shown(16384), shown("yes")
    ('16,384', 'yes')
    """
    return f"{cell:,}" if isinstance(cell, int) else cell


@dataclass(frozen=True, repr=False)
class Table:
    """Rows under headings, a title above and a note below, of one line or several.

    Whole numbers stand right, with thousands apart, words left; a cell may be empty.

    Examples
    --------
    >>> Table("Two pages", ("page", "frame"), (("first", 7), ("second", 12)), "both are in use")
    Two pages
    page    frame
    first       7
    second     12
    both are in use
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]
    note: str = ""

    def __repr__(self) -> str:
        lines = [self.headings, *(list(map(shown, row)) for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        body = [
            "  ".join(
                cell.rjust(width) if right else cell.ljust(width)
                for cell, width, right in zip(line, widths, self._right(), strict=True)
            ).rstrip()
            for line in lines
        ]
        return "\n".join(line for line in [self.title, *body, self.note] if line)

    def _repr_html_(self) -> str:
        body = "".join(self._line("td", row) for row in self.rows)
        note = "".join(
            f'<p style="margin:0.3em 0.6em;{_INK}">{escape(line)}</p>'
            for line in self.note.splitlines()
        )
        return (
            f'<table style="{_TABLE}"><caption style="{_CAPTION}">{escape(self.title)}</caption>'
            f"<thead>{self._line('th', self.headings)}</thead><tbody>{body}</tbody></table>{note}"
        )

    def _line(self, tag: str, cells: tuple[str | int, ...]) -> str:
        scope = ' scope="col"' if tag == "th" else ""
        inside = "".join(
            f'<{tag}{scope} style="text-align:{"right" if right else "left"};{_CELL}">'
            f"{escape(shown(cell))}</{tag}>"
            for cell, right in zip(cells, self._right(), strict=True)
        )
        return f"<tr>{inside}</tr>"

    def _right(self) -> list[bool]:
        columns = zip(*self.rows, strict=True) if self.rows else ((),) * len(self.headings)
        filled = ([cell for cell in cells if cell != ""] for cells in columns)
        return [bool(cells) and all(isinstance(cell, int) for cell in cells) for cells in filled]
