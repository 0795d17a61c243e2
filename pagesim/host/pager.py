"""You are the pager: a program in another process faults, and this process serves its pages.

The program touches pages of a region that has too few frames. With each real page fault the kernel
stops it and tells us (userfaultfd); we send a page out if all frames are in use, bring the wanted
one in, and let the program go on. Where userfaultfd is not allowed, the program's own handler of
SIGSEGV asks us instead: the faults are as real, and as many.
"""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from ..checks import bounded
from . import userfault
from .forked import Channel
from .helper import helper
from .linux import PAGE, Unavailable, libc
from .paged_program import run_with_signals, run_with_userfault

Victim = Callable[[Sequence[int]], int]
_PAGES = 256  # at most; a page's number is also what its first byte holds
_PUNCH_HOLE = 1 | 2  # FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE


@dataclass(frozen=True)
class PagerRun:
    """What a pager did.

    Attributes
    ----------
    brought_in : tuple of int
        The page of each fault, in order.
    sent_out : tuple of int
        The pages that had to leave, in order.
    intact : bool
        Whether each page came back as the program had left it.
    means : str
        "userfaultfd" or "SIGSEGV".
    """

    brought_in: tuple[int, ...]
    sent_out: tuple[int, ...]
    intact: bool
    means: str

    @property
    def faults(self) -> int:
        """How many real page faults there were."""
        return len(self.brought_in)

    def __repr__(self) -> str:
        pages = " ".join(map(str, self.brought_in))
        return f"{self.faults} faults, on the pages {pages}"


def oldest(resident: Sequence[int]) -> int:
    """Choose the page that came first: FIFO."""
    return resident[0]


def be_the_pager(
    references: Sequence[int],
    frames: int,
    victim: Victim = oldest,
    *,
    means: str = "",
    timeout: float = 20.0,
) -> PagerRun:
    """Serve the page faults of a program that touches pages in a given order.

    Parameters
    ----------
    references : sequence of int
        Pages that the program reads and writes, 0 to 255.
    frames : int
        How many of its pages may be in memory at a time.
    victim : callable
        Is given the pages in memory, the one that came first in front, and returns the one to send
        out. It runs here, in this process, while the program waits.
    means : str
        "userfaultfd" or "SIGSEGV"; the first that this machine allows if left out.
    timeout : float
        Seconds until the program is killed.

    Raises
    ------
    ValueError
        If a page or `frames` is out of range, or `victim` returns a page that is not in memory.
    TimeoutError
        If the program was not done in time.
    Unavailable
        If this machine cannot do it.

    Examples
    --------
    >>> be_the_pager([1, 2, 3, 1, 2], frames=2)
    5 faults, on the pages 1 2 3 1 2
    >>> be_the_pager([1, 2, 3, 1, 2], frames=2, victim=max)
    4 faults, on the pages 1 2 3 2
    """
    pages = [bounded("page", page, 0, _PAGES - 1) for page in references]
    bounded("frames", frames, 1, _PAGES)
    if means not in ("", "userfaultfd", "SIGSEGV"):
        raise ValueError(f"means {means!r} is not 'userfaultfd' or 'SIGSEGV'")
    libc()  # says so where this is no Linux
    if not means:
        means = "userfaultfd" if _has_userfault() else "SIGSEGV"
    pager = _Pager(frames, victim)
    serve = _with_userfault if means == "userfaultfd" else _with_signals
    try:
        visits = serve(pages, pager, time.monotonic() + timeout)
    except EOFError:
        raise Unavailable("the program whose pages we serve has died") from None
    intact = visits == [pages.count(page) % 256 for page in range(_PAGES)]
    return PagerRun(tuple(pager.brought_in), tuple(pager.sent_out), intact, means)


class _Pager:
    """Which pages are in memory, and who has to leave."""

    def __init__(self, frames: int, victim: Victim) -> None:
        self.frames, self.victim = frames, victim
        self.resident: list[int] = []
        self.brought_in: list[int] = []
        self.sent_out: list[int] = []

    def fault(self, page: int) -> int | None:
        """Take note of a fault; return the page that has to leave first, if one has to."""
        leaving = None
        if len(self.resident) >= self.frames:
            leaving = self.victim(tuple(self.resident))
            if leaving not in self.resident:
                raise ValueError(f"victim {leaving!r} is not in memory; {self.resident} are")
            self.resident.remove(leaving)
            self.sent_out.append(leaving)
        self.resident.append(page)
        self.brought_in.append(page)
        return leaving


def _has_userfault() -> bool:
    try:
        os.close(userfault.open_userfault())
    except Unavailable:
        return False
    return True


def _with_userfault(references: Sequence[int], pager: _Pager, deadline: float) -> object:
    """Answer the kernel's messages. The region is a file in memory that both processes have."""
    with _memory_file() as memory, _program(run_with_userfault, references, memory) as line:
        message, passed, _, _ = socket.recv_fds(line.end, 1024, 1)
        if not passed:
            raise EOFError("the program has died")
        start, faults = int(message), passed[0]
        disk: dict[int, bytes] = {}
        try:
            while _wait([faults, line.end.fileno()], deadline) == faults:
                address = userfault.next_fault(faults)
                if address is None:
                    continue
                page = (address - start) // PAGE
                if page in pager.resident:
                    # Told twice: the program was stopped while it waited, and asked again.
                    userfault.wake(faults, start + page * PAGE)
                    continue
                leaving = pager.fault(page)
                if leaving is not None:
                    disk[leaving] = os.pread(memory, PAGE, leaving * PAGE)
                    libc().fallocate(memory, _PUNCH_HOLE, leaving * PAGE, PAGE)
                userfault.fill(faults, start + page * PAGE, disk.get(page, bytes([page])))
        finally:
            os.close(faults)
        return line.receive()


def _with_signals(references: Sequence[int], pager: _Pager, deadline: float) -> object:
    """Answer the program's own signal handler, which moves the pages itself."""
    with _program(run_with_signals, references) as line:
        while True:
            _wait([line.end.fileno()], deadline)
            message = line.receive()
            if not isinstance(message, int):
                return message
            line.send(pager.fault(message))


@contextmanager
def _program(
    function: Callable[..., None], references: Sequence[int], *files: int
) -> Iterator[Channel]:
    """Start the program, with a line to it, and the files that it shares with us."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with closing(ours), closing(theirs):
        shared = (theirs.fileno(), *files)
        with helper(function, references, *shared, pass_fds=shared):
            theirs.close()  # so that the line ends when the program does
            yield Channel(ours)


@contextmanager
def _memory_file() -> Iterator[int]:
    memory = os.memfd_create("frames")
    try:
        os.ftruncate(memory, _PAGES * PAGE)
        yield memory
    finally:
        os.close(memory)


def _wait(files: Sequence[int], deadline: float) -> int:
    """Wait until one of them has something to read, and return the first that has."""
    waiting = select.poll()
    for file in files:
        waiting.register(file, select.POLLIN)
    left = deadline - time.monotonic()
    ready = dict(waiting.poll(left * 1000)) if left > 0 else {}
    if not ready:
        raise TimeoutError("the program was not done in time")
    return next(file for file in files if file in ready)
