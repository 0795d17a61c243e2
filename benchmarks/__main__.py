"""Run every benchmark of this folder in one go: `python -m benchmarks [part of a name ...]`.

All of them together are written into RESULTS.md as well.
"""

from __future__ import annotations

import io
import os
import platform
import sys
import time
import traceback
from contextlib import redirect_stdout
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TextIO

from .goals import Goal, table

HERE = Path(__file__).parent
RESULTS = HERE.parent / "RESULTS.md"
_ABOUT = """# Results

What `make bench` printed: nothing here is written by hand. Ratios hold from one run to the next;
times are those of one machine on one day. What each benchmark does stands in its file in
`benchmarks/`.
"""


class _Both(io.TextIOBase):
    """Writes to the terminal, and keeps what it has written."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal, self.kept = terminal, io.StringIO()

    def write(self, text: str) -> int:
        self._terminal.write(text)
        self._terminal.flush()
        return self.kept.write(text)


def machine() -> str:
    """Say what is measured on, and when."""
    models = [
        line.partition(":")[2].strip()
        for line in _lines(Path("/proc/cpuinfo"))
        if line.startswith("model name")
    ]
    cores = f"{os.cpu_count()} cores" + (f" of {models[0]}" if models else "")
    on = f"{platform.system()} {platform.release()}, {cores}, Python {platform.python_version()}"
    return f"{on}, {datetime.now(UTC):%Y-%m-%d}"


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def main(wanted: list[str]) -> int:
    """Run the benchmarks whose name contains one of the words, or all; return the number run."""
    parts: list[str] = []
    goals: list[Goal] = []
    print(on := f"{machine()}.\n")
    for path in sorted(HERE.glob("**/bench_*.py")):
        name = ".".join(path.relative_to(HERE).with_suffix("").parts)
        if wanted and not any(word in name for word in wanted):
            continue
        module = import_module(f"benchmarks.{name}")
        summary = (module.__doc__ or "").strip().partition("\n")[0]
        print(f"\n{name}: {summary}\n", flush=True)
        start = time.monotonic()
        with redirect_stdout(_Both(sys.stdout)) as both:
            try:
                result = module.main()
            except Exception:  # what the others have found is not lost
                traceback.print_exc(file=sys.stdout)
                result = None
        took = f"{time.monotonic() - start:.0f} s"
        text = "\n".join(line.rstrip() for line in both.kept.getvalue().strip().splitlines())
        parts.append(f"## `{name}`\n\n{summary} ({took})\n\n```text\n{text}\n```\n")
        if result is not None:
            goals += getattr(module, "goals", lambda _: [])(result)
    print(f"\n{table(goals)}" if goals else "")
    if not wanted:
        whole = [_ABOUT, on, f"## Goals\n\n{table(goals)}\n", *parts]
        RESULTS.write_text("\n".join(whole), encoding="utf-8")
    return len(parts)


if __name__ == "__main__":
    if not main(sys.argv[1:]):
        sys.exit(f"no benchmark's name contains any of {', '.join(sys.argv[1:])}")
