"""Call a function in a thread, where no process can be forked: it may be asked to stop, no more."""

from __future__ import annotations

import contextlib
import ctypes
import io
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from .child import too_slow
from .outcome import Raised, call, read

_PATIENCE = 0.5  # seconds to stop in

_running = threading.local()


class TooSlow(BaseException):
    """The time was up. Not an `Exception`, so that a learner's ``except`` rarely swallows it."""


def inside() -> bool:
    """Tell whether this thread makes a check's calls."""
    return getattr(_running, "check", False)


def threaded(function: Callable[..., Any], inputs: list[list[Any]], seconds: float) -> list[Any]:
    """Call a function on one input after the other, within this process.

    What it prints goes nowhere; what else it changes stays changed. After the time limit the
    function is interrupted. One that catches the interrupt too runs on, and the answer says so.
    One that stays within C code, as ``sum(itertools.count())`` does, lets nothing else run and
    cannot be stopped at all; neither can any loop where Python has no threads (in a browser).

    Parameters
    ----------
    function : callable
    inputs : list of list
        The arguments of each call.
    seconds : float
        For all calls together.

    Returns
    -------
    list
        For each input a value or `Raised`.
    """
    lines: list[bytes] = []

    def work() -> None:
        _running.check = True
        with contextlib.suppress(TooSlow):
            for arguments in inputs:
                call(function, arguments, lines.append)

    thread = threading.Thread(target=work, daemon=True, name="check")
    with _silence():
        try:
            thread.start()
        except RuntimeError:  # Python in a browser
            work()
            _running.check = False
            return [read(line) for line in lines]
        thread.join(seconds)
        done = lines[:]
        if thread.is_alive():
            _stop(thread)
    outcomes = [read(line) for line in done]
    late = too_slow(seconds)
    if thread.is_alive():
        late = Raised(
            late.kind,
            f"{late.message} It cannot be stopped from here: it runs on until the notebook's "
            "Python is started again.",
        )
    return outcomes + [late] * (len(inputs) - len(outcomes))


def _stop(thread: threading.Thread) -> None:
    end = time.monotonic() + _PATIENCE
    while thread.is_alive() and time.monotonic() < end:  # it may catch the first ones
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident or 0), ctypes.py_object(TooSlow)
        )
        thread.join(0.01)


class Nowhere(io.TextIOBase):
    """A stream from which nothing comes out."""

    def write(self, text: str) -> int:
        """Take a text and drop it."""
        return len(text)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Let nothing come out: neither through Python's streams, nor past them, nor by logging."""
    names = ("stdout", "stderr", "__stdout__", "__stderr__")
    streams = {name: getattr(sys, name) for name in names}
    level = logging.root.manager.disable
    for each in streams.values():
        with contextlib.suppress(Exception):
            each.flush()
    kept = {fd: os.dup(fd) for fd in (1, 2)}
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        for name in names:
            setattr(sys, name, Nowhere())
        for fd in kept:
            os.dup2(null, fd)
        logging.disable()
        yield
    finally:
        logging.disable(level)
        for fd, copy in kept.items():
            os.dup2(copy, fd)
            os.close(copy)
        os.close(null)
        for name, stream in streams.items():
            setattr(sys, name, stream)
