"""A report of the OOM killer, line by line: what stands in it, whatever kernel wrote it.

Source: Linux 6.18 mm/oom_kill.c (`dump_tasks`, `dump_header`, `__oom_kill_process`),
mm/memcontrol.c (`mem_cgroup_print_oom_meminfo`), mm/show_mem.c.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..units import binary

_INVOKED = re.compile(r"(.{1,40}?) invoked oom-killer:.*?order=(-?\d{1,2})")
_CONSTRAINT = re.compile(r"constraint=CONSTRAINT_(\w+)")
_LIMIT = re.compile(r"^\s*memory(?:\+swap)?: usage (\d{1,15})kB, limit (\d{1,19})kB")
KILLED = re.compile(
    r"Killed process (\d{1,9}),? *(?:UID (\d{1,10}),? )?\(([^)]*)\) total-vm:(\d{1,15})kB, "
    r"anon-rss:(\d{1,15})kB, file-rss:(\d{1,15})kB(?:, shmem-rss:(\d{1,15})kB)?"
)
_CHOSEN = re.compile(r"Out of memory: Kill process (\d{1,9}) \(([^)]*)\) score (\d{1,6})")
_HEAD = re.compile(r"\[ *pid *\] +uid +tgid +total_vm +rss .*name$")
_ROW = re.compile(r"\[ *(\d{1,9})\] +(-?\d{1,10} .*)")
_SWAP = re.compile(r"^(Free|Total) swap *= *(\d{1,15})kB")
_RAM = re.compile(r"^(\d{1,15}) pages RAM")
_ZONE = re.compile(r"^(?:Node (\d{1,4}) )?(\w+) free:(\d{1,15})kB .*?min:(\d{1,15})kB")
_ORDERS = re.compile(r"^(?:Node (\d{1,4}) )?(\w+): (?:\d+\*\d+kB(?: \(\w+\))? )+= (\d{1,15})kB")
PAGE_KB = 4


@dataclass
class Report:
    """What was found in the lines."""

    invoked: str = ""
    order: int | None = None
    group: bool = False
    usage_kb: int | None = None
    limit_kb: int | None = None
    columns: tuple[str, ...] = ()
    rows: list[dict[str, int | str]] = field(default_factory=list)
    killed: Mapping[str, int | str] = field(default_factory=dict)
    chosen: int | None = None
    swap_kb: dict[str, int] = field(default_factory=dict)
    ram_pages: int | None = None
    zones: list[tuple[str, int, int]] = field(default_factory=list)
    notes: dict[int, str] = field(default_factory=dict)
    reports: int = 0
    garbled: int = 0


def claims(lines: Sequence[str]) -> int:
    """Count the lines that only such a report has."""
    strong = (_INVOKED, KILLED, _CHOSEN, _HEAD, _CONSTRAINT, _LIMIT)
    weak = (_SWAP, _RAM, _ZONE, _ORDERS, _ROW)
    return sum(
        5 * any(p.search(line) for p in strong) or int(any(p.search(line) for p in weak))
        for line in lines
    )


def find(lines: Sequence[str]) -> Report:
    """Read the first report in the lines."""
    report = Report()
    for number, line in enumerate(lines):
        if _INVOKED.search(line) and report.killed:
            report.reports += 1
            break
        _one(report, number, line)
    return report


def _one(report: Report, number: int, line: str) -> None:
    if found := _INVOKED.search(line):
        report.reports += 1
        report.invoked = report.invoked or found[1].strip()
        report.order = int(found[2])
        words = f"it asked for {binary(PAGE_KB << 10 + max(report.order, 0))} in one piece"
        report.notes[number] = words if report.order >= 0 else "asked for by hand (sysrq)"
    if "Memory cgroup" in line or (_CONSTRAINT.search(line) or [""] * 2)[1] == "MEMCG":
        report.group = True
    if found := _LIMIT.search(line):
        report.group = True
        if report.limit_kb is None and "memory+swap" not in line:
            report.usage_kb, report.limit_kb = int(found[1]), int(found[2])
            report.notes[number] = f"{binary(report.usage_kb << 10)} in use"
    if _HEAD.search(line):
        report.columns = tuple(re.sub(r"\[ *pid *\]", "pid", line).split())
        report.notes[number] = "sizes in pages, page tables in bytes"
    elif (found := _ROW.fullmatch(line.strip())) and report.columns:
        _row(report, number, found)
    if found := _SWAP.match(line):
        report.swap_kb[found[1]] = int(found[2])
    if found := _RAM.match(line):
        report.ram_pages = int(found[1])
    if found := _ZONE.match(line):
        free, least = int(found[3]), int(found[4])
        report.zones.append((found[2], free, least))
        state = "below" if free < least else "above"
        report.notes[number] = f"{binary(free << 10)} free, {state} the least that is kept"
    if (found := _CHOSEN.search(line)) and report.chosen is None:
        report.chosen = int(found[1])
        report.notes[number] = f"score {found[3]} of 1000"
    if (found := KILLED.search(line)) and not report.killed:
        sizes = {"anon": found[5], "file": found[6], "shmem": found[7] or "0"}
        report.killed = {"pid": int(found[1]), "name": found[3]} | {
            name: int(size) for name, size in sizes.items()
        }
        total = sum(int(size) for size in sizes.values())
        report.notes[number] = f"{binary(total << 10)} in memory"


def _row(report: Report, number: int, found: re.Match[str]) -> None:
    """Read a process's row by the names of the columns."""
    values = [found[1], *found[2].split(None, len(report.columns) - 2)]
    if len(values) != len(report.columns):
        report.garbled += 1
        return
    try:
        row: dict[str, int | str] = {
            name: int(value) for name, value in zip(report.columns[:-1], values[:-1], strict=True)
        }
    except ValueError:
        report.garbled += 1
        return
    report.rows.append(row | {"name": values[-1].strip()})
    report.notes[number] = f"{binary(max(of(row, 'rss'), 0) * PAGE_KB << 10)} in memory"


def of(row: Mapping[str, int | str], name: str) -> int:
    """Read a number of a process's row; 0 if it is not there."""
    value = row.get(name, 0)
    return value if isinstance(value, int) else 0


def tables_of(row: Mapping[str, int | str]) -> int:
    """Give a process's page tables in pages: newer kernels print bytes, older ones tables."""
    if "pgtables_bytes" in row:
        return of(row, "pgtables_bytes") // (PAGE_KB << 10)
    return of(row, "nr_ptes") + of(row, "nr_pmds")
