"""The workers that grade a class: processes of this machine, or those of a Dask scheduler.

What travels to a worker: the bytes that were handed in, the student's name, the notebook's number,
and what the problems of its exercises are drawn from, which comes of the secret for this student
only (`hidden.graded_seed`). The secret itself stays here. A worker sends a `Result` back.

Whoever can talk to a scheduler can run what they like on its workers, and in the process that
grades. So what we start ourselves speaks TLS, with a certificate made for this one run; for a
scheduler of yours, say the same of yours.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import cast

import dask
from dask.system import CPU_COUNT
from distributed import Client, Future, KilledWorker, LocalCluster, Security, as_completed
from distributed.utils import silence_logging_cmgr

from .box import KINDS, Kind, NoBox
from .grade import Result
from .janitor import hire, tell
from .limits import Limits
from .paper import Paper
from .store import course_version
from .worker import Found, OtherCourse, dask_setup, examine, grade

log = logging.getLogger(__name__)
_AHEAD = 2  # submissions on their way for each thread, so that none waits for us
_MOST_BYTES = 256 << 20  # of them together
_LOOK = 0.02  # seconds between two looks at what has come back
_COUNT = 2.0  # seconds between two counts of the workers
_CONNECT = 15.0  # seconds
_FIRST_WORKER = 180.0  # seconds: on a busy machine a process takes long to start
_ASK = 0.1  # seconds between two looks at whether a worker is still there
_ALONE = 3  # times that one is tried whose worker has ended
_DEATHS = 0  # of workers of ours that a submission may cause, before it is tried alone
_SETTINGS = {
    "distributed.scheduler.allowed-failures": _DEATHS,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.admin.large-graph-warning-threshold": _MOST_BYTES,
}
_LOST = "the scheduler is lost"


class LostScheduler(RuntimeError):
    """There is no scheduler, or not any more; the message says which."""


def certificates(
    authority: Path | None, certificate: Path | None, key: Path | None
) -> Security | None:
    """Return what Dask needs for TLS, or None to take what its own configuration says.

    Raises
    ------
    OSError
        If one of the files is not there.
    ValueError
        If only some are given.
    """
    given = (authority, certificate, key)
    if not any(given):
        return None
    if not all(given):
        raise ValueError("TLS needs three files: who has signed, a certificate, and its key")
    ca_file, cert, key_file = (str(path.resolve(strict=True)) for path in given if path)
    return Security(
        tls_ca_file=ca_file, tls_client_cert=cert, tls_client_key=key_file, require_encryption=True
    )


def workers(
    most: int, address: str | None = None, security: Security | None = None
) -> AbstractContextManager[Client]:
    """Lend workers: of a scheduler, if there is an address, else as many as are needed here."""
    return workers_at(address, security) if address else own_workers(most)


@contextmanager
def own_workers(most: int = CPU_COUNT) -> Iterator[Client]:
    """Lend workers on this machine, a process for each core.

    Parameters
    ----------
    most : int
        How many are needed.
    """
    hire()
    with tempfile.TemporaryDirectory(prefix="coursework-cluster-") as folder:
        tell("cluster", paths=[Path(folder)])
        with (
            dask.config.set({**_SETTINGS, "temporary-directory": folder}),
            LocalCluster(
                n_workers=max(1, min(most, CPU_COUNT)),
                threads_per_worker=1,
                security=True,
                dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
                preload=[dask_setup.__module__],
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client
        tell("cluster")


@contextmanager
def workers_at(address: str, security: Security | None = None) -> Iterator[Client]:
    """Lend the workers of a scheduler.

    Parameters
    ----------
    address : str
        As Dask writes it: ``tls://host:8786``.
    security : Security, optional
        Certificates; what Dask's own configuration says, if left out.

    Raises
    ------
    LostScheduler
        If nobody answers there.
    """
    with silence_logging_cmgr(logging.CRITICAL), dask.config.set(_SETTINGS):  # we say it ourselves
        try:
            client = Client(address, security=security, timeout=_CONNECT)
        except (OSError, ValueError, TypeError) as problem:
            raise LostScheduler(f"no scheduler answers at {address}: {problem}") from None
        with client:
            yield client


def kind_of(client: Client) -> Kind:
    """Return the best kind of box that all workers have.

    Raises
    ------
    NoBox
        If there is none; the message says for a worker why.
    OtherCourse
        If a worker has not the same course as this process.
    LostScheduler
        If it is, or has no worker.
    """
    while True:
        _wait_for_one(client)
        asked = {
            address: client.submit(examine, workers=[address], pure=False)
            for address in client.nthreads()
        }
        kinds = [_kind(client, address, future) for address, future in asked.items()]
        if there := [kind for kind in kinds if kind]:
            return max(there, key=KINDS.index)


def _kind(client: Client, address: str, future: Future[Found]) -> Kind | None:
    """Return a worker's kind of box; None if the worker has gone meanwhile."""
    while not future.done():
        try:
            if address not in client.nthreads():
                return None
        except OSError:
            raise LostScheduler(_LOST) from None
        time.sleep(_ASK)
    try:
        found = future.result()
    except ModuleNotFoundError as problem:
        raise OtherCourse(f"the worker {address} has no course: {problem}") from None
    except KilledWorker:
        return None
    except CancelledError:
        raise LostScheduler(_LOST) from None
    if found.version != course_version():
        raise OtherCourse(f"the worker {address} has another version of the course")
    if found.kind is None:
        raise NoBox(f"the worker {address} has none: {found.obstacle}")
    return found.kind


def _wait_for_one(client: Client) -> None:
    try:
        client.wait_for_workers(1, timeout=_FIRST_WORKER)
    except TimeoutError:
        raise LostScheduler("the scheduler has no worker") from None


def grade_papers(
    client: Client, papers: Iterable[Paper], kind: Kind, limits: Limits
) -> Iterator[tuple[Paper, Result | Exception]]:
    """Yield each paper with its result, or with what kept it from having one, as they finish.

    No more papers are read than the workers need. One whose worker ends is tried again when nothing
    else is on its way, and more than once, so that nobody is blamed for a neighbour or a mishap.

    Parameters
    ----------
    client : Client
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
    for paper, result in _finished(client, papers, kind, limits):
        if isinstance(result, KilledWorker):
            suspects.append(paper)
        else:
            yield paper, result
    for paper in suspects:
        for _ in range(_ALONE):
            ((_, result),) = _finished(client, [paper], kind, limits)
            if not isinstance(result, KilledWorker):
                break
        yield paper, result


def _finished(
    client: Client, papers: Iterable[Paper], kind: Kind, limits: Limits
) -> Iterator[tuple[Paper, Result | Exception]]:
    coming = iter(papers)
    under_way: dict[Future[Result], Paper] = {}
    done = as_completed()
    crew = _Crew(client)
    more = True
    while more or under_way:
        while more and len(under_way) < _AHEAD * crew.threads():
            if under_way and sum(len(each.content) for each in under_way.values()) > _MOST_BYTES:
                break
            paper = next(coming, None)
            if paper is None:
                more = False
                break
            future = client.submit(grade, paper, kind, course_version(), limits, pure=False)
            under_way[future] = paper
            done.add(future)
        while under_way and not done.has_ready():
            crew.threads()
            time.sleep(_LOOK)
        if under_way:
            future = next(done)
            yield under_way.pop(future), _outcome(future)


def _outcome(future: Future[Result]) -> Result | Exception:
    if future.status not in ("finished", "error"):
        raise LostScheduler(_LOST)
    try:  # what has come of it is fetched only now
        problem = cast(Exception | None, future.exception())
        if problem is None:
            return future.result()
    except (OSError, CancelledError):
        raise LostScheduler(_LOST) from None
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
            raise LostScheduler(_LOST)
        if time.monotonic() > self._next:
            try:
                threads = sum(self._client.nthreads().values())
            except OSError:
                raise LostScheduler(_LOST) from None
            if not threads and self._threads:
                log.warning("there is no worker; waiting for one")
            _made_good(self._client)
            self._threads = threads
            self._next = time.monotonic() + _COUNT
        return max(1, self._threads)
