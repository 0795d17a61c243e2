"""One program as plain data, run by the simulated kernel and by this machine's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..kernel.program import predict
from ..kernel.steps import Fork, Map, Program, Reading, Stack, Touch
from . import programs
from .lab import Lab, Row, Value

_PAGES, _HALF, _DOWN = 64, 32, 30
_WRITE = Touch("a", "w")
_CHILD = (Touch("a", "r"), Touch("a", "w", range(_HALF)))
_PROGRAM = Program(
    "a short life",
    (
        Map("a", _PAGES),
        Touch("a", "r"),
        _WRITE,
        Stack((_DOWN,)),
        Fork(child=_CHILD, parent=(_WRITE,)),
    ),
)
_STEPS = (
    f"map {_PAGES} pages",
    "read all of them",
    "write to all of them",
    f"write one place, {_DOWN} pages down the stack",
    "fork, and the child reads all",
    f"the child writes to {_HALF}",
    "then the parent writes to all",
)
_MEMORY, _TABLES = "memory of the mapping at the end", "what the page table has grown"


class ShortLife(Lab):
    """Run a program that maps, touches, grows its stack and forks, and count every step.

    Examples
    --------
    >>> ShortLife().prediction.predicted["the child writes to 32"]
    32
    """

    key = "short_life"
    notebook = "08"
    title = "One program, two kernels"
    headings = ("what is done", "counted in")
    basis = "predicted: by the simulated kernel, which runs the same program"
    asked = (_STEPS[3], _STEPS[5], _STEPS[6])

    def rows(self) -> Sequence[Row]:
        """Let the simulated kernel run it."""
        units = dict.fromkeys(_STEPS, "minor faults")
        return [
            Row((name, units.get(name, "kB")), value)
            for name, value in _counts(predict(_PROGRAM)).items()
        ]

    def check(self) -> None:
        """Need what the program needs."""
        programs.check(_PROGRAM)

    def count(self) -> Mapping[str, Value]:
        """Let this machine's kernel run it."""
        return _counts(programs.count(_PROGRAM))


def _counts(readings: Sequence[Reading]) -> dict[str, int]:
    faults = {name: each.minflt for name, each in zip(_STEPS, readings, strict=True)}
    return {
        **faults,
        _MEMORY: readings[-1].rss,
        _TABLES: sum(each.tables for each in readings),
    }
