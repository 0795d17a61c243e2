"""Record which pages of three idle processes are present, for the picture of a flat table.

    python tools/record_processes.py

Each process is started, comes to rest waiting for input, and is read through /proc: its areas from
`maps`, the present bit of each page from `pagemap` (Documentation/admin-guide/mm/pagemap.rst).
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from pagesim.host.probe import description

DATA = Path(__file__).parents[1] / "pagesim" / "data" / "processes.json"
PAGE, PRESENT = 4096, 63
COMMANDS = {
    "cat": ["cat"],
    "bash": ["bash", "--norc", "-c", "read line"],
    "python with numpy": [sys.executable, "-c", "import numpy, sys; sys.stdin.read()"],
}


def record(command: list[str]) -> list[list[int | str]]:
    """Run a command until it waits, and list its areas: name, first page, pages, present runs."""
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        time.sleep(2)
        areas = []
        with (
            open(f"/proc/{process.pid}/maps") as maps,
            open(f"/proc/{process.pid}/pagemap", "rb") as pagemap,
        ):
            for line in maps:
                span, _, _, _, _, *name = line.split(maxsplit=5)
                first, last = (int(end, 16) // PAGE for end in span.split("-"))
                if first >= 1 << 35:  # vsyscall: in the kernel's half, the same for everybody
                    continue
                pagemap.seek(8 * first)
                entries = np.frombuffer(pagemap.read(8 * (last - first)), np.uint64)
                there = np.flatnonzero(entries >> PRESENT & 1)
                runs = np.split(there, np.flatnonzero(np.diff(there) > 1) + 1)
                kept = [[int(run[0]), len(run)] for run in runs if len(run)]
                areas.append([kind(name), first, last - first, kept])
        process.stdin.close()  # its end of input
    return areas


def kind(name: list[str]) -> str:
    """Say what an area holds, in one word."""
    path = name[0].strip() if name else ""
    if path in ("[heap]", "[stack]"):
        return path.strip("[]")
    if path.startswith("["):
        return "kernel's"  # vdso and vvar
    return "library" if ".so" in path else "file" if path else "anonymous"


def main() -> None:
    """Record all of them."""
    found = {"machine": description(), "processes": {n: record(c) for n, c in COMMANDS.items()}}
    text = json.dumps(found, separators=(",", ":")).replace('],["', '],\n["')
    DATA.write_text(text + "\n", encoding="utf-8")
    for name, areas in found["processes"].items():
        pages = sum(count for *_, runs in areas for _, count in runs)
        print(f"{name}: {len(areas)} areas, {pages} pages present")


if __name__ == "__main__":
    main()
