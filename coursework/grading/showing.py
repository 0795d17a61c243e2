"""A submission for eyes: executed once more, in a box that hears of no hidden input.

What comes back is the submission's own word, as text within bounds. `pages` shows it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pagesim.questions import questions

from .box import Box
from .layouts import Submission
from .limits import Limits
from .paper import Paper, content_of
from .process import Boxed, Broken
from .talk import NoNotebook, Talk, own_problems

_STARTS = 4
_FORMS = ("text", "error", "html", "png")
_CONTROLS = re.compile(r"\x1b\[[0-9;]*m|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}\b")  # differs from run to run
_MOST = 1 << 16  # bytes of a file that remembers bets
_ENDED = "This cell ended the notebook's Python, or did not come to an end. It was left out."


@dataclass(frozen=True)
class Cell:
    """One cell of a submission.

    Parameters
    ----------
    kind : {"code", "markdown"}
    source : str
    name : str
        nbgrader's ``grade_id``, or nothing.
    runs : bool
        Whether it was executed: not if it is the course's own, and no answer needs it.
    outputs : tuple of (str, str)
        What it showed: one of "text", "error", "html", "png", and what.
    """

    kind: str
    source: str
    name: str = ""
    runs: bool = False
    outputs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Shown:
    """A submission as it can be looked at.

    Parameters
    ----------
    cells : tuple of Cell
    bets : dict of str to str
        The option that was chosen, by the bet's name.
    note : str
        Why there is nothing to look at, or nothing.
    """

    cells: tuple[Cell, ...] = ()
    bets: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    def text(self, name: str, released: str) -> str:
        """Return what was written into a cell for words; nothing, if it is as it was released.

        >>> Shown((Cell("markdown", "Because.", "why"),)).text("why", "*Write here.*")
        'Because.'
        """
        texts = [each.source.strip() for each in self.cells if each.name == name]
        return next((text for text in reversed(texts) if text != released.strip()), "")

    def answers(self) -> Shown:
        """Return what a student wrote, without what it showed: all that a class's page needs.

        >>> Shown((Cell("code", "x"), Cell("code", "y", "why", True, (("text", "1"),)))).answers()
        Shown(cells=(Cell(kind='code', source='y', name='why', runs=True, outputs=()),), \
bets={}, note='')
        """
        named = tuple(replace(each, outputs=()) for each in self.cells if each.name)
        return replace(self, cells=named)


def show_paper(paper: Paper, box: Box, kit: Path, limits: Limits) -> Shown:
    """Execute a notebook for eyes.

    Parameters
    ----------
    paper : Paper
        What its problems were drawn from is not looked at, and may be left out.
    box : Box
    kit : Path
    limits : Limits

    Raises
    ------
    NoBox
        If the box does not start.
    """
    problems = own_problems(paper.notebook, paper.student)
    end = time.monotonic() + limits.total_seconds
    skip: list[int] = []
    for _ in range(_STARTS):
        said: list[dict[str, Any]] = []
        with Boxed(box, kit, limits) as boxed:
            talk = Talk(boxed, limits, problems, end)
            try:
                said.extend(talk.show(paper.content, skip))
            except NoNotebook as problem:
                return Shown(note=str(problem))
            except Broken:
                if talk.cell is None:
                    break
                skip.append(talk.cell)
                continue
        return _shown(said, skip, paper.notebook, str(kit))
    return Shown(note="its cells could not be executed")


def _shown(said: list[dict[str, Any]], skip: list[int], notebook: str, kit: str) -> Shown:
    """Take what was said for what it may be: text within bounds, and bets that there are."""
    outputs: dict[int, tuple[tuple[str, str], ...]] = dict.fromkeys(skip, (("error", _ENDED),))
    for each in said:
        if type(number := each.get("shown")) is int and type(each.get("outputs")) is list:
            outputs[number] = tuple(
                (form, _legible(text, kit))
                for output in each["outputs"]
                if type(output) is dict
                for form, text in output.items()
                if form in _FORMS and type(text) is str
            )
    cells: list[Cell] = []
    codes = 0
    for each in said:
        kind, text, name = each.get("kind"), each.get("text"), each.get("name")
        if kind in ("code", "markdown") and type(text) is str and type(name) is str:
            runs = each.get("runs") is True
            shown = outputs.get(codes, ()) if kind == "code" and runs else ()
            codes += kind == "code"
            cells.append(Cell(kind, _legible(text, kit), _legible(name, kit), runs, shown))
    texts = [each["said"] for each in said if type(each.get("said")) is str]
    return Shown(tuple(cells), _bets(texts, notebook))


def _legible(text: str, kit: str) -> str:
    text = text.encode("utf-8", "backslashreplace").decode().replace(kit, "…")
    return _CONTROLS.sub("", _ADDRESS.sub("at 0x…", text))


def _bets(texts: Iterable[str], notebook: str) -> dict[str, str]:
    """Read bets out of what `progress` showed: "2 of 3 bets placed: one (its option), ..."."""
    placed = {}
    for text in texts:
        for each in questions().values():
            for option in each.replies if each.notebook == notebook else ():
                if f" {each.name} ({option})" in text:
                    placed[each.name] = option
    return placed


def kept_bets(submission: Submission) -> dict[str, str]:
    """Read bets out of the file beside the notebook in which `coursework.record` keeps them."""
    try:
        path = submission.path.with_name(f".progress-{submission.notebook}.json")
        read = json.loads(content_of(path, _MOST))
        kept = dict(read[submission.student]["bets"])
    except (OSError, ValueError, RecursionError, KeyError, TypeError, IndexError):
        return {}
    asked = [each for each in questions().values() if each.notebook == submission.notebook]
    return {each.name: kept[each.name] for each in asked if kept.get(each.name) in [*each.replies]}
