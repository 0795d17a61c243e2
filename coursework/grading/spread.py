"""Submissions spread over workers: a few on their way to each, and what comes back as it comes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from typing import TypeAlias, TypeVar, cast

from distributed import Client, Future, KilledWorker, as_completed

from .box import Kind, NoBox
from .cluster import LOST, MOST_BYTES, LostScheduler
from .limits import Limits
from .paper import Paper
from .store import course_version
from .worker import OtherCourse

T = TypeVar("T")
Task: TypeAlias = Callable[[Paper, Kind, str, Limits], T]

log = logging.getLogger(__name__)
_AHEAD = 2  # submissions on their way for each thread, so that none waits for us
_LOOK = 0.02  # seconds between two looks at what has come back
_COUNT = 2.0  # seconds between two counts of the workers
_ALONE = 3  # times that one is tried whose worker has ended


def spread(
    client: Client, task: Task[T], papers: Iterable[Paper], kind: Kind, limits: Limits
) -> Iterator[tuple[Paper, T | Exception]]:
    """Yield each paper with what came of it, or with what kept it from that, as they finish.

    No more papers are read than the workers need. One whose worker ends is tried again when nothing
    else is on its way, and more than once, so that nobody is blamed for a neighbour or a mishap.

    Parameters
    ----------
    client : Client
    task : callable
        What a worker does with each: `worker.grade` or `worker.look`.
    papers : iterable of Paper
    kind : {"bubblewrap", "reduced"}
    limits : Limits

    Raises
    ------
    NoBox, OtherCourse
        If a worker cannot grade at all.
    LostScheduler
    """
    suspects = []
    for paper, result in _finished(client, task, papers, kind, limits):
        if isinstance(result, KilledWorker):
            suspects.append(paper)
        else:
            yield paper, result
    for paper in suspects:
        for _ in range(_ALONE):
            ((_, result),) = _finished(client, task, [paper], kind, limits)
            if not isinstance(result, KilledWorker):
                break
        yield paper, result


def _finished(
    client: Client, task: Task[T], papers: Iterable[Paper], kind: Kind, limits: Limits
) -> Iterator[tuple[Paper, T | Exception]]:
    coming = iter(papers)
    under_way: dict[Future[T], Paper] = {}
    done = as_completed()
    crew = _Crew(client)
    more = True
    while more or under_way:
        while more and len(under_way) < _AHEAD * crew.threads():
            if under_way and sum(len(each.content) for each in under_way.values()) > MOST_BYTES:
                break
            paper = next(coming, None)
            if paper is None:
                more = False
                break
            future = client.submit(task, paper, kind, course_version(), limits, pure=False)
            under_way[future] = paper
            done.add(future)
        while under_way and not done.has_ready():
            crew.threads()
            time.sleep(_LOOK)
        if under_way:
            future = next(done)
            outcome = _outcome(future)
            yield under_way.pop(future), outcome


def _outcome(future: Future[T]) -> T | Exception:
    if future.status not in ("finished", "error"):
        raise LostScheduler(LOST)
    try:  # what has come of it is fetched only now
        problem = cast(Exception | None, future.exception())
        if problem is None:
            return future.result()
    except (OSError, CancelledError):
        raise LostScheduler(LOST) from None
    if isinstance(problem, NoBox | OtherCourse):
        raise problem
    return problem


def _made_good(client: Client) -> None:
    """Start workers of ours anew that Dask has given up: those that were gone for a while."""
    if client.cluster is not None:
        client.cluster.scale(len(client.cluster.worker_spec))


class _Crew:
    """How many workers there are, asked now and then."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._next = 0.0
        self._threads = 1

    def threads(self) -> int:
        """Return how many submissions can be graded at a time, 1 at least."""
        if self._client.status != "running":
            raise LostScheduler(LOST)
        if time.monotonic() > self._next:
            try:
                threads = sum(self._client.nthreads().values())
            except OSError:
                raise LostScheduler(LOST) from None
            if not threads and self._threads:
                log.warning("there is no worker; waiting for one")
            _made_good(self._client)
            self._threads = threads
            self._next = time.monotonic() + _COUNT
        return max(1, self._threads)
