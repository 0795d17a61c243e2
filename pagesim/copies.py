"""Copies of this process (`os.fork`), which run something and never go on as the notebook."""

from __future__ import annotations

import contextlib
import os
import signal
import warnings
from collections.abc import Callable
from typing import Any, NoReturn


def copied(run: Callable[..., NoReturn], *arguments: Any) -> int:
    """Run something in a copy of this process, and return the number of the copy.

    Parameters
    ----------
    run : callable
        What the copy does; it ends with `os._exit`.
    *arguments
        What that is called with.

    Raises
    ------
    OSError
        If this machine cannot.

    Examples
    --------
    >>> end(copied(os._exit, 0)) in (0, -9)  # it may have been faster
    True
    """
    parent = os.getpid()
    try:
        with warnings.catch_warnings():  # Python 3.12 warns of threads, which the copy has not
            warnings.simplefilter("ignore")
            pid = os.fork()
        if pid == 0:
            run(*arguments)
        return pid
    finally:
        if os.getpid() != parent:  # whatever happened
            os._exit(1)


def end(pid: int) -> int:
    """Kill a copy and all that it started; return its exit code, or minus the signal it died of."""
    for kill in (os.killpg, os.kill):  # the second, if it has no group of its own yet
        with contextlib.suppress(OSError):
            kill(pid, signal.SIGKILL)
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:  # the notebook has a handler that waits for every child
        return 0


def how_ended(code: int) -> str:
    """Say how a copy ended.

    Examples
    --------
    >>> how_ended(3), how_ended(-9), how_ended(-99)
    ('with exit code 3', 'by SIGKILL', 'by signal 99')
    """
    if code >= 0:
        return f"with exit code {code}"
    try:
        return f"by {signal.Signals(-code).name}"
    except ValueError:
        return f"by signal {-code}"
