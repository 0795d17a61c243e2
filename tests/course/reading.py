"""The course as a learner meets it: all its words, in reading order.

Those are prose and code, the questions and replies of bets, cards and hints of exercises, tables of
labs, and what pictures say where a notebook first shows them: controls, labels and the sentence.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import nbformat

from benchmarks.explorer.every_scene import SCENES
from pagesim.scenes import Choice, Hidden

from ..scenes.seen import Told, words

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9][0-9]-*.ipynb"))
_STYLE, _TAG, _SPACE = (
    re.compile(r"<style.*?</style>", re.DOTALL),
    re.compile(r"<[^>]+>"),
    re.compile(r"\s+"),
)


@dataclass(frozen=True)
class Passage:
    """Some words, and where they stand."""

    notebook: str
    cell: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"notebook {self.notebook}, cell {self.cell + 1} ({self.kind})"


@cache
def passages() -> tuple[Passage, ...]:
    """List everything there is to read, one paragraph or output after the other."""
    return tuple(each for path in NOTEBOOKS for each in _of_notebook(path))


def plain(text: str) -> str:
    """Set Markdown or HTML as a reader sees it: no tags, one space between words."""
    return _SPACE.sub(" ", unescape(_TAG.sub(" ", _STYLE.sub(" ", text)))).strip()


def _of_notebook(path: Path) -> Iterator[Passage]:
    for number, cell in enumerate(nbformat.read(path, 4).cells):
        at = path.stem[:2], number
        if cell.cell_type == "markdown":
            for paragraph in cell.source.split("\n\n"):
                yield Passage(*at, "prose", plain(paragraph))
            continue
        yield Passage(*at, "code", _code(cell.source))
        for output in cell.outputs:
            data = output.get("data", {})
            said = data.get("text/html") or data.get("text/plain") or output.get("text", "")
            yield Passage(*at, "output", plain(said))
        yield Passage(*at, "picture", _picture(cell.source))


_OPENED: dict[str, Told] = {}


def opened(name: str, values: dict[str, Any]) -> Told:
    """A picture as a lesson opens it; each is made once, and is where it starts."""
    asked = f"{name} {values}"
    if asked not in _OPENED:
        _OPENED[asked] = Told(SCENES[name](), **values)
    _OPENED[asked].back()
    return _OPENED[asked]


def _code(source: str) -> str:
    """A cell without its imports: they stand together at the top, to be passed over."""
    return "\n".join(
        line for line in source.splitlines() if not line.startswith(("from ", "import "))
    )


def _picture(source: str) -> str:
    """What can be read in the picture that a cell shows: controls, options, labels."""
    said: list[str] = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(ast.Name("explore"), [ast.Call(ast.Attribute(_, name))], keywords):
                values = {each.arg: ast.literal_eval(each.value) for each in keywords if each.arg}
                shown = opened(name, values)
                for control in shown.controls.values():
                    if not isinstance(control, Hidden):
                        said.append(control.label)
                    if isinstance(control, Choice):
                        said += control.options
                said += words(shown.stage)
    return " | ".join(said)
