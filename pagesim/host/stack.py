"""The stack grows by faulting: a store below it extends it, down to its limit or a neighbour."""

from __future__ import annotations

import ctypes
import signal
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from ..units import binary
from . import counters, linux
from .areas import parse
from .forked import Channel, Child
from .helper import in_helper
from .lab import Lab, Row, Value
from .linux import FREE, LINUX, PAGE, Unavailable, proc

if LINUX:
    import resource

LIMIT = 8 << 20
"""How far Linux lets a stack grow by default, in bytes."""

_STORES, _JUMP = 50, 100  # pages
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
        """Need a stack that /proc shows, and that may grow as far as Linux lets it by default."""
        stack_area()
        require_room()

    def count(self) -> Mapping[str, Value]:
        """Stretch the stack of a helper process, and kill two of its children."""
        counts: Sequence[Value] = in_helper(_count)
        return {row.name: count for row, count in zip(self.rows(), counts, strict=True)}


def require_room() -> None:
    """Refuse a process whose stack may never grow to 8 MiB.

    Raises
    ------
    Unavailable
        If the hard limit is lower.
    """
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    if 0 <= hard < LIMIT:  # unlimited is -1
        raise Unavailable(f"its stack may not grow beyond {binary(hard)} (ulimit -s)")


def use_room() -> None:
    """Let the stack of this process grow to 8 MiB, and no further; for helper processes."""
    require_room()
    resource.setrlimit(resource.RLIMIT_STACK, (LIMIT, resource.getrlimit(resource.RLIMIT_STACK)[1]))


def stores_below(pages: Sequence[int]) -> list[Callable[[], object]]:
    """Prepare stores to pages below the lowest one of the stack: 1 is the next.

    Raises
    ------
    Unavailable
        If one of them lies below the limit.
    """
    low, high = stack_area()
    if high - low + max(pages) * PAGE > LIMIT:
        raise Unavailable("its stack came to its limit before the counts had settled")
    cells = [ctypes.c_ubyte.from_address(low - page * PAGE) for page in pages]
    return [partial(setattr, cell, "value", 1) for cell in cells]


def _count() -> list[Value]:
    use_room()
    grown = counters.exactly_each(_grow)  # each repeat goes on where the last one ended
    return [*grown.values(), _below_limit(), _guard_gap()]


def _grow() -> dict[str, counters.Count]:
    counts: dict[str, counters.Count] = {}
    for name, pages in (("steps", range(1, _STORES + 1)), ("jump", [_JUMP])):
        low, _ = stack_area()
        counts[f"{name}: faults"] = counters.minor_faults_of(stores_below(pages))
        counts[f"{name}: pages"] = (low - stack_area()[0]) // PAGE
    return counts


def _below_limit() -> str:
    def child(line: Channel) -> None:
        _, top = stack_area()
        ctypes.c_ubyte.from_address(top - LIMIT - PAGE).value = 1

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
    """Find where this process's stack begins and ends.

    Raises
    ------
    Unavailable
        If /proc does not say.
    """
    for area in parse(proc("self/maps")):
        if area.name == "[stack]":
            return area.start, area.end
    raise Unavailable("its /proc/self/maps names no stack")
