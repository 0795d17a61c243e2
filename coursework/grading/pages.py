"""Pages of a class: one for each student, one for all, and one with the answers in words.

They stand by themselves: no script, nothing fetched, and a policy in each that forbids both, should
`rendering` ever let something through. The same results give the same bytes.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pagesim.markup import inline

from ..card import SIGNS
from ..exercises import find
from . import overview
from .assignments import Assignment
from .grade import Result
from .rendering import clean, render
from .report import written
from .scoring import Marked
from .showing import Cell, Shown

_PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_CHECK = re.compile(r'\bcheck\(\s*["\']([a-z0-9-]+)["\']')
_TAKEN = ("text", "0.0")  # what `check` shows in the box: it has no opinion there
_NOTES = {
    "TooSlow": "It did not come to an end in time.",
    "Died": "It ended the Python that it ran in.",
    "TooLarge": "It returned more than is looked at.",
}


@dataclass(frozen=True)
class Page:
    """One submission: what it is worth, and how it looks.

    Parameters
    ----------
    result : Result
    shown : Shown
    """

    result: Result
    shown: Shown


def page_name(student: str) -> str:
    """Return the name of a student's page: no path, and nobody else's.

    >>> page_name("ada"), page_name("../Ada")
    ('ada.html', 'ada-4e4af216.html')
    """
    if _PLAIN_NAME.fullmatch(student):
        return f"{student}.html"
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    plain = re.sub(r"[^a-z0-9]+", "-", student.lower())[:40].strip("-")
    return f"{plain}-{digest}.html".lstrip("-")


def write_student(
    pages: Sequence[Page], assignments: Mapping[str, Assignment], folder: Path
) -> None:
    """Write the page of one student.

    Parameters
    ----------
    pages : sequence of Page
        All that the student has handed in.
    assignments : dict
        By their numbers.
    folder : Path
        Where the pages of the class are.
    """
    pages = sorted(pages, key=lambda each: each.result.notebook)
    student = pages[0].result.student
    html = _template("student.html").render(
        student=legible(student),
        points=round(sum(each.result.points for each in pages), 2),
        possible=sum(each.result.possible for each in pages),
        notebooks=[_notebook(each, assignments[each.result.notebook]) for each in pages],
    )
    written(folder / "students" / page_name(student), html)


def write_class(pages: Sequence[Page], assignments: Mapping[str, Assignment], folder: Path) -> None:
    """Write the page of the class, and the one with the answers in words."""
    every = sorted((each.result for each in pages), key=lambda each: each.notebook)
    results = [each for each in every if not each.note]
    difficulties = overview.difficulties(results)
    hardest = min(difficulties, key=lambda each: each.earned, default=None)
    points: dict[str, dict[str, float]] = {}
    for each in every:
        earned = points.setdefault(each.student, {})
        if not each.note:
            earned[each.notebook] = each.points
    students = [
        {
            "name": legible(student),
            "page": page_name(student),
            "points": earned,
            "total": round(sum(earned.values()), 2),
        }
        for student, earned in sorted(points.items())
    ]
    html = _template("class.html").render(
        students=students,
        count=len(every),
        unread=[(legible(each.student), each.notebook, each.note) for each in every if each.note],
        reduced=any(each.box == "reduced" for each in results),
        names={number: each.title for number, each in assignments.items()},
        spreads=overview.spreads(results),
        difficulties=difficulties,
        hardest=hardest if hardest and hardest.earned < 1 else None,
        mistakes=overview.mistakes(results),
        bets=overview.bets([each.shown.bets for each in pages]),
    )
    written(folder / "class.html", html)
    questions = [
        _question(pages, each, words) for each in assignments.values() for words in each.words
    ]
    written(folder / "texts.html", _template("texts.html").render(questions=questions))


def legible(text: str) -> str:
    """Return a name as it can be written down.

    >>> legible("Ada\\udcff")
    'Ada\\\\udcff'
    """
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def _notebook(page: Page, assignment: Assignment) -> dict[str, Any]:
    marks = {each.exercise: each for each in page.result.marks}
    return {
        "number": assignment.number,
        "title": assignment.title,
        "result": page.result,
        "shown": page.shown,
        "marks": [_mark(each, page.result.student) for each in page.result.marks],
        "words": [
            {
                "words": each,
                "question": _markdown(each.question),
                "text": page.shown.text(each.name, each.released),
            }
            for each in assignment.words
        ],
        "cells": _cells(page.shown.cells, assignment, marks),
    }


def _mark(mark: Marked, student: str) -> dict[str, Any]:
    exercise = find(mark.exercise)
    asks = exercise.asks(exercise.problem(student)).split("\n\n")
    return {"mark": mark, "exercise": exercise, "asks": asks}


def _cells(
    cells: Sequence[Cell], assignment: Assignment, marks: Mapping[str, Marked]
) -> list[dict[str, Any]]:
    """List what is the student's, or was run; of what is neither, how much there is."""
    listed: list[dict[str, Any]] = []
    kept = [each for each in cells if _looked_at(each, assignment)]
    rendered = iter(render([_without_score(each) for each in kept]))
    for cell in cells:
        if cell not in kept:
            if not (listed and "left_out" in listed[-1]):
                listed.append({"left_out": 0})
            listed[-1]["left_out"] += 1
            continue
        checks = _CHECK.findall(cell.source) if cell.kind == "code" else []
        mark = next((marks[name] for name in reversed(checks) if name in marks), None)
        listed.append({"html": Markup(next(rendered)), "kind": cell.kind, "mark": mark})
    return listed


def _looked_at(cell: Cell, assignment: Assignment) -> bool:
    return cell.runs or (cell.kind, cell.source) not in assignment.cells


def _without_score(cell: Cell) -> Cell:
    outputs = tuple(each for each in cell.outputs if each != _TAKEN)
    return Cell(cell.kind, cell.source, outputs=outputs) if _CHECK.search(cell.source) else cell


def _question(pages: Sequence[Page], assignment: Assignment, words: Any) -> dict[str, Any]:
    answers, silent = [], []
    for page in sorted(pages, key=lambda each: each.result.student):
        if page.result.notebook != assignment.number:
            continue
        student = page.result.student
        if text := page.shown.text(words.name, words.released):
            answers.append({"student": legible(student), "page": page_name(student), "text": text})
        else:
            silent.append(legible(student))
    return {
        "assignment": assignment.title,
        "words": words,
        "question": _markdown(words.question),
        "rubric": _markdown(words.rubric),
        "answers": answers,
        "silent": silent,
    }


@cache
def _markdown(text: str) -> Markup:
    """Return the course's own text as HTML."""
    return Markup(render([Cell("markdown", text)])[0])


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("coursework.grading"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (files("coursework.grading") / "templates" / "page.css").read_text("utf-8")
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment.globals.update(
        style=Markup(style),
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'",
        SIGNS=SIGNS | {"missing": "–"},
        NOTES=_NOTES,
    )
    environment.filters.update(
        words=lambda text: Markup(clean(inline(text))), dedent=textwrap.dedent
    )
    return environment


def _template(name: str) -> Any:
    return _environment().get_template(name)
