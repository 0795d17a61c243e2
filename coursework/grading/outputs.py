"""All that a graded class is written to: tables, pages, and on request a grade book."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from .assignments import Assignment, read_assignments
from .box import Box
from .grade import Result
from .layouts import Submission
from .pages import Page, write_class, write_student
from .report import written
from .showing import show_submission
from .tables import by_assignment, by_exercise, for_canvas, for_moodle

__all__ = ["look_at", "read_assignments", "write_pages", "write_tables"]


def write_tables(
    results: Sequence[Result], assignments: Mapping[str, Assignment], folder: Path
) -> None:
    """Write the tables into a folder.

    Parameters
    ----------
    results : sequence of Result
    assignments : dict
        By their numbers, see `read_assignments`.
    folder : Path
    """
    names = {number: each.name for number, each in assignments.items()}
    written(folder / "exercises.csv", by_exercise(results))
    written(folder / "assignments.csv", by_assignment(results, names))
    written(folder / "canvas.csv", for_canvas(results, names))
    written(folder / "moodle.csv", for_moodle(results, names))


def look_at(
    submissions: Iterable[Submission], results: Sequence[Result], box: Box, kit: Path
) -> Iterator[Page]:
    """Yield each submission as it looks: executed once more, without hidden inputs.

    Parameters
    ----------
    submissions : iterable of Submission
    results : sequence of Result
        Of all of them, in any order.
    box : Box
    kit : Path

    Raises
    ------
    NoBox
        If the box does not start any more.
    """
    known = {(each.student, each.notebook): each for each in results}
    for each in submissions:
        if result := known.get((each.student, each.notebook)):
            yield Page(result, show_submission(each, box, kit))


def write_pages(pages: Sequence[Page], assignments: Mapping[str, Assignment], folder: Path) -> None:
    """Write a page for each student, one for the class, and one with the answers in words.

    Parameters
    ----------
    pages : sequence of Page
    assignments : dict
    folder : Path
    """
    students: dict[str, list[Page]] = {}
    for each in pages:
        students.setdefault(each.result.student, []).append(each)
    for own in students.values():
        write_student(own, assignments, folder)
    write_class(pages, assignments, folder)
