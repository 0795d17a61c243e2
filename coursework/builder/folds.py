"""What a notebook folds away until a bet is placed or a lab has counted, and what stands beside.

A bet is closed if nothing that can be seen together with it gives its answer. Nothing above it may,
in the whole notebook; and nothing below it, within the height of a page. How high a cell is, only a
browser knows; here it is estimated low, so that rather too much is looked at than too little.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from html import unescape
from itertools import accumulate
from typing import NamedTuple

from nbformat import NotebookNode

SUMMARIES = {"bet": "Placed your bet? Then read on.", "lab": "Counted? Then read on."}
PAGE = 950  # CSS pixels
_FOLD = re.compile(
    r'<details class="(?P<kind>bet|lab)-(?P<name>[a-z0-9-]+)"(?: open)?>\s*'
    r"<summary>(?P<summary>.*?)</summary>"
    r"(?P<inside>.*?)</details>",
    re.DOTALL,
)
_ANY_FOLD = re.compile(r"<details.*?</details>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_LINE, _GAP, _COLUMNS = 18, 14, 130  # pixels in a line and around a cell, characters in a line


class Fold(NamedTuple):
    """Something folded away: for a bet or a lab, its name, the words to click, what they hide."""

    kind: str
    name: str
    summary: str
    inside: str


def folds(text: str) -> list[Fold]:
    """List what a text folds away.

    Parameters
    ----------
    text : str
        Markdown or HTML.

    Examples
    --------
    >>> folds('<details class="bet-x"><summary>Look.</summary>7</details>')
    [Fold(kind='bet', name='x', summary='Look.', inside='7')]
    """
    return [Fold(**each.groupdict()) for each in _FOLD.finditer(text)]


def folded(cell: NotebookNode, name: str) -> str:
    """Collect the words that a cell folds away until a bet is placed."""
    if cell.cell_type == "markdown":
        texts = [cell.source]
    else:
        texts = [output.get("data", {}).get("text/html", "") for output in cell.outputs]
    found = [
        fold.inside
        for text in texts
        for fold in folds(text)
        if (fold.kind, fold.name) == ("bet", name)
    ]
    return "\n".join(map(_words, found))


def unfolded(cell: NotebookNode, opened: Collection[str] = ()) -> str:
    """Collect the words that a cell shows: its source, and of its outputs what is not folded.

    Of an output in several forms a page shows the HTML; for what is drawn in a picture, its
    sentence stands.

    Parameters
    ----------
    cell : NotebookNode
    opened : collection of str
        Bets whose folds have been opened.
    """
    if cell.cell_type == "markdown":
        return _folded_away(cell.source, opened)
    shown = [cell.source]
    for output in cell.outputs:
        data = output.get("data", {})
        if "text/html" in data:
            shown.append(_words(_folded_away(data["text/html"], opened)))
        else:
            shown.append(data.get("text/plain", output.get("text", "")))
    return "\n".join(shown)


def beside(cells: list[NotebookNode], bet: int, opened: Collection[str] = ()) -> dict[int, str]:
    """Collect what can be seen together with an unplaced bet.

    Parameters
    ----------
    cells : list of NotebookNode
        An executed notebook.
    bet : int
        The index of the bet's cell, which itself is left out.
    opened : collection of str
        Bets that have been placed before.

    Returns
    -------
    dict of int to str
        The words of each cell, by index.
    """
    tops = accumulate((_height(cell) for cell in cells[bet:]), initial=0)
    end = bet + sum(top < PAGE for top in tops)
    return {i: unfolded(cell, opened) for i, cell in enumerate(cells[:end]) if i != bet}


def _folded_away(text: str, opened: Collection[str]) -> str:
    """Take out what is folded, but leave what was folded under bets that have been placed."""

    def seen(match: re.Match[str]) -> str:
        fold = _FOLD.fullmatch(match[0])
        is_open = fold is not None and fold["kind"] == "bet" and fold["name"] in opened
        return fold["inside"] if fold is not None and is_open else ""

    return _ANY_FOLD.sub(seen, text)


def _words(html: str) -> str:
    return unescape(_TAG.sub(" ", html))


def _height(cell: NotebookNode) -> int:
    """Estimate the height of a cell in CSS pixels, rather too low."""
    shown = unfolded(cell).splitlines()
    lines = sum(1 + len(line) // _COLUMNS for line in shown if line.strip())
    data = [output.get("data", {}).get("text/html", "") for output in cell.get("outputs", [])]
    lines += sum(len(_ANY_FOLD.findall(text)) for text in (cell.source, *data))
    gaps = 1 + sum(not line.strip() for line in shown)
    pictures = sum(
        output.get("metadata", {}).get("image/png", {}).get("height", 0)
        for output in cell.get("outputs", [])
        if not folds(output.get("data", {}).get("text/html", ""))
    )
    return lines * _LINE + gaps * _GAP + int(pictures)
