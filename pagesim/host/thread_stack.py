"""A thread's stack: an ordinary mapping of fixed size, and below it a guard: a tripwire."""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Callable, Mapping, Sequence

from .areas import Mapped, parse
from .forked import Channel, Child
from .helper import in_helper
from .lab import Lab, Row, Value
from .linux import PAGE, Unavailable, libc, proc

_SIZE = 1 << 20


class ThreadStack(Lab):
    """Start a thread, look at its stack, and store on its lowest page and below.

    What the guard is made of differs: a mapping of its own that nothing may touch (one page with
    most C libraries, 64 KiB on Arm), or, from glibc 2.42 and Linux 6.13 on, pages inside the
    stack's own mapping (MADV_GUARD_INSTALL), which maps do not show. So the lab asks the C library
    where the stack ends (pthread_getattr_np), and tries.

    Examples
    --------
    >>> ThreadStack().prediction.predicted["a store into the guard"]
    'SIGSEGV'
    """

    key = "thread_stack"
    notebook = "07"
    title = "The stack of a thread that asked for 1 MiB"
    headings = ("what is asked",)
    basis = "predicted: the C library maps it whole, with a guard below that nobody may touch"
    asked = ("pages by which that makes it grow", "a store into the guard")

    def rows(self) -> Sequence[Row]:
        """State what it is, and how it ends."""
        return (
            Row(("its area is called",), "nothing"),
            Row(("permissions of its area",), "rw-p"),
            Row(("a store on its lowest page",), "fine"),
            Row(("pages by which that makes it grow",), 0),
            Row(("a store into the guard",), "SIGSEGV", ("SIGSEGV", "fine")),
        )

    def check(self) -> None:
        """Need maps, and a C library that tells where a thread's stack is."""
        proc("self/maps")
        if not hasattr(libc(), "pthread_getattr_np"):
            raise Unavailable("its C library has no pthread_getattr_np")

    def count(self) -> Mapping[str, Value]:
        """Look in a helper process, and let one of its children store into the guard."""
        counts: Sequence[Value] = in_helper(_count)
        return {row.name: count for row, count in zip(self.rows(), counts, strict=True)}


def _count() -> list[Value]:
    found: list[Value] = []

    def look() -> None:
        low = _lowest_byte()
        before = _area_at(low)
        found.extend((before.name or "nothing", before.perms))
        _store(low)
        after = _area_at(low)
        grown = (after.end - after.start) - (before.end - before.start)
        found.extend(("fine", grown // PAGE))  # had it not been fine, nobody would be left to say

    _in_thread(look)
    return [*found, _below()]


def _below() -> str:
    """Let a thread of a child store right below its stack; say how that ends."""

    def child(line: Channel) -> None:
        _in_thread(lambda: _store(_lowest_byte() - 1))

    code = Child(child).wait()
    return signal.Signals(-code).name if code < 0 else "fine" if code == 0 else f"exit code {code}"


def _store(address: int) -> None:
    ctypes.c_ubyte.from_address(address).value = 1


def _area_at(address: int) -> Mapped:
    return next(area for area in parse(proc("self/maps")) if area.start <= address < area.end)


def _lowest_byte() -> int:
    """Ask the C library where this thread's stack ends; the guard lies below that."""
    library, attributes = libc(), ctypes.create_string_buffer(256)  # of pthread_attr_t, or less
    low, size = ctypes.c_void_p(), ctypes.c_size_t()
    library.pthread_self.restype = ctypes.c_ulong
    if library.pthread_getattr_np(ctypes.c_ulong(library.pthread_self()), attributes):
        raise Unavailable("its C library does not tell where a thread's stack is")
    library.pthread_attr_getstack(attributes, ctypes.byref(low), ctypes.byref(size))
    library.pthread_attr_destroy(attributes)
    return low.value or 0


def _in_thread(work: Callable[[], None]) -> None:
    before = threading.stack_size(_SIZE)
    try:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
