"""Call code that is not ours: whatever it does, it ends as a value here, and prints nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from . import child, thread
from .outcome import Raised

__all__ = ["Raised", "guarded", "silence"]


def guarded(function: Callable[..., Any], inputs: list[list[Any]], seconds: float) -> list[Any]:
    """Call a function on one input after the other, with one time limit for all of them.

    The calls are made in a copy of this process, and the copy is killed when they are done or the
    time is up. So nothing that the function prints, starts or changes (a global, its arguments,
    the working directory, the random numbers to come) is seen afterwards: what it remembers
    between calls, in a cache or a counter, holds for the later inputs of this check and is then
    gone, and a debugger does not stop in it. It has 1 GiB of memory more than the notebook's
    Python uses. Files that it writes stay (16 MiB each at most), and so does a program that it
    starts in a session of its own.

    Where no process can be copied (on Windows, in a browser), the calls are made in a thread: see
    `coursework.thread.threaded` for what cannot be promised there.

    Parameters
    ----------
    function : callable
        The learner's.
    inputs : list of list
        The arguments of each call.
    seconds : float
        For all calls together.

    Returns
    -------
    list
        For each input what the function returned, as plain data (see `coursework.outcome`), or
        `Raised`.

    Examples
    --------
    >>> guarded(divmod, [[7, 2], [7, 0]], seconds=5)
    [(3, 1), Raised(kind='ZeroDivisionError', message='integer division or modulo by zero')]
    """
    if child.inside or thread.inside():
        return [Raised("Nested", "A check cannot be made within a check.")] * len(inputs)
    if child.FORKS:
        with contextlib.suppress(OSError):  # as many processes as may be, or no memory for one
            return child.forked(function, inputs, seconds)
    return thread.threaded(function, inputs, seconds)


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Let nothing come out of what this process itself prints."""
    with contextlib.redirect_stdout(thread.Nowhere()), contextlib.redirect_stderr(thread.Nowhere()):
        yield
