"""Grade one submission: it is executed in a box, and what comes out is compared here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..exercises import of_notebook
from .box import Box, Kind
from .limits import Limits
from .paper import Paper, read_paper
from .scoring import Marked, mark
from .session import answers
from .talk import NoNotebook, own_problems


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
    try:
        paper = read_paper(path, student, notebook, secret, limits.submission)
    except OSError as problem:
        return unread(student, notebook, box.kind, problem.strerror or str(problem))
    return grade_paper(paper, box, kit, limits)


def grade_paper(paper: Paper, box: Box, kit: Path, limits: Limits) -> Result:
    """Grade what has been read.

    Parameters
    ----------
    paper : Paper
    box : Box
    kit : Path
    limits : Limits

    Raises
    ------
    NoBox
        If the box does not start.
    """
    exercises = of_notebook(paper.notebook)
    wanted = [(each, each.problem(seed)) for each, seed in zip(exercises, paper.seeds, strict=True)]
    problems = own_problems(paper.notebook, paper.student)
    try:
        marks = tuple(
            mark(exercise, data, found)
            for exercise, data, found in answers(box, kit, limits, paper.content, wanted, problems)
        )
    except NoNotebook as problem:
        return unread(paper.student, paper.notebook, box.kind, str(problem))
    return Result(paper.student, paper.notebook, box.kind, marks)


def unread(student: str, notebook: str, kind: Kind, note: str) -> Result:
    """Return a result without a point, and why nothing was looked at."""
    marks = tuple(
        Marked(each.id, 0.0, each.points, 0, 0, "missing") for each in of_notebook(notebook)
    )
    return Result(student, notebook, kind, marks, note)
