"""The first requests after a deploy are slow: the index that is mapped is not in memory."""

from __future__ import annotations

from random import Random

from ..kernel import Kernel
from .evidence import Evidence, Series
from .incident import Facts, Herring, Incident, Run
from .looking import groups, look, nodes, of
from .starts import ALERT, SECONDS, draw, numbers, question, rate, slips, spent


def run(facts: Facts, setting: str) -> Run:
    """Map a file that nobody has read yet, and let requests read pages at random."""
    pages, rng = facts["pages"], Random(facts["order"])
    kernel = Kernel(ram="32 MiB", nodes=2, swap="8 MiB" if setting == "swap" else "0")
    group = kernel.cgroup("search", limit="16 MiB" if setting == "limit" else "8 MiB")
    process = kernel.spawn("searchd", group)
    index = kernel.file("/srv/index.17", bytes(pages * 4096))
    area = process.mmap(pages * 4096, "r", "shared", index)
    process.madvise(area, "random")
    if setting == "warm":
        process.madvise(area, "willneed")
    if setting == "heap":
        process.mmap(pages * 4096, populate=True)
    total, points = 0.0, list[tuple[float, float]]()
    for second in range(SECONDS):
        wanted = [rng.randrange(pages) for _ in range(facts["requests"])]
        done = process.touch(area, "r", wanted)
        us = spent(len(wanted), done["minor"], done["major"])
        total, points = total + us, [*points, (float(second), rate(len(wanted), us))]
    files = look(kernel, (*of(process.pid, "status", "smaps_rollup"), *nodes(2), *groups("search")))
    config = (
        f"index = /srv/index.17   # {facts['gib']} GiB, new with this deploy\n"
        f"access = mmap, MADV_RANDOM\nMemoryMax={16 if setting == 'limit' else 8}M\n"
    )
    log = (
        "deploy: index.16 unlinked, index.17 in place\n"
        "searchd: ready\n"
        f"searchd: the first {facts['requests']} requests at {points[0][1]:,.0f} a second"
    )
    series = Series("requests done", "a second", "second", tuple(points))
    return Run(Evidence(files, series, config, log), round(total))


def noticed(seen: Evidence) -> tuple[Herring, Herring]:
    """Two things that are so, and are not it."""
    (status,) = seen.paths("/status")
    return (
        Herring(
            f"VmRSS grows all the time, {seen.value(status, 'VmRSS'):,} kB by now. It will be at "
            "the group's limit, and wait there.",
            status,
            seen.line(status, "VmRSS"),
            "limit-met",
        ),
        Herring(
            f"There are major faults, {seen.vmstat('pgmajfault'):,} of them. That is what swapping "
            "looks like.",
            "/proc/vmstat",
            seen.line("/proc/vmstat", "pgmajfault"),
            "swap-in",
        ),
    )


COLD_FILE = Incident(
    name="cold-file",
    mechanism="cold-file",
    draw=draw,
    run=run,
    alert=lambda facts: ALERT,
    replica=lambda facts: (
        f"An index of {facts['pages']} pages, {facts['requests']} requests in each second drawn. "
        "Times are computed from counts: 20 µs for a request in one thread, 1.013 µs for a "
        "minor fault, 140 µs for a major one."
    ),
    noticed=noticed,
    question=question,
    numbers=numbers,
    slips=slips,
    settings={
        "warm": "`madvise(MADV_WILLNEED)` on the index before the first request is let in",
        "heap": "MAP_POPULATE on the heap, so that its pages are there before the first request",
        "limit": "the memory cgroup's limit doubled",
        "swap": "a swap disk, so that other memory can leave",
    },
    cure="warm",
    measured="µs for all requests together",
)
