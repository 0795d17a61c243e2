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
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import dask
from dask.system import CPU_COUNT
from distributed import Client, Future, KilledWorker, LocalCluster, Security
from distributed.utils import silence_logging_cmgr

from .box import KINDS, Kind, NoBox
from .janitor import hire, tell
from .store import course_version
from .worker import Found, OtherCourse, dask_setup, examine

MOST_BYTES = 256 << 20  # of submissions on their way
_CONNECT = 15.0  # seconds
_FIRST_WORKER = 180.0  # seconds: on a busy machine a process takes long to start
_ASK = 0.1  # seconds between two looks at whether a worker is still there
_DEATHS = 0  # of workers of ours that a submission may cause, before it is tried alone
_SETTINGS = {
    "distributed.scheduler.allowed-failures": _DEATHS,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.admin.large-graph-warning-threshold": MOST_BYTES,
}
LOST = "the scheduler is lost"


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
            raise LostScheduler(LOST) from None
        time.sleep(_ASK)
    try:
        found = future.result()
    except ModuleNotFoundError as problem:
        raise OtherCourse(f"the worker {address} has no course: {problem}") from None
    except KilledWorker:
        return None
    except CancelledError:
        raise LostScheduler(LOST) from None
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
