"""Address-space layout randomisation: start one program three times, and see what has moved."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .areas import classify, parse
from .lab import Lab, Row, Value
from .linux import Unavailable, proc

_RUNS = 3
_CAT = "/bin/cat"
_NO_RANDOMISATION = 0x0040000  # of personality(2)
_ET_DYN = 3  # an ELF file's type, bytes 16 and 17
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
    asked = (  # a bet asks for the first distance
        "does the distance from data to heap change",
        "does the distance from library to stack change",
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
        mode = proc("sys/kernel/randomize_va_space").strip()
        if mode != "2":
            raise Unavailable(f"its kernel has randomize_va_space {mode}, not 2")
        if int(proc("self/personality"), 16) & _NO_RANDOMISATION:
            raise Unavailable("this process was started without randomisation (setarch -R)")
        try:
            start = Path(_CAT).read_bytes()[:18]
        except OSError as why:
            raise Unavailable(f"its {_CAT} cannot be read ({why.strerror})") from None
        if start[:4] != b"\x7fELF" or int.from_bytes(start[16:], sys.byteorder) != _ET_DYN:
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
    try:
        done = subprocess.run([_CAT, "/proc/self/maps"], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as why:
        raise Unavailable(f"its {_CAT} cannot be started ({why})") from None
    areas = parse(done.stdout.decode("utf-8", "surrogateescape"))
    if not areas:
        raise Unavailable(f"its {_CAT} printed no maps")
    starts: dict[str, int] = {}
    for area, kind in zip(areas, classify(areas, os.path.realpath(_CAT)), strict=True):
        starts.setdefault(kind, area.start)
        if kind == "stack":
            starts["stack end"] = area.end
    missing = {*_KINDS, "data"} - starts.keys()
    if missing:
        raise Unavailable(f"its {_CAT} has no {' and no '.join(sorted(missing))}")
    return starts


def _differ(runs: Sequence[dict[str, int]], what: Callable[[dict[str, int]], object]) -> str:
    return "yes" if len({repr(what(run)) for run in runs}) > 1 else "no"
