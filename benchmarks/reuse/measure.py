"""Processor time, C programs compiled on the spot, and tables of text."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time

import numpy as np

HERE = Path(__file__).parent
FLAGS = ("-O3", "-march=native")

INTS = np.ctypeslib.ndpointer(np.int64, flags="C")
BYTES = np.ctypeslib.ndpointer(np.uint8, flags="C")

Row = dict[str, str | int | float]


def seconds(function: Callable[..., object], *arguments: object, repeats: int = 5) -> float:
    """Take the least processor time of some calls: what else the machine does only ever adds."""
    best = float("inf")
    for _ in range(repeats):
        start = process_time()
        function(*arguments)
        best = min(best, process_time() - start)
    return best


def together(*functions: Callable[[], object], repeats: int = 5) -> list[float]:
    """Take the least processor time of each of some calls, which take turns.

    What else the machine does slows the one as much as the other, then.
    """
    rounds = [[seconds(function, repeats=1) for function in functions] for _ in range(repeats)]
    return [min(times) for times in zip(*rounds, strict=True)]


def library(name: str) -> ctypes.CDLL | None:
    """Compile `name`.c and load it; say why and return None where there is no C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        print(f"{name}.c is left out: there is no C compiler here")
        return None
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"{name}.so"
        source = HERE / f"{name}.c"
        command = [compiler, *FLAGS, "-shared", "-fPIC", str(source), "-o", str(target)]
        subprocess.run(command, check=True)
        return ctypes.CDLL(str(target))


def table(rows: Sequence[Row]) -> list[Row]:
    """Print rows as plain text, numbers to the right, and hand them back."""
    columns = []
    for key, first in rows[0].items() if rows else ():
        cells = [key, *(_text(row[key]) for row in rows)]
        width = max(map(len, cells))
        words = isinstance(first, str)
        columns.append([cell.ljust(width) if words else cell.rjust(width) for cell in cells])
    for line in zip(*columns, strict=True):
        print("  ".join(line).rstrip(), flush=True)
    return list(rows)


def _text(value: str | int | float) -> str:
    if isinstance(value, float):
        return f"{value:.2f}" if value < 10 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else value
