"""Scores as tables for spreadsheets, and in the columns that Canvas and Moodle import.

Canvas (its guide "How do I import grades in the Gradebook?", and `lib/gradebook_importer.rb`) wants
Student, ID, SIS User ID, SIS Login ID, Section, then a column for each assignment, and below the
header a row of the points possible. It finds a student by ID, SIS User ID, SIS Login ID or name.

Moodle (docs.moodle.org, "Grade import") lets one choose which column is what: a column tells the
users apart, here by their username; each further one becomes a grade item. "-" is no grade.

What could not be read has no points here, not even none: nobody gets 0 for a file that broke.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from .grade import Result
from .report import plain_text

_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


def by_exercise(results: Iterable[Result]) -> str:
    """Return a table with a row for each student, and a column for each exercise.

    >>> from coursework.grading.scoring import Marked
    >>> mark = Marked("radix-walk", 1.5, 2.0, 3, 4, "not yet")
    >>> print(by_exercise([Result("ada", "04", "bubblewrap", (mark,))]), end="")
    student,radix-walk
    ada,1.5
    """
    points: dict[str, dict[str, float]] = {}
    columns: dict[str, None] = {}
    for result in _ordered(results):
        earned = points.setdefault(result.student, {})
        for each in result.marks:
            columns[each.exercise] = None
            if not result.note:
                earned[each.exercise] = each.points
    return _table(("student", *columns), points, [*columns])


def by_assignment(results: Iterable[Result], names: Mapping[str, str]) -> str:
    """Return a table with a row for each student, and a column for each assignment and for all.

    Parameters
    ----------
    results : iterable of Result
    names : dict
        What each notebook is called, by its number.
    """
    points, numbers = _points(results)
    for earned in filter(None, points.values()):
        earned["all"] = round(sum(earned.values()), 2)
    header = ("student", *(names[number] for number in numbers), "all")
    return _table(header, points, [*numbers, "all"])


def for_canvas(results: Iterable[Result], names: Mapping[str, str]) -> str:
    """Return what Canvas imports; students are found by their login.

    >>> print(for_canvas([Result("ada", "04", "bubblewrap", ())], {"04": "04-multi"}), end="")
    Student,ID,SIS User ID,SIS Login ID,Section,04-multi
    Points Possible,,,,,0
    ada,,,ada,,0
    """
    points, numbers = _points(results)
    rows = [
        [*_CANVAS, *(names[number] for number in numbers)],
        ["Points Possible", "", "", "", "", *(f"{each:g}" for each in numbers.values())],
    ]
    for student, earned in points.items():
        name = plain_text(student)
        rows.append([name, "", "", name, "", *_cells(earned, [*numbers], "")])
    return _csv(rows)


def for_moodle(results: Iterable[Result], names: Mapping[str, str]) -> str:
    """Return what Moodle imports; students are found by their username.

    >>> print(for_moodle([Result("ada", "04", "bubblewrap", ())], {"04": "04-multi"}), end="")
    username,04-multi
    ada,0
    """
    points, numbers = _points(results)
    header = ("username", *(names[number] for number in numbers))
    return _table(header, points, [*numbers], missing="-")


def _points(results: Iterable[Result]) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Return the points by student and notebook, and what is possible by notebook."""
    points: dict[str, dict[str, float]] = {}
    possible: dict[str, float] = {}
    for each in _ordered(results):
        earned = points.setdefault(each.student, {})
        possible[each.notebook] = each.possible
        if not each.note:
            earned[each.notebook] = each.points
    return dict(sorted(points.items())), possible


def _ordered(results: Iterable[Result]) -> list[Result]:
    return sorted(results, key=lambda each: (each.notebook, each.student))


def _table(
    header: Sequence[str],
    points: Mapping[str, Mapping[str, float]],
    columns: Sequence[str],
    missing: str = "",
) -> str:
    rows = [
        [plain_text(student), *_cells(earned, columns, missing)]
        for student, earned in sorted(points.items())
    ]
    return _csv([header, *rows])


def _cells(earned: Mapping[str, float], columns: Sequence[str], missing: str) -> list[str]:
    return [f"{earned[each]:g}" if each in earned else missing for each in columns]


def _csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
