"""A thread's stack: an ordinary mapping of fixed size, with a page below it that is a tripwire."""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .forked import Channel, Child
from .helper import in_helper
from .lab import Lab, Row, Value
from .linux import PAGE, libc
from .maps import parse, stack_pointer

_SIZE = 1 << 20


class ThreadStack(Lab):
    """Start a thread, look below its stack, and store there.

    Examples
    --------
    >>> ThreadStack().prediction.predicted["a store into the guard"]
    'SIGSEGV'
    """

    key = "thread_stack"
    notebook = "07"
    title = "The stack of a thread that asked for 1 MiB"
    headings = ("what is asked",)
    basis = "predicted: the C library maps it whole, with one page below that nobody may touch"
    asked = ("a store into the guard",)

    def rows(self) -> Sequence[Row]:
        """State what it is, and how it ends."""
        return (
            Row(("its area is called",), "nothing"),
            Row(("permissions of its area",), "rw-p"),
            Row(("permissions right below it",), "---p"),
            Row(("pages of that guard",), 1),
            Row(("a store on its lowest page",), "fine"),
            Row(("a store into the guard",), "SIGSEGV", ("SIGSEGV", "fine")),
        )

    def check(self) -> None:
        """Need the stack pointer."""
        libc()
        stack_pointer()

    def count(self) -> Mapping[str, Value]:
        """Look in a helper process, and let two of its children store."""
        counts: Sequence[Value] = in_helper(_count)
        return {row.name: count for row, count in zip(self.rows(), counts, strict=True)}


def _count() -> list[Value]:
    found: list[Value] = []

    def look() -> None:
        areas = parse(Path("/proc/self/maps").read_text())
        at = stack_pointer()
        here = next(i for i, area in enumerate(areas) if area.start <= at < area.end)
        area, below = areas[here], areas[here - 1]
        touching = below.end == area.start
        # Neighbours with the same permissions are one area: the guards of two threads are not.
        found.extend((area.name or "nothing", area.perms))
        found.append(below.perms if touching else "a hole")
        found.append((below.end - below.start) // PAGE if touching else 0)

    _in_thread(look)
    return [*found, _store(0), _store(1)]


def _store(pages_below: int) -> str:
    """Let a thread of a child store on its lowest page, or so many pages below it."""

    def child(line: Channel) -> None:
        def poke() -> None:
            areas = parse(Path("/proc/self/maps").read_text())
            at = stack_pointer()
            low = next(area.start for area in areas if area.start <= at < area.end)
            ctypes.c_ubyte.from_address(low - pages_below * PAGE).value = 1

        _in_thread(poke)

    code = Child(child).wait()
    return signal.Signals(-code).name if code < 0 else "fine" if code == 0 else f"exit code {code}"


def _in_thread(work: Callable[[], None]) -> None:
    before = threading.stack_size(_SIZE)
    try:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
