"""A notebook as a page: Markdown for Sphinx, with what moves in it as HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from pagesim.explorer import Prediction, Reveal, questions
from pagesim.host.lab import LIVE

from ..builder.lesson import MEASUREMENT
from ..builder.source import bet_of
from .forms import bet_html, explorer_html, lab_html
from .moving import write_explorer
from .replay import replay
from .still import Still

_AGAIN = re.compile(r"^ *(reveal\(.*)?\b(explore|predict_first)\(", re.MULTILINE)
_HERE = "Shown as it was when this page was made; in the notebook, your own machine answers."
_ASKS = re.compile(r"(inventory|recall|pick_victims)\(")
_THERE = "It is answered in the notebook: a page has no Python that could hear you."
_FENCE = "`" * 12
_POSITIONS = 600  # of all explorers of a page, which may not be too heavy


@dataclass
class Page:
    """A notebook on its way to a page.

    Parameters
    ----------
    path : Path
        The notebook.
    folder : Path
        Where the files of its explorers go.
    most : int
        How many positions of each explorer are drawn (see `drawn_positions`).
    """

    path: Path
    folder: Path
    most: int
    explorers: int = field(default=0, init=False)

    def markdown(self) -> str:
        """Write the page, and the files of its explorers."""
        cells = nbformat.read(self.path, nbformat.NO_CONVERT).cells  # type: ignore[no-untyped-call]
        results = replay(cells, [index for index, cell in enumerate(cells) if _is_live(cell)])
        moving = sum(isinstance(getattr(one, "value", one), Still) for one in results.values())
        self.most = min(self.most, _POSITIONS // max(moving, 1))
        parts = []
        for index, cell in enumerate(cells):
            if cell.cell_type == "markdown":
                parts.append(cell.source)
            else:
                parts.append(_code(cell.source, self._output(cell, results.get(index))))
        return "\n\n".join(parts) + "\n"

    def _output(self, cell: NotebookNode, result: Any) -> str:
        """Write what a cell shows: what was made anew, or else what the notebook holds."""
        if bet := bet_of(cell.source):
            return bet_html(questions()[bet])
        match result:
            case Still():
                return self._explorer(result)
            case Reveal(value=Still()):
                return _folded(result.name, self._explorer(result.value))
            case Prediction():
                return _unasked(lab_html(result))
        if result is not None:
            return _unasked(str(result._repr_html_()))
        shown = "".join(map(_saved, cell.outputs))
        if shown and MEASUREMENT in cell.metadata.get("tags", []):
            shown += f'<p class="recorded">{_HERE}</p>'
        if _ASKS.match(cell.source):
            shown += f'<p class="recorded">{_THERE}</p>'
        return shown

    def _explorer(self, explorer: Still) -> str:
        self.explorers += 1
        name = f"{self.path.stem[:2]}-{self.explorers}"
        html = explorer_html(explorer, name, self.explorers)
        write_explorer(explorer, name, self.folder, self.most)
        return html


def raw(html: str) -> str:
    """Put HTML into Markdown as it stands."""
    return f"{_FENCE}{{raw}} html\n{html}\n{_FENCE}"


def _is_live(cell: NotebookNode) -> bool:
    """Tell whether a cell shows what moves, or what the machine that saved it has counted."""
    if cell.cell_type != "code":
        return False
    counted = any(LIVE in str(output.get("data", {})) for output in cell.outputs)
    return counted or bool(_AGAIN.search(cell.source))


def _code(source: str, output: str) -> str:
    shown = [raw(f'<div class="output">{output}</div>')] if output else []
    return "\n\n".join([f"{_FENCE}{{code-block}} ipython3\n{source}\n{_FENCE}", *shown])


def _folded(bet: str, html: str) -> str:
    return (
        f'<details class="bet-{bet}"><summary>Placed your bet? Then look.</summary>\n{html}\n'
        "</details>"
    )


def _unasked(html: str) -> str:
    """Take away what a lab says of the machine that shows a recording: here it is no reader's."""
    return html.replace("; this machine did not count: it was not asked to", "")


def _saved(output: NotebookNode) -> str:
    """Write an output that the notebook holds, in its best form."""
    data = output.get("data", {})
    if "text/html" in data:
        return str(data["text/html"])
    return f"<pre>{escape(data.get('text/plain', output.get('text', '')))}</pre>"
