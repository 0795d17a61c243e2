"""A report of the OOM killer, read: whose limit, who was there, who was killed, and does it add up.

    points = rss + swapents + page tables, in pages, plus oom_score_adj thousandths of all pages

Source: Linux 6.18 mm/oom_kill.c (`oom_badness`, `dump_tasks`, `dump_header`, `__oom_kill_process`),
mm/memcontrol.c (`mem_cgroup_print_oom_meminfo`), mm/show_mem.c.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..draw import DISK, FRAME, TABLE
from ..units import binary, count
from .pictures import BarChart, Row
from .reading import Evidence, Line

KIND = "a report of the OOM killer"
_INVOKED = re.compile(r"(.{1,40}?) invoked oom-killer:.*?order=(-?\d{1,2})")
_CONSTRAINT = re.compile(r"constraint=CONSTRAINT_(\w+)")
_LIMIT = re.compile(r"^\s*memory(?:\+swap)?: usage (\d{1,15})kB, limit (\d{1,19})kB")
_KILLED = re.compile(
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
_PAGE_KB = 4
_UNLIMITED = 1 << 53  # kB: what is printed where there is no limit is larger than this by far
_PROVES_NOT = (
    "Who was killed had the most to give back; that need not be who grew.",
    "The table's rss counts shared pages in each process: its sum is not what was in use.",
    "It shows the moment of the kill, not how long memory had been short.",
)


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
    strong = (_INVOKED, _KILLED, _CHOSEN, _HEAD, _CONSTRAINT, _LIMIT)
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
        words = f"it asked for {binary(_PAGE_KB << 10 + max(report.order, 0))} in one piece"
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
    if (found := _KILLED.search(line)) and not report.killed:
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
    report.notes[number] = f"{binary(max(_of(row, 'rss'), 0) * _PAGE_KB << 10)} in memory"


def _of(row: Mapping[str, int | str], name: str) -> int:
    value = row.get(name, 0)
    return value if isinstance(value, int) else 0


def tables_of(row: Mapping[str, int | str]) -> int:
    """Give a process's page tables in pages: newer kernels print bytes, older ones tables."""
    if "pgtables_bytes" in row:
        return _of(row, "pgtables_bytes") // (_PAGE_KB << 10)
    return _of(row, "nr_ptes") + _of(row, "nr_pmds")


def points(row: Mapping[str, int | str], total: int) -> int | None:
    """Compute a process's points; None if it is spared.

    >>> points({"rss": 100, "pgtables_bytes": 8192, "swapents": 5, "oom_score_adj": 0}, 1000)
    107
    """
    if _of(row, "oom_score_adj") == -1000:
        return None
    own = _of(row, "rss") + _of(row, "swapents") + tables_of(row)
    return own + _of(row, "oom_score_adj") * (total // 1000)


def read(lines: Sequence[str], written: Sequence[str]) -> Evidence:
    """Read a report, and check whether it adds up."""
    report = find(lines)
    pid = report.killed.get("pid", report.chosen)
    name = str(report.killed.get("name", "")) or next(
        (str(row["name"]) for row in report.rows if row["pid"] == pid), ""
    )
    whose = "A memory cgroup" if report.group else "The machine"
    title = f"{whose} was out of memory"
    title += f", and {name[:30]} was killed" if name else "; who was killed is not told"
    rows = _bars(report, pid)
    marked = {n for n, words in report.notes.items() if "below" in words}
    marked |= {n for n, line in enumerate(lines[: len(written)]) if _KILLED.search(line)} | {
        n for n in report.notes if pid is not None and f"[{pid:>7}]" in lines[n]
    }
    return Evidence(
        KIND,
        title,
        [Line(t, report.notes.get(n, ""), n in marked) for n, t in enumerate(written)],
        tuple(_stands_out(report, pid)),
        _PROVES_NOT,
        tuple(_notes(report)),
        {
            "pid": pid,
            "name": name,
            "group": report.group,
            "limit_kb": report.limit_kb,
            "processes": len(report.rows),
        },
        BarChart(
            "Memory of the largest processes, in pages of 4 KiB",
            rows,
            ((FRAME.fill, "in memory"), (DISK.fill, "in swap"), (TABLE.fill, "page tables")),
        )
        if rows
        else None,
    )


def _stands_out(report: Report, pid: object) -> list[str]:
    said = []
    if report.limit_kb is not None and report.limit_kb < _UNLIMITED and report.usage_kb is not None:
        said.append(
            f"The group uses {binary(report.usage_kb << 10)} of {binary(report.limit_kb << 10)}; "
            "the machine may have memory free."
        )
    elif report.group:
        said.append("A cgroup's limit was reached; the machine may have memory free.")
    ample = [name for name, free, least in report.zones if free > 2 * least]
    if report.order is not None and report.order > 3 and ample:
        said.append(
            f"{binary(_PAGE_KB << 10 + report.order)} were wanted in one piece, and "
            f"{', '.join(dict.fromkeys(ample))} had memory free: fragmentation."
        )
    if report.swap_kb.get("Total") == 0:
        said.append("There is no swap: what has no file behind it cannot leave.")
    elif report.swap_kb.get("Total") and report.swap_kb.get("Free", 1) == 0:
        said.append(f"Swap is full: {binary(report.swap_kb['Total'] << 10)}.")
    tables = sum(map(tables_of, report.rows))
    rss = sum(_of(row, "rss") for row in report.rows)
    if tables and rss and tables * 10 > rss:
        said.append(
            f"Page tables of all processes are {binary(tables * _PAGE_KB << 10)}, beside "
            f"{binary(rss * _PAGE_KB << 10)} of rss."
        )
    return said + _of_victim(report, pid)


def _of_victim(report: Report, pid: object) -> list[str]:
    """Compare who was killed with the table."""
    row = next((row for row in report.rows if row["pid"] == pid), None)
    if row is None or pid is None:
        return []
    said = []
    kb = [report.killed.get(name) for name in ("anon", "file", "shmem")]
    if all(isinstance(size, int) for size in kb):
        total = sum(size for size in kb if isinstance(size, int))
        own = _of(row, "rss") * _PAGE_KB
        if abs(total - own) > max(own // 20, 1024):
            said.append(
                f"The table gives it {binary(own << 10)}, the last line {binary(total << 10)}: it "
                "grew or shrank in between, pages are not of 4 KiB, or rows are missing."
            )
    swap = report.swap_kb.get("Total", 0) // _PAGE_KB
    limit = report.limit_kb if report.limit_kb and report.limit_kb < _UNLIMITED else None
    pages = limit // _PAGE_KB if limit else report.ram_pages
    alike = len({row.get("oom_score_adj", 0) for row in report.rows}) == 1
    if pages is None and not alike:
        said.append("Whom oom_score_adj made a candidate cannot be computed: the size is not told.")
        return said
    scores = [(points(one, (pages or 0) + swap), one) for one in report.rows]
    best = max((score for score, _ in scores if score is not None), default=None)
    mine = next((score for score, one in scores if one is row), None)
    if mine is not None and best is not None and mine == best:
        said.append(f"Of {count(len(report.rows), 'process', 'processes')} it has the most points.")
    elif best is not None:
        said.append(
            "By this table another process has more points: rows are missing, threads share "
            "memory, or it was chosen otherwise (oom_kill_allocating_task, memory.oom.group)."
        )
    return said


def _notes(report: Report) -> list[str]:
    notes = []
    if not report.killed and report.chosen is None:
        notes.append("The line that says who was killed is not there: cut off?")
    if not report.columns:
        notes.append("The table of processes is not there: it was cut off, or switched off.")
    elif not report.rows:
        notes.append("The table of processes has a heading and no row that can be read.")
    if report.garbled:
        notes.append(f"{count(report.garbled, 'row')} could not be read, and are shown as is.")
    if report.reports > 1:
        notes.append("More than one report is in it; the first is read.")
    return notes


def _bars(report: Report, pid: object) -> list[Row]:
    rows = sorted(
        report.rows,
        key=lambda row: -(_of(row, "rss") + _of(row, "swapents") + tables_of(row)),
    )
    bars = []
    for row in rows[:12]:
        parts = (_of(row, "rss"), _of(row, "swapents"), tables_of(row))
        faces = (FRAME.fill, DISK.fill, TABLE.fill)
        dead = ", killed" if row["pid"] == pid else ""
        bars.append(
            Row(
                f"{row['name']} ({row['pid']})",
                tuple((float(max(n, 0)), face) for n, face in zip(parts, faces, strict=True)),
                f"{binary(max(sum(parts), 0) * _PAGE_KB << 10)}{dead}",
                row["pid"] == pid,
            )
        )
    return [bar for bar in bars if sum(size for size, _ in bar.parts)]
