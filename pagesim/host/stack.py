"""The stack grows by faulting: a store below it extends it, down to its limit or a neighbour."""

from __future__ import annotations

import ctypes
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import counters, linux
from .forked import Channel, Child
from .helper import in_helper
from .lab import Lab, Row, Value
from .linux import FREE, PAGE, Unavailable, libc

_STORES, _JUMP = 50, 100  # pages
_LIMIT = 8 << 20  # what Linux gives by default
_ROOM = 1024  # pages between a second stack and its neighbour
_FAULTS, _PAGES, _SIGNAL = "minor faults", "pages", "signal"


class StackGrowth(Lab):
    """Store below the stack of a process, page by page and far down, until it may not grow.

    Examples
    --------
    >>> StackGrowth().prediction.predicted["left free above a neighbour"]
    256
    """

    key = "stack_growth"
    notebook = "07"
    title = "Stores below the stack"
    headings = ("what is done", "counted in")
    basis = "predicted: a store below grows the stack to it, and takes a page there only"
    asked = (
        "one store 100 pages further down",
        "what it adds to the stack",
        "left free above a neighbour",
    )

    def rows(self) -> Sequence[Row]:
        """State how far each store takes the stack (the gap is Linux's stack_guard_gap)."""
        return (
            Row((f"{_STORES} stores, each a page further down", _FAULTS), _STORES),
            Row(("what they add to the stack", _PAGES), _STORES),
            Row((f"one store {_JUMP} pages further down", _FAULTS), 1),
            Row(("what it adds to the stack", _PAGES), _JUMP),
            Row(("one store below the limit (RLIMIT_STACK)", _SIGNAL), "SIGSEGV"),
            Row(("left free above a neighbour", _PAGES), 256),
        )

    def check(self) -> None:
        """Need a stack that /proc shows."""
        libc()
        stack_area()

    def count(self) -> Mapping[str, Value]:
        """Stretch the stack of a helper process, and kill two of its children."""
        counts: Sequence[Value] = in_helper(_count)
        return {row.name: count for row, count in zip(self.rows(), counts, strict=True)}


def _count() -> list[Value]:
    grown = counters.exactly_each(_grow)  # each repeat goes on where the last one ended
    return [*grown.values(), _below_limit(), _guard_gap()]


def _grow() -> dict[str, int]:
    counts = {}
    for name, pages in (("steps", range(1, _STORES + 1)), ("jump", [_JUMP])):
        low, _ = stack_area()
        cells = [ctypes.c_ubyte.from_address(low - page * PAGE) for page in pages]
        counts[f"{name}: faults"] = counters.minor_faults_of(lambda: _store(cells))  # noqa: B023
        counts[f"{name}: pages"] = (low - stack_area()[0]) // PAGE
    return counts


def _store(cells: Sequence[ctypes.c_ubyte]) -> None:
    for cell in cells:
        cell.value = 1


def _below_limit() -> str:
    import resource

    def child(line: Channel) -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_STACK)
        limit = _LIMIT if hard == resource.RLIM_INFINITY else min(_LIMIT, hard)
        resource.setrlimit(resource.RLIMIT_STACK, (limit, hard))
        _, top = stack_area()
        ctypes.c_ubyte.from_address(top - limit - PAGE).value = 1

    return _how_it_ended(Child(child))


def _guard_gap() -> int:
    """Let a second stack grow towards a neighbour; return the pages left between them."""
    flags = linux.MAP_PRIVATE | linux.MAP_ANONYMOUS | linux.MAP_FIXED_NOREPLACE
    bits = linux.protection("rw")

    def child(line: Channel) -> None:
        linux.map_memory(FREE[0], PAGE, bits, flags)
        bottom = FREE[0] + _ROOM * PAGE
        linux.map_memory(bottom, PAGE, bits, flags | linux.MAP_GROWSDOWN)
        for page in range(1, _ROOM):
            ctypes.c_ubyte.from_address(bottom - page * PAGE).value = 1
            line.send(_ROOM - page - 1)

    other, left = Child(child), _ROOM - 1
    try:
        while True:
            left = other.receive()
    except EOFError:
        if _how_it_ended(other) != "SIGSEGV":
            raise Unavailable("its kernel leaves no gap above a neighbour") from None
    return left


def _how_it_ended(child: Child) -> str:
    code = child.wait()
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def stack_area() -> tuple[int, int]:
    """Find the first and last address of this process's stack."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        if line.endswith("[stack]"):
            low, high = line.split()[0].split("-")
            return int(low, 16), int(high, 16)
    raise Unavailable("its /proc/self/maps names no stack")
