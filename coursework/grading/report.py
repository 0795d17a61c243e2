"""Write scores as JSON, which keeps everything, and as CSV, which spreadsheets read."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .grade import Result
from .scoring import Marked

_COLUMNS = ("student", "notebook", "exercise", "points", "possible", "state", "note")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would compute


def as_json(results: Iterable[Result]) -> str:
    """Return all results as JSON, in one order, whatever order they came in."""
    entries = [asdict(each) for each in sorted(results, key=_key)]
    return json.dumps(entries, indent=1, sort_keys=True) + "\n"


def from_json(text: str) -> list[Result]:
    """Return the results that `as_json` wrote.

    >>> from_json(as_json([Result("ada", "04", "bubblewrap", ())]))[0].student
    'ada'
    """
    return [_result(entry) for entry in json.loads(text)]


def as_csv(results: Iterable[Result]) -> str:
    """Return a table with a row for each exercise, and one, with no exercise, for each notebook.

    >>> print(as_csv([Result("=1+1", "04", "bubblewrap", (), "it is a link")]), end="")
    student,notebook,exercise,points,possible,state,note
    '=1+1,04,,0,0,,it is a link
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(_COLUMNS)
    for each in sorted(results, key=_key):
        student = plain_text(each.student)
        for one in each.marks:
            points = (f"{one.points:g}", f"{one.possible:g}")
            table.writerow((student, each.notebook, one.exercise, *points, one.state, one.note))
        points = (f"{each.points:g}", f"{each.possible:g}")
        table.writerow((student, each.notebook, "", *points, "", each.note))
    return text.getvalue()


def plain_text(name: str) -> str:
    """Return a name that a spreadsheet takes for text, and that can be written as UTF-8.

    >>> plain_text("=cmd()"), plain_text("Ada")
    ("'=cmd()", 'Ada')
    """
    name = name.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
    return f"'{name}" if name.startswith(_FORMULA) else name


def write(results: Iterable[Result], folder: Path) -> None:
    """Write ``scores.json`` and ``scores.csv`` into a folder, whole or not at all."""
    results = list(results)
    written(folder / "scores.json", as_json(results))
    written(folder / "scores.csv", as_csv(results))


def written(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{os.getpid()}.half")
    try:
        half.write_text(text, encoding="utf-8", newline="")
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def _key(result: Result) -> tuple[str, str]:
    return result.student, result.notebook


def _result(entry: dict[str, Any]) -> Result:
    marks = (Marked(**{**each, "mistakes": tuple(each["mistakes"])}) for each in entry["marks"])
    return Result(**{**entry, "marks": tuple(marks)})
