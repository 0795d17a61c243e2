"""A learner's own function, run in a copy of this process, on an array that is watched.

It runs in a copy (`os.fork`) so that a function which was typed into a notebook need not be sent
anywhere. The copy notes page changes in memory that it shares with this process, and says how it
ended through a pipe.
"""

from __future__ import annotations

import errno
import faulthandler
import gc
import json
import mmap
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from ..copies import copied, end, how_ended
from .linux import PAGE, Unavailable, libc, refusal
from .one_page import OnePage

if sys.platform == "linux":
    import resource

Function = Callable[[Any], object]
_LONGEST = 300  # characters of what a function raised
_STOPPED = {
    "most": "It has changed pages more than {most:,} times. Give it a smaller array, or ask for "
    "more with most=.",
    "slow": "After {seconds:g} seconds it had not come to an end. Give it a smaller array, or ask "
    "for more with seconds=. Or does a loop never stop?",
    "fork": "It starts a copy of its process (fork); pages of one process at a time are recorded.",
    "thread": "A second thread of it has touched the array; one at a time is recorded. For a "
    "product of matrices, start Python with OPENBLAS_NUM_THREADS=1.",
    "segfault": "It has touched memory that it may not touch, outside of the array (SIGSEGV).",
}


class NotRecorded(Exception):
    """A function could not be recorded; the message says why, in a sentence.

    Examples
    --------
    >>> raise NotRecorded("It raised IndexError: index 9 is out of bounds.")
    Traceback (most recent call last):
    pagesim.host.watched.NotRecorded: It raised IndexError: index 9 is out of bounds.
    """

    def _render_traceback_(self) -> list[str]:
        """Show a notebook the sentence alone: the function's line is not in this process."""
        return [f"Not recorded. {self}"]


class _Answer(NamedTuple):
    stopped: str
    words: str
    changes: int


def run_watched(
    function: Function, array: NDArray[Any], most: int, seconds: float
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Run a function in a copy of this process, on an array of which each page change is noted.

    Parameters
    ----------
    function : callable
        Is given the array.
    array : array
        What it is given a copy of.
    most, seconds : int, float
        After how many changes, and how long, to give up.

    Returns
    -------
    pages : array of int64, shape (changes,)
    written : array of bool, shape (changes,)

    Raises
    ------
    NotRecorded
        If the function did not come to its end.
    Unavailable, OSError
        If this machine cannot.
    """
    flags = mmap.MAP_SHARED | mmap.MAP_ANONYMOUS
    # filled at once, for a page of it that came later would be a fault too many
    with mmap.mmap(-1, 4 * most, flags=flags | getattr(mmap, "MAP_POPULATE", 0)) as notes:
        answer = _ask(function, array, notes, seconds)
        if answer.stopped == "unheard":
            raise Unavailable("its kernel does not tell a signal's handler the registers")
        if answer.stopped:
            words = _STOPPED.get(answer.stopped, answer.words)
            raise NotRecorded(words.format(most=most, seconds=seconds))
        found = np.frombuffer(notes, np.uint32, answer.changes).copy()
    return (found >> 1).astype(np.int64), (found & 1).astype(bool)


def _ask(function: Function, array: NDArray[Any], notes: mmap.mmap, seconds: float) -> _Answer:
    """Copy this process, wait until the copy has answered, and end it."""
    until = time.monotonic() + seconds
    ours, theirs = os.pipe()
    try:
        pid = copied(_run, function, array, notes, theirs)
    except OSError:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    data, ended = b"", 0
    try:
        poll = select.poll()
        poll.register(ours, select.POLLIN)
        while not data.endswith(b"\n"):
            left = until - time.monotonic()
            if left <= 0:
                return _Answer("slow", "", 0)
            if poll.poll(left * 1000):
                chunk = os.read(ours, 1 << 16)
                if not chunk:
                    break
                data += chunk
    finally:  # an interrupt by hand comes this way too
        ended = end(pid)
        os.close(ours)
    if data.endswith(b"\n"):
        return _Answer(**json.loads(data))
    return _Answer(
        "died", f"The process that it ran in ended, {how_ended(ended)}, before it returned.", 0
    )


# -- in the copy -----------------------------------------------------------------------------------


def _run(function: Function, array: NDArray[Any], notes: mmap.mmap, write: int) -> NoReturn:
    """Call the function on the guarded array, and tell what came of it; never return."""
    own = os.getpid()

    def tell(stopped: str, words: str = "", changes: int = 0) -> NoReturn:
        if os.getpid() == own:
            line = json.dumps({"stopped": stopped, "words": words, "changes": changes})
            os.write(write, line.encode(errors="replace") + b"\n")
        os._exit(0)  # without flushing what the notebook had yet to write

    gc.freeze()  # what the notebook left lying about is not the copy's to finish
    _part()
    os.register_at_fork(before=lambda: tell("fork"))
    try:
        size = -(-array.nbytes // PAGE) * PAGE
        memory = os.memfd_create("array")
        os.ftruncate(memory, size)
        guarded = OnePage(size, memory, memoryview(notes).cast("B").cast("I"), tell)
        by_columns = array.flags.f_contiguous and not array.flags.c_contiguous
        watched = np.ndarray(
            array.shape,
            array.dtype,
            memoryview(guarded.region.bytes),
            order="F" if by_columns else "C",
        )
        if any(array.strides):  # else it is all of one value, and that is 0
            watched[...] = array
        guarded.begin()
    except Exception as why:
        tell("died", f"Its array could not be made: {refusal(why)}.")
    try:
        function(watched)
    except BaseException as mistake:
        tell("raised", _said(mistake))
    tell("", changes=guarded.count)


def _said(mistake: BaseException) -> str:
    """Say what was raised, and in which line."""
    said = f"{type(mistake).__name__}: {mistake}"[:_LONGEST].rstrip(".")
    if isinstance(mistake, OSError) and mistake.errno == errno.EFAULT:
        said += " (a system call was given the array, which only the program itself may touch)"
    steps = traceback.extract_tb(mistake.__traceback__)[1:]  # without the call of the function
    return f"It raised {said}" + (
        f", in line {steps[0].lineno} of {steps[0].name}." if steps else "."
    )


def _part() -> None:
    """Cut the ties with the notebook: its terminal, its output, its handlers of signals."""
    os.setsid()
    libc().prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: end with the notebook
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    sys.stdout = sys.stderr = os.fdopen(null, "w", encoding="utf-8")
    faulthandler.disable()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
