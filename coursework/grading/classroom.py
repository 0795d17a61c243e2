"""Grade every submission of a class: none stops the others, and none is graded twice."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from distributed import Client, KilledWorker

from .cluster import kind_of
from .grade import Result, unread
from .layouts import Submission
from .limits import Limits
from .paper import Paper, read_paper
from .spread import spread
from .store import Store, key
from .worker import grade

log = logging.getLogger(__name__)
_KILLED = "not graded: its worker was killed each time that it was tried"
_FAILED = "not graded: the grader failed, see its log"


def grade_class(
    submissions: Iterable[Submission],
    secret: bytes,
    client: Client,
    store: Store,
    limits: Limits | None = None,
) -> Iterator[Result]:
    """Yield the result of each submission, once it is kept: those first that were kept before.

    Parameters
    ----------
    submissions : iterable of Submission
    secret : bytes
        The instructor's.
    client : Client
        Of the workers, see `cluster`.
    store : Store
        What cannot be graded is not kept there, so that the next run tries again.
    limits : Limits, optional

    Raises
    ------
    NoBox
        If a box does not start.
    OtherCourse
        If a worker has not the same course.
    LostScheduler
        If it is.
    sqlite3.Error
        If nothing more can be kept.
    """
    limits = limits or Limits()
    kind = kind_of(client)
    left: list[Submission] = []
    gone: list[Result] = []

    def papers(wanted: Iterable[Submission]) -> Iterator[tuple[Submission, Paper]]:
        for each in wanted:
            try:
                paper = read_paper(
                    each.path, each.student, each.notebook, secret, limits.submission
                )
            except OSError as problem:
                note = problem.strerror or str(problem)
                gone.append(unread(each.student, each.notebook, kind, note))
            else:
                yield each, paper

    for each, paper in papers(submissions):
        if found := store.get(key(paper, kind, limits)):
            yield found
        else:
            left.append(each)
    sent = (paper for _, paper in papers(left))
    for paper, result in spread(client, grade, sent, kind, limits):
        if isinstance(result, Result):
            store.put(key(paper, kind, limits), result)
            yield result
        else:
            note = _KILLED if isinstance(result, KilledWorker) else _FAILED
            log.error("%r, notebook %s: %s", paper.student, paper.notebook, note, exc_info=result)
            yield unread(paper.student, paper.notebook, kind, note)
    yield from gone
