"""All that a graded class is written to: tables, pages, and on request a grade book."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from distributed import Client

from .assignments import Assignment, read_assignments
from .cluster import kind_of
from .contest import NOTEBOOK, Ranked, contest_seed, ranking
from .grade import Result
from .layouts import Submission
from .limits import Limits
from .pages import Page, write_class, write_student
from .paper import Paper, content_of
from .report import written
from .showing import Shown, kept_bets
from .spread import spread
from .tables import by_assignment, by_exercise, for_canvas, for_moodle
from .worker import compete, look

__all__ = ["read_assignments", "write_class", "write_ranking", "write_students", "write_tables"]
log = logging.getLogger(__name__)
_NOT_SHOWN = "not shown: see the grader's log"


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


def write_students(
    submissions: Iterable[Submission],
    results: Sequence[Result],
    client: Client,
    assignments: Mapping[str, Assignment],
    folder: Path,
) -> Iterator[Page]:
    """Have each submission executed once more, without hidden inputs, and write students' pages.

    A student's page is written when all of theirs has been looked at; what is yielded then is what
    the class's pages need of it, so that a class needs little memory.

    Parameters
    ----------
    submissions : iterable of Submission
    results : sequence of Result
        Of all of them, in any order.
    client : Client
        Of the workers, see `cluster`.
    assignments : dict
        By their numbers.
    folder : Path

    Raises
    ------
    NoBox
        If a box does not start any more.
    LostScheduler
        If it is.
    """
    graded = {(each.student, each.notebook): each for each in results}
    left = Counter(each.student for each in submissions if _whose(each) in graded)
    students: dict[str, list[Page]] = {}
    for each, shown in _looked_at([each for each in submissions if _whose(each) in graded], client):
        own = students.setdefault(each.student, [])
        own.append(Page(graded[_whose(each)], shown))
        left[each.student] -= 1
        if not left[each.student]:
            write_student(own, assignments, folder)
            for page in students.pop(each.student):
                yield replace(page, shown=page.shown.answers())


def write_ranking(
    submissions: Iterable[Submission], secret: bytes, client: Client, folder: Path
) -> int:
    """Have the pagers play whose authors gave them a nickname; write ``pagers.csv``, if any did.

    Parameters
    ----------
    submissions : iterable of Submission
    secret : bytes
        The instructor's: the programs are drawn from it.
    client : Client
    folder : Path

    Returns
    -------
    int
        How many take part.

    Raises
    ------
    NoBox
        If a box does not start any more.
    LostScheduler
        If it is.
    """
    limits = Limits()

    def papers() -> Iterator[Paper]:
        for each in submissions:
            if each.notebook != NOTEBOOK:
                continue
            with suppress(OSError):  # named as unreadable already
                content = content_of(each.path, limits.submission)
                if b"nickname" in content:
                    yield Paper(each.student, NOTEBOOK, content, (contest_seed(secret),))

    found = spread(client, compete, papers(), kind_of(client), limits)
    played = [each for _, each in found if isinstance(each, Ranked) and each.nickname]
    if played:
        written(folder / "pagers.csv", ranking(played))
    return len(played)


def _whose(submission: Submission) -> tuple[str, str]:
    return submission.student, submission.notebook


def _looked_at(
    submissions: Sequence[Submission], client: Client
) -> Iterator[tuple[Submission, Shown]]:
    """Yield each submission as it looks, those that cannot be read last."""
    limits = Limits()
    known = {_whose(each): each for each in submissions}
    unread: list[tuple[Submission, Shown]] = []

    def papers() -> Iterator[Paper]:
        for each in submissions:
            try:
                content = content_of(each.path, limits.submission)
            except OSError as problem:
                unread.append((each, Shown(note=problem.strerror or str(problem))))
            else:
                yield Paper(each.student, each.notebook, content, ())

    for paper, shown in spread(client, look, papers(), kind_of(client), limits):
        submission = known[paper.student, paper.notebook]
        if isinstance(shown, Shown):
            yield submission, replace(shown, bets={**shown.bets, **kept_bets(submission)})
        else:
            log.error("%r, notebook %s: %s", *_whose(submission), _NOT_SHOWN, exc_info=shown)
            yield submission, Shown(note=_NOT_SHOWN)
    yield from unread
