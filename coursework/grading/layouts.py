"""Find what was handed in: in nbgrader's folders, or all files in one.

    SUBMISSIONS/STUDENT/ASSIGNMENT/*.ipynb     as nbgrader collects (its `submitted` folder)
    SUBMISSIONS/STUDENT_04-anything.ipynb      flat; whatever stands before the last _NN is the name
    SUBMISSIONS/STUDENT.ipynb                  flat, if it is said which notebook all of them are

Which of the course's notebooks one is, is told by two digits at the start of its name or of the
assignment's. Names are the students': nothing in them is trusted, and none is used as a path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ..exercises import of_notebook

_FLAT = re.compile(r"(?P<student>.+)_(?P<notebook>\d\d)(?!\d).*\.ipynb", re.DOTALL)
_NUMBER = re.compile(r"\d\d(?!\d)")


@dataclass(frozen=True, order=True)
class Submission:
    """One notebook that was handed in.

    Parameters
    ----------
    student : str
    notebook : str
        Two digits.
    path : Path
    """

    student: str
    notebook: str
    path: Path


def find_submissions(
    folder: Path, notebook: str | None = None
) -> tuple[list[Submission], list[tuple[Path, str]]]:
    """Return what can be graded, sorted, and what cannot, with the reason.

    Parameters
    ----------
    folder : Path
    notebook : str, optional
        Which notebook those are whose names do not say it.

    Raises
    ------
    OSError
        If the folder cannot be read.
    """
    found: dict[tuple[str, str], Submission] = {}
    refused: list[tuple[Path, str]] = []
    for path, student, names in _files(folder):
        number = next((n for n in (*map(_number, names), notebook) if n and _known(n)), None)
        if number is None:
            refused.append((path, "its name does not say which notebook of the course it is"))
            continue
        each = Submission(student, number, path)
        other = found.setdefault((student, number), each)
        if other is not each:
            refused.append((path, f"{other.path.name} is the same student's and notebook's"))
    return sorted(found.values()), refused


def _files(folder: Path) -> list[tuple[Path, str, list[str]]]:
    """List each notebook with its student and the names that may tell its number."""
    files = []
    for at in sorted(folder.iterdir()):
        if at.suffix == ".ipynb" and not (at.is_dir() and not at.is_symlink()):
            flat = _FLAT.fullmatch(at.name)
            student = flat["student"] if flat else at.stem
            files.append((at, student, [flat["notebook"]] if flat else []))
        elif at.is_dir() and not at.is_symlink():
            for assignment in sorted(at.iterdir()):
                if assignment.is_dir() and not assignment.is_symlink():
                    for path in sorted(assignment.glob("*.ipynb")):
                        files.append((path, at.name, [path.name, assignment.name]))
    return files


def _number(name: str) -> str | None:
    match = _NUMBER.match(name)
    return match[0] if match else None


def _known(number: str) -> bool:
    try:
        return bool(of_notebook(number))
    except ValueError:
        return False
