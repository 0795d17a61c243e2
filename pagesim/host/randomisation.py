"""Address-space layout randomisation: start one program three times, and see what has moved."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .lab import Lab, Row, Value
from .linux import Unavailable, libc
from .maps import Mapped, classify, parse

_RUNS = 3
_CAT = "/bin/cat"
_KINDS = ("text", "heap", "library", "stack", "vdso")


class Randomisation(Lab):
    """Let ``cat /proc/self/maps`` print its own areas, three times.

    Examples
    --------
    >>> Randomisation().prediction.predicted["does the heap move"]
    'yes'
    """

    key = "randomisation"
    notebook = "07"
    title = f"cat /proc/self/maps, {_RUNS} times"
    headings = ("what is asked",)
    basis = "predicted: each start draws its own places; what one file maps stays together"
    asked = (
        "does the distance from text to data change",
        "does the distance from data to heap change",
        "do the low 12 bits of any start change",
    )

    def rows(self) -> Sequence[Row]:
        """State what moves, and what does not."""
        return (
            *(Row((f"does the {kind} move",), "yes") for kind in _KINDS),
            Row(("does the distance from text to data change",), "no"),
            Row(("does the distance from data to heap change",), "yes"),
            Row(("does the distance from library to stack change",), "yes"),
            Row(("do the low 12 bits of any start change",), "no"),
        )

    def check(self) -> None:
        """Need full randomisation, and a program that can be put anywhere."""
        libc()
        try:
            mode = Path("/proc/sys/kernel/randomize_va_space").read_text().strip()
        except OSError as why:
            raise Unavailable(f"its randomisation is not told ({why.strerror})") from None
        if mode != "2":
            raise Unavailable(f"its kernel has randomize_va_space {mode}, not 2")
        with open(_CAT, "rb") as program:
            if int.from_bytes(program.read(18)[16:], "little") != 3:  # ET_DYN
                raise Unavailable(f"its {_CAT} is not position independent")

    def count(self) -> Mapping[str, Value]:
        """Start it, and compare the first areas of each kind."""
        runs = [_run() for _ in range(_RUNS)]
        answers = [_differ(runs, lambda run, kind=kind: run[kind]) for kind in _KINDS]  # type: ignore[misc]
        answers.append(_differ(runs, lambda run: run["data"] - run["text"]))
        answers.append(_differ(runs, lambda run: run["heap"] - run["data"]))
        answers.append(_differ(runs, lambda run: run["stack end"] - run["library"]))
        answers.append(_differ(runs, lambda run: [at % 4096 for at in run.values()]))
        return {row.name: answer for row, answer in zip(self.rows(), answers, strict=True)}


def _run() -> dict[str, int]:
    """Give the first address of each kind, and where the stack ends."""
    done = subprocess.run(
        [_CAT, "/proc/self/maps"], capture_output=True, text=True, env=os.environ, timeout=10
    )
    areas = parse(done.stdout)
    if not areas:
        raise Unavailable(f"its {_CAT} printed no maps")
    starts: dict[str, int] = {}
    for area, kind in zip(areas, classify(areas, _program(areas)), strict=True):
        starts.setdefault(kind, area.start)
        if kind == "stack":
            starts["stack end"] = area.end
    missing = {*_KINDS, "data"} - starts.keys()
    if missing:
        raise Unavailable(f"its {_CAT} has no {' and no '.join(sorted(missing))}")
    return starts


def _program(areas: Sequence[Mapped]) -> str:
    return areas[0].name  # the program lies lowest


def _differ(runs: Sequence[dict[str, int]], what: Callable[[dict[str, int]], object]) -> str:
    return "yes" if len({repr(what(run)) for run in runs}) > 1 else "no"
