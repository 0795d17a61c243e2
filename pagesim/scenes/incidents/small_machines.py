"""Small machines that each have one trouble, run step by step in the simulated kernel.

What a dashboard would show of each after every step: memory and page tables of all its processes
added up, the faults of the step, and how long the step took.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from ...costs import LATENCIES
from ...kernel import Kernel, Process

STEPS = 16
_PAGES = 4  # touched in a step
_FORKED = 4  # the step before which somebody forks
_HUGE = 2 << 20


class Moment(NamedTuple):
    """What is to be seen after a step: sizes in kB, faults of the step, its time in µs."""

    rss: int
    pss: int
    tables: int
    faults: int
    major: int
    took: float


Work = Iterator[int]  # after each step, how many accesses it made


def _leak(kernel: Kernel) -> Work:
    process = kernel.spawn()
    area = process.mmap((STEPS + 1) * _PAGES * 4096)
    for step in range(STEPS + 1):
        process.touch(area, "w", range(step * _PAGES, (step + 1) * _PAGES))
        yield _PAGES


def _tables(kernel: Kernel) -> Work:
    """Let client after client touch one page in each 2 MiB of a shared region."""
    server = kernel.spawn()
    area = server.mmap(_PAGES * _HUGE, kind="shared")
    touched = range(0, _PAGES * 512, 512)
    server.touch(area, "w", touched)
    yield _PAGES
    for _ in range(STEPS):
        server.fork().touch(area, "r", touched)
        yield _PAGES


def _copies(kernel: Kernel) -> Work:
    """Fork, and let the parent write page after page."""
    process = kernel.spawn()
    last = STEPS - _FORKED + 1
    area = process.mmap(last * _PAGES * 4096)
    process.touch(area)
    yield _PAGES
    for step in range(1, STEPS + 1):
        if step == _FORKED:
            process.fork()
        n = max(step - _FORKED, 0)
        process.touch(area, "w", range(n * _PAGES, (n + 1) * _PAGES))
        yield _PAGES


def _given_back(kernel: Kernel) -> Work:
    """Grow, then give everything back with MADV_FREE while nobody else needs it."""
    process = kernel.spawn()
    area = process.mmap(STEPS * _PAGES * 4096)
    for step in range(STEPS + 1):
        if step == STEPS // 2 + 1:
            process.madvise(area, "free")
        if step <= STEPS // 2:
            process.touch(area, "w", range(step * _PAGES, (step + 1) * _PAGES))
        yield _PAGES


def _first_touches(kernel: Kernel) -> Work:
    """Go through fresh memory once, and then again."""
    process = kernel.spawn()
    many = STEPS // 2 + 1
    area = process.mmap(many * _PAGES * 4096)
    for step in range(STEPS + 1):
        n = step % many
        process.touch(area, "w", range(n * _PAGES, (n + 1) * _PAGES))
        yield _PAGES


def _cold_file(kernel: Kernel) -> Work:
    """Do the same with a file that is on the disk only."""
    process = kernel.spawn()
    many = STEPS // 2 + 1
    file = kernel.file("/data", bytes(many * _PAGES * 4096))
    area = process.mmap(many * _PAGES * 4096, "r", "shared", file)
    process.madvise(area, "random")
    for step in range(STEPS + 1):
        n = step % many
        process.touch(area, "r", range(n * _PAGES, (n + 1) * _PAGES))
        yield _PAGES


def _too_little(kernel: Kernel) -> Work:
    """Go round and round through a little more than the memory cgroup may have."""
    process = kernel.spawn("web", kernel.cgroup("web", limit="96 KiB"))
    many = 6
    area = process.mmap(many * _PAGES * 4096)
    for step in range(STEPS + 1):
        n = step % many
        process.touch(area, "w", range(n * _PAGES, (n + 1) * _PAGES))
        yield _PAGES


MACHINES: dict[str, Callable[[Kernel], Work]] = {
    "a leak": _leak,
    "tables of shared memory": _tables,
    "writes after a fork": _copies,
    "given back, MADV_FREE": _given_back,
    "first touches": _first_touches,
    "a cold file": _cold_file,
    "too little memory": _too_little,
}


@cache
def run(name: str) -> tuple[Moment, ...]:
    """Run a machine, and look at it before the first step and after each."""
    kernel = Kernel(ram="32 MiB", swap="1 MiB")
    moments: list[Moment] = []
    minor = major = 0
    for accesses in MACHINES[name](kernel):
        people = [one for one in kernel.processes.values() if isinstance(one, Process)]
        new = sum(one.minflt for one in people) - minor
        disk = sum(one.majflt for one in people) - major
        minor, major = minor + new, major + disk
        took = accesses * LATENCIES["local memory"].ns + new * LATENCIES["minor fault"].ns
        took += disk * LATENCIES["major fault"].ns
        page = kernel.mode.page_bytes
        rss = sum(one.space.resident for one in people) * page >> 10
        # each frame that is mapped, once: what the Pss of all of them is, added up and not cut off
        pss = sum(frame.pages for frame in kernel.pool.frames.values() if frame.mappers)
        tables = sum(one.space.table.user_tables for one in people) * page >> 10
        moments.append(Moment(rss, pss * page >> 10, tables, new + disk, disk, took / 1000))
    return (moments[0]._replace(faults=0, major=0, took=0.0), *moments[1:])
