"""What the course calls its notebooks, what it asks in words, and which cells it has written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..builder import Lesson
from ..builder.source import scheme_of, without_scheme


@dataclass(frozen=True)
class Words:
    """A question that is answered in words, and marked by somebody who reads them.

    Parameters
    ----------
    name : str
        nbgrader's ``grade_id`` of the answer.
    question, rubric : str
        Markdown.
    released : str
        What stands where the answer is to be written.
    points : int
        At most.
    """

    name: str
    question: str
    rubric: str
    released: str
    points: int


@dataclass(frozen=True)
class Assignment:
    """One notebook of the course.

    Parameters
    ----------
    number : str
        Two digits.
    lesson : Lesson
    words : tuple of Words
    cells : frozenset of (str, str)
        Kind and source of every cell, as students get them.
    """

    number: str
    lesson: Lesson
    words: tuple[Words, ...]
    cells: frozenset[tuple[str, str]]

    @property
    def name(self) -> str:
        """What nbgrader calls it: ``02-byte-addressed-table``."""
        return self.lesson.path.stem

    @property
    def title(self) -> str:
        """Its name for people: ``02 One entry per byte``."""
        heading = str(self.lesson.cells[0].source).splitlines()[0]
        return f"{self.number} {heading.lstrip('# ').partition(':')[0]}"


def read_assignments(lessons: Path, numbers: Iterable[str]) -> dict[str, Assignment]:
    """Read the lessons of some notebooks.

    Parameters
    ----------
    lessons : Path
        Where the lessons stand.
    numbers : iterable of str
        Two digits each.

    Raises
    ------
    ValueError
        If there is no such lesson.
    LessonError
        If one is broken.
    """
    found = {}
    for number in sorted(set(numbers)):
        paths = sorted(lessons.glob(f"{number}-*.md"))
        if not paths:
            raise ValueError(f"no lesson {number}-….md in {lessons}")
        found[number] = _assignment(number, Lesson.read(paths[0]))
    return found


def _assignment(number: str, lesson: Lesson) -> Assignment:
    words = []
    for name, at in lesson.words.items():
        question, answer = lesson.cells[at - 1], lesson.cells[at]
        words.append(
            Words(
                name, without_scheme(question.source), scheme_of(question.source), answer.source,
                answer.metadata.nbgrader.points,
            )
        )  # fmt: skip
    cells = frozenset((cell.cell_type, cell.source) for cell in lesson.notebook().cells)
    return Assignment(number, lesson, tuple(words), cells)
