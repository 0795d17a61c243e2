"""A report of the OOM killer, judged: whose limit, who was killed, and does it add up.

    points = rss + swapents + page tables, in pages, plus oom_score_adj thousandths of all pages

Source: Linux 6.18 mm/oom_kill.c (`oom_badness`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..draw import DISK, FRAME, TABLE
from ..units import binary, count
from .oom_report import KILLED, PAGE_KB, Report, claims, find, of, tables_of
from .pictures import BarChart, Row
from .reading import Evidence, Line

__all__ = ["KIND", "claims", "points", "read"]

KIND = "a report of the OOM killer"
_UNLIMITED = 1 << 53  # kB: what is printed where there is no limit is larger than this by far
_PROVES_NOT = (
    "Who was killed had the most to give back; that need not be who grew.",
    "The table's rss counts shared pages in each process: its sum is not what was in use.",
    "It shows the moment of the kill, not how long memory had been short.",
)


def points(row: Mapping[str, int | str], total: int) -> int | None:
    """Compute a process's points; None if it is spared.

    >>> points({"rss": 100, "pgtables_bytes": 8192, "swapents": 5, "oom_score_adj": 0}, 1000)
    107
    """
    if of(row, "oom_score_adj") == -1000:
        return None
    own = of(row, "rss") + of(row, "swapents") + tables_of(row)
    return own + of(row, "oom_score_adj") * (total // 1000)


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
    marked |= {n for n, line in enumerate(lines[: len(written)]) if KILLED.search(line)} | {
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
            f"{binary(PAGE_KB << 10 + report.order)} were wanted in one piece, and "
            f"{', '.join(dict.fromkeys(ample))} had memory free: fragmentation."
        )
    if report.swap_kb.get("Total") == 0:
        said.append("There is no swap: what has no file behind it cannot leave.")
    elif report.swap_kb.get("Total") and report.swap_kb.get("Free", 1) == 0:
        said.append(f"Swap is full: {binary(report.swap_kb['Total'] << 10)}.")
    tables = sum(map(tables_of, report.rows))
    rss = sum(of(row, "rss") for row in report.rows)
    if tables and rss and tables * 10 > rss:
        said.append(
            f"Page tables of all processes are {binary(tables * PAGE_KB << 10)}, beside "
            f"{binary(rss * PAGE_KB << 10)} of rss."
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
        own = of(row, "rss") * PAGE_KB
        if abs(total - own) > max(own // 20, 1024):
            said.append(
                f"The table gives it {binary(own << 10)}, the last line {binary(total << 10)}: it "
                "grew or shrank in between, pages are not of 4 KiB, or rows are missing."
            )
    swap = report.swap_kb.get("Total", 0) // PAGE_KB
    limit = report.limit_kb if report.limit_kb and report.limit_kb < _UNLIMITED else None
    pages = limit // PAGE_KB if limit else report.ram_pages
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
        key=lambda row: -(of(row, "rss") + of(row, "swapents") + tables_of(row)),
    )
    bars = []
    for row in rows[:12]:
        parts = (of(row, "rss"), of(row, "swapents"), tables_of(row))
        faces = (FRAME.fill, DISK.fill, TABLE.fill)
        dead = ", killed" if row["pid"] == pid else ""
        bars.append(
            Row(
                f"{row['name']} ({row['pid']})",
                tuple((float(max(n, 0)), face) for n, face in zip(parts, faces, strict=True)),
                f"{binary(max(sum(parts), 0) * PAGE_KB << 10)}{dead}",
                row["pid"] == pid,
            )
        )
    return [bar for bar in bars if sum(size for size, _ in bar.parts)]
