"""Call code that is not ours: whatever it does, it ends as a value here, and prints nothing."""

from __future__ import annotations

import contextlib
import io
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any


@dataclass(frozen=True)
class Raised:
    """The call raised: the exception's class name and its message."""

    kind: str
    message: str = ""


class TooSlow(BaseException):
    """The time was up. Not an `Exception`, so that a learner's ``except`` rarely swallows it."""


def attempt(function: Callable[..., Any], arguments: list[Any], seconds: float) -> Any:
    """Call a function and return what it returned, or `Raised` if it raised anything at all.

    What it prints goes nowhere: a line on stderr would cost all points in nbgrader.

    Parameters
    ----------
    function : callable
        The learner's.
    arguments : list
        Positional arguments.
    seconds : float
        When to interrupt it. Only where there is a timer signal (not on Windows) and only in the
        main thread; elsewhere a function that never ends must be interrupted by hand.

    Examples
    --------
    >>> attempt(divmod, [7, 2], seconds=1)
    (3, 1)
    >>> attempt(int, ["7.5"], seconds=1).kind
    'ValueError'
    """
    try:
        with silence(), _alarm(seconds):
            return function(*arguments)
    except BaseException as problem:  # SystemExit too: a check never ends the kernel
        return Raised(type.__dict__["__name__"].__get__(type(problem)), _message(problem))


def guarded(function: Callable[..., Any], inputs: list[list[Any]], seconds: float) -> list[Any]:
    """Call a function on one input after the other, with one time limit for all of them.

    Returns
    -------
    list
        A value or `Raised` for each input; inputs after the time limit count as too slow unseen.
    """
    end = time.monotonic() + seconds
    outcomes: list[Any] = []
    for arguments in inputs:
        left = end - time.monotonic()
        outcomes.append(attempt(function, arguments, left) if left > 0 else Raised("TooSlow"))
    return outcomes


class _Nowhere(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Let nothing that is printed come out."""
    with contextlib.redirect_stdout(_Nowhere()), contextlib.redirect_stderr(_Nowhere()):
        yield


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    in_main = threading.current_thread() is threading.main_thread()
    if not (in_main and hasattr(signal, "setitimer")):
        yield
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _message(problem: BaseException) -> str:
    try:
        return str(problem)[:200]
    except BaseException:  # a learner's own class may lie here as well
        return ""
