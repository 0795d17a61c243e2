"""Grade one submission: it is executed in a box, and what comes out is compared here."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..exercises import of_notebook
from .box import Box
from .hidden import graded_problem
from .limits import Limits
from .scoring import Marked, mark
from .session import answers


@dataclass(frozen=True)
class Result:
    """The grades of one submission.

    Parameters
    ----------
    student : str
    notebook : str
        Its two digits.
    box : str
        The kind of box that it was in.
    marks : tuple of Marked
        One for each exercise, in their order.
    note : str
        Why nothing of it was looked at, or nothing.
    """

    student: str
    notebook: str
    box: str
    marks: tuple[Marked, ...]
    note: str = ""

    @property
    def points(self) -> float:
        """The sum over the exercises."""
        return round(sum(each.points for each in self.marks), 2)

    @property
    def possible(self) -> float:
        """The most that there is."""
        return sum(each.possible for each in self.marks)


def grade_submission(
    path: Path,
    student: str,
    notebook: str,
    secret: bytes,
    box: Box,
    kit: Path,
    limits: Limits | None = None,
) -> Result:
    """Grade a notebook.

    The same arguments give the same result, to the byte, unless the machine is so busy that what
    ends in time on one day does not on another.

    Parameters
    ----------
    path : Path
        The file that was handed in.
    student : str
        Whose own problems were worked on.
    notebook : str
        Which of the course's it is: two digits.
    secret : bytes
        The instructor's, see `hidden`.
    box : Box
        See `box.find_box`.
    kit : Path
        See `kit.kit`.
    limits : Limits, optional

    Raises
    ------
    NoBox
        If the box does not start. Nothing is ever run outside of one.
    """
    limits = limits or Limits()
    exercises = of_notebook(notebook)
    wanted = [(each, graded_problem(each, student, secret)) for each in exercises]
    try:
        content = _content(path, limits.submission)
    except OSError as problem:
        note = problem.strerror or str(problem)
        marks = tuple(mark(exercise, data, "missing") for exercise, data in wanted)
        return Result(student, notebook, box.kind, marks, note)
    problems = {each.id: partial(each.problem, student) for each in exercises}
    marks = tuple(
        mark(exercise, data, found)
        for exercise, data, found in answers(box, kit, limits, content, wanted, problems)
    )
    return Result(student, notebook, box.kind, marks)


def _content(path: Path, most: int) -> bytes:
    """Read a file that somebody else has made: no link, no pipe, nothing endless."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "it is no ordinary file")
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(0, f"it is larger than {most >> 20} MiB")
    return content
