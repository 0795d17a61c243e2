"""Scores in nbgrader's grade book, where its formgrader and its exporters find them.

nbgrader shows a submission as graded if there is a folder for it in ``autograded``, beside the
grade book. What is put there is a notebook of our own making: its formgrader would show a student's
HTML as it is, to somebody who is logged in.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook, InvalidEntry, MissingEntry
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import parse_utc
from sqlalchemy.exc import SAWarning

from .assignments import Assignment
from .pages import Page
from .report import written

_NAME = re.compile(r"[^\W_][\w.@+-]*")  # that is a folder's, too
log = logging.getLogger(__name__)


def write_gradebook(
    pages: Sequence[Page], assignments: Mapping[str, Assignment], database: Path
) -> list[str]:
    """Write scores into a grade book; one that cannot be written stops none of the others.

    What somebody has entered by hand stays: manual scores, extra credit and comments. An answer in
    words has no score until somebody gives one, and none at all if nothing was written.

    Parameters
    ----------
    pages : sequence of Page
    assignments : dict
        By their numbers.
    database : Path
        The grade book, made if it is not there; in the folder of the course.

    Returns
    -------
    list of str
        What could not be written, and why.
    """
    with warnings.catch_warnings():  # nbgrader's own, of how it uses its library
        warnings.simplefilter("ignore", SAWarning)
        return _written(pages, assignments, database)


def _written(
    pages: Sequence[Page], assignments: Mapping[str, Assignment], database: Path
) -> list[str]:
    problems = []
    url = f"sqlite:///{database.absolute()}"
    with _programs():
        Gradebook(url).close()  # which makes it, with a program of its own
    for number in sorted({each.result.notebook for each in pages}):
        assignment = assignments[number]
        with Gradebook(url) as book:
            _assignment(book, url, assignment)
            for page in pages:
                if page.result.notebook != number:
                    continue
                if page.result.note:  # and what the book has stays
                    problems.append(f"{page.result.student!a}, {number}: it could not be read")
                    continue
                try:
                    _submission(book, page, assignment, database.parent)
                except Exception as problem:  # a name that the grade book cannot hold, a full disk
                    book.db.rollback()
                    log.debug("%r", page.result.student, exc_info=True)
                    reason = " ".join(str(problem).split())[:200]
                    problems.append(f"{page.result.student!a}, {number}: {reason}")
    return problems


@contextmanager
def _programs() -> Iterator[None]:
    """Have the programs of this environment found, activated or not: nbgrader calls alembic."""
    before = os.environ.get("PATH", os.defpath)
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _assignment(book: Any, url: str, assignment: Assignment) -> None:
    """Have the assignment in the book, as ``nbgrader generate_assignment`` puts it there."""
    name = assignment.name
    try:
        book.find_notebook(name, name)
    except MissingEntry:
        book.update_or_create_assignment(name)
        about = {"notebook": name, "assignment": name, "db_url": url}
        SaveCells().preprocess(assignment.lesson.notebook(), {"nbgrader": about})
        book.db.expire_all()


def _submission(book: Any, page: Page, assignment: Assignment, course: Path) -> None:
    student, name = page.result.student, assignment.name
    if not _NAME.fullmatch(student):
        raise InvalidEntry("nbgrader has no place for such a name")
    book.update_or_create_student(student)
    handed_in = course / "submitted" / student / name / "timestamp.txt"
    when = {}
    if handed_in.is_file():  # else nbgrader takes the score for that of an earlier submission
        when["timestamp"] = parse_utc(handed_in.read_text("utf-8").strip())
    book.update_or_create_submission(name, student, **when)
    marks = {each.exercise: each for each in page.result.marks}
    words = {each.name: each for each in assignment.words}
    for grade in book.find_submission_notebook(name, name, student).grades:
        if grade.name in marks:
            _score(grade, marks[grade.name].points)
        elif grade.name in words:
            said = page.shown.note or page.shown.text(grade.name, words[grade.name].released)
            _score(grade, None if said else 0.0)
    book.db.commit()
    path = course / "autograded" / student / name / f"{name}.ipynb"
    written(path, nbformat.writes(_readable(page, assignment)) + "\n")  # type: ignore[no-untyped-call]


def _score(grade: Any, points: float | None) -> None:
    """Set what a program has found; whoever has given a score by hand looks again if it differs."""
    by_hand = grade.manual_score is not None
    if not by_hand:
        grade.needs_manual_grade = points is None
    elif grade.auto_score != points:
        grade.needs_manual_grade = True
    grade.auto_score = points


def _readable(page: Page, assignment: Assignment) -> Any:
    """Return the submission as a notebook of nbgrader's cells that shows nothing but text."""
    marks = {each.exercise: each for each in page.result.marks}
    mine = {each.name: each.source for each in page.shown.cells if each.name}
    cells = []
    with_rubrics = [each.source for each in assignment.lesson.cells]
    for at, cell in enumerate(assignment.lesson.notebook().cells):
        about = cell.metadata.get("nbgrader")
        if not about:
            continue
        name = about["grade_id"]
        if cell.cell_type == "code":
            outputs = []
            if name in marks:
                data = {"text/plain": f"{marks[name].points:g}"}
                outputs = [
                    new_output("execute_result", data, execution_count=1),  # type: ignore[no-untyped-call]
                    new_output("stream", text="\n".join(marks[name].mistakes)),  # type: ignore[no-untyped-call]
                ]
            source = mine.get(name, "") if about["solution"] else cell.source
            made = new_code_cell(source, outputs=outputs)  # type: ignore[no-untyped-call]
        elif about["solution"]:
            released = cell.source
            made = new_markdown_cell(_quoted(page.shown.text(name, released) or released))  # type: ignore[no-untyped-call]
        else:  # with the rubric between its markers: nbgrader's feedback leaves it out
            made = new_markdown_cell(with_rubrics[at])  # type: ignore[no-untyped-call]
        made.metadata["nbgrader"] = about
        made.id = cell.id
        cells.append(made)
    return new_notebook(cells=cells)  # type: ignore[no-untyped-call]


def _quoted(text: str) -> str:
    """Return Markdown that shows a text as it stands, whatever is in it."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
