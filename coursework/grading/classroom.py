"""Grade every submission of a class, one after the other; none stops those behind it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..exercises import of_notebook
from .box import Box, NoBox
from .grade import Result, grade_submission
from .layouts import Submission
from .limits import Limits
from .scoring import Marked

log = logging.getLogger(__name__)


def grade_class(
    submissions: Iterable[Submission],
    secret: bytes,
    box: Box,
    kit: Path,
    limits: Limits | None = None,
) -> Iterator[Result]:
    """Yield the result of each submission in turn.

    Parameters
    ----------
    submissions : iterable of Submission
    secret : bytes
        The instructor's.
    box : Box
    kit : Path
    limits : Limits, optional

    Raises
    ------
    NoBox
        If the box does not start any more.
    """
    for each in submissions:
        try:
            yield grade_submission(each.path, each.student, each.notebook, secret, box, kit, limits)
        except NoBox:
            raise
        except Exception:  # a mistake of ours: somebody must look at it, and the others go on
            log.exception("%r, notebook %s: not graded", each.student, each.notebook)
            yield ungraded(each, box, "not graded: the grader failed, see its log")


def ungraded(submission: Submission, box: Box, note: str) -> Result:
    """Return a result without a point, and why."""
    marks = tuple(
        Marked(each.id, 0.0, each.points, 0, 0, "missing")
        for each in of_notebook(submission.notebook)
    )
    return Result(submission.student, submission.notebook, box.kind, marks, note)
