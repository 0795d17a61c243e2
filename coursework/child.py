"""Call a function in a process of its own, which can be stopped whatever it does.

The process is a copy of this one (`os.fork`), so a function that was typed into a notebook need
not be sent anywhere, and what it changes is changed in the copy only.
"""

from __future__ import annotations

import builtins
import contextlib
import faulthandler
import gc
import math
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn

from pagesim.copies import copied, end, how_ended

from .outcome import Raised, call, read

# Windows has no fork; Python in a browser has one that only fails.
FORKS = hasattr(os, "fork") and sys.platform not in ("emscripten", "wasi")
if FORKS:
    import resource  # here: the copy would have to load it anew each time
_MIB = 1 << 20
_MOST = 16 * _MIB  # bytes of answers
_MEMORY = 1024 * _MIB  # that the function may use beyond what the notebook has
_FILE = 16 * _MIB  # bytes of a file that it writes
_TASKS = 64  # processes and threads beyond those that there are

inside = False  # whether this is the copy


def forked(function: Callable[..., Any], inputs: list[list[Any]], seconds: float) -> list[Any]:
    """Call a function on one input after the other in a copy of this process.

    Parameters
    ----------
    function : callable
    inputs : list of list
        The arguments of each call.
    seconds : float
        For all calls together; then the copy, and the processes that it started, are killed.

    Returns
    -------
    list
        For each input a value or `Raised`; if the copy ends early, ``Died`` for the inputs that
        it did not come to.

    Raises
    ------
    OSError
        If the system starts no further process.
    """
    until = time.monotonic() + seconds
    ours, theirs = os.pipe()
    try:
        pid = copied(_answer, function, inputs, seconds, theirs)
    except OSError:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    ended = 0
    try:
        data, problem = _receive(ours, len(inputs), until)
    finally:  # an interrupt by hand comes this way too
        ended = end(pid)
        os.close(ours)
    outcomes = [read(line) for line in data.split(b"\n")[:-1][: len(inputs)]]
    missing = len(inputs) - len(outcomes)
    return outcomes + [_last_words(problem, ended, seconds)] * missing


def too_slow(seconds: float) -> Raised:
    """Say that the time was up."""
    return Raised(
        "TooSlow",
        f"After {seconds:g} seconds it had not come to an end. Which loop never stops?",
    )


def _receive(fd: int, wanted: int, until: float) -> tuple[bytes, str]:
    """Read lines until all are there, the time is up, or nothing more can come."""
    data, lines = bytearray(), 0
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    while lines < wanted:
        left = until - time.monotonic()
        if left <= 0:
            return bytes(data), "TooSlow"
        if not poll.poll(math.ceil(left * 1000)):
            continue
        chunk = os.read(fd, 1 << 16)
        if not chunk:
            return bytes(data), "Died"
        data += chunk
        lines += chunk.count(b"\n")
        if len(data) > _MOST:
            return bytes(data), "TooLarge"
    return bytes(data), ""


def _last_words(problem: str, ended: int, seconds: float) -> Raised:
    if problem == "TooLarge":
        return Raised(problem, "What your function returned is too large to be looked at.")
    if problem == "TooSlow" or ended == -signal.SIGXCPU:
        return too_slow(seconds)
    return Raised(
        "Died",
        f"The Python that your function ran in ended, {how_ended(ended)}, before it returned.",
    )


# -- in the copy ----------------------------------------------------------------------------------


def _answer(
    function: Callable[..., Any], inputs: list[list[Any]], seconds: float, write: int
) -> NoReturn:
    """Call the function on every input and tell what came of it; never return."""
    global inside
    inside = True
    gc.freeze()  # what the notebook left lying about is not the copy's to finish
    _part(write)
    _limit(seconds)
    own = os.getpid()

    def tell(line: bytes) -> None:
        if os.getpid() != own:  # the function has forked and returns twice
            os._exit(1)
        line += b"\n"
        while line:
            line = line[os.write(write, line) :]

    for arguments in inputs:
        call(function, arguments, tell)
    os._exit(0)  # without flushing what the notebook had yet to write


def _part(write: int) -> None:
    """Cut every tie with the notebook but the descriptor `write`."""
    os.setsid()  # no terminal, and a group that can be killed
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    if os.path.isdir("/dev/fd"):
        for fd in map(int, os.listdir("/dev/fd")):  # the notebook's sockets among them
            if fd not in (0, 1, 2, null, write):  # not closed: whoever has one may close it
                os.dup2(null, fd, inheritable=False)
    # then a program that the function leaves running cannot keep the notebook waiting
    os.register_at_fork(after_in_child=lambda: os.close(write))
    sys.stdin = sys.__stdin__ = os.fdopen(0, closefd=False)  # type: ignore[misc]
    nowhere = os.fdopen(1, "w", encoding="utf-8", errors="replace", closefd=False)
    sys.stdout = sys.stderr = nowhere
    sys.__stdout__ = sys.__stderr__ = nowhere  # type: ignore[misc]
    # Jupyter's input asks the browser, and its streams, which a logger may still have, send what a
    # copy writes (and what they had kept) to the notebook through a socket of their own.
    builtins.input = _nobody_to_ask
    if jupyter := sys.modules.get("ipykernel.iostream"):
        jupyter.IOPubThread.schedule = lambda self, task: None
    faulthandler.disable()
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    os.kill, os.killpg = _only_own(os.kill), _only_own(os.killpg)


def _nobody_to_ask(prompt: object = "", /) -> str:
    raise EOFError("nobody answers `input` during a check")


def _only_own(kill: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """Keep a careless ``os.kill(os.getppid(), 9)`` from the notebook; it is no lock."""

    def guarded_kill(pid: int, number: int) -> None:
        try:
            own = pid != -1 and os.getsid(abs(pid)) == os.getsid(0)
        except ProcessLookupError:  # nor is a group whose first process has ended
            own = False
        if not own:
            raise PermissionError(f"{pid} is no process of this check")
        kill(pid, number)

    return guarded_kill


def _limit(seconds: float) -> None:
    """Limit time, memory, files and processes as far as the system can."""

    def most(which: int, value: int) -> None:
        hard = resource.getrlimit(which)[1]
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(which, (value, value))

    # a second line of defence, should the notebook die: of all threads together
    most(resource.RLIMIT_CPU, (math.ceil(seconds) + 1) * (os.cpu_count() or 1))
    most(resource.RLIMIT_CORE, 0)
    most(resource.RLIMIT_FSIZE, _FILE)
    with contextlib.suppress(OSError):  # the rest is told by Linux only
        with open("/proc/self/statm") as pages:
            data = int(pages.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")
        most(resource.RLIMIT_DATA, data + _MEMORY)
        with open("/proc/loadavg") as load:
            tasks = int(load.read().split()[3].partition("/")[2])
        most(resource.RLIMIT_NPROC, tasks + _TASKS)
        with open("/proc/self/oom_score_adj", "w") as first_to_go:
            first_to_go.write("1000")
