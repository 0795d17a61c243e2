"""A database is slow after each restart: its buffers are touched for the first time.

Sources, looked up 2026-11-27: routley.io has 98,565 and 50,751 transactions a second and 55.6 % in
s_lock, and summaries of it 120 GB, 31 million, 61,440 and 120 faults; all digits of 31,457,280 were
in nothing that could be read. The second, of 2026-04-23, says that it hardly concerns anybody else.
"""

from __future__ import annotations

from random import Random

from ..kernel import Kernel
from .evidence import Evidence, Series
from .incident import Facts, Herring, Incident, Public, Run
from .looking import groups, look, nodes, of
from .starts import ALERT, SECONDS, THREADS, draw, numbers, question, rate, slips, spent


def run(facts: Facts, setting: str) -> Run:
    """Map the buffers, start, and let requests touch pages at random."""
    pages, rng = facts["pages"], Random(facts["order"])
    kernel = Kernel(ram="32 MiB", nodes=2, swap="8 MiB" if setting == "swap" else "0")
    group = kernel.cgroup("db", limit="16 MiB" if setting == "limit" else "8 MiB")
    process = kernel.spawn("postgres", group)
    buffers = process.mmap(pages * 4096, populate=setting == "populate")
    if setting == "ahead":
        process.madvise(buffers, "willneed")
    total, points = 0.0, list[tuple[float, float]]()
    for second in range(SECONDS):
        wanted = [rng.randrange(pages) for _ in range(facts["requests"])]
        done = process.touch(buffers, "w", wanted)
        us = spent(len(wanted), done["minor"], done["major"], THREADS)
        total, points = total + us, [*points, (float(second), rate(len(wanted), us))]
    files = look(kernel, (*of(process.pid, "status", "smaps_rollup"), *nodes(2), *groups("db")))
    config = (
        f"shared_buffers = {facts['gib']}GB\nMemoryMax={16 if setting == 'limit' else 8}M\n"
        "huge_pages = off\n"
    )
    log = (
        "LOG:  database system was shut down\n"
        "LOG:  database system is ready to accept connections\n"
        f"LOG:  the first {facts['requests']} requests at {points[0][1]:,.0f} a second"
    )
    series = Series("requests done", "a second", "second", tuple(points))
    return Run(Evidence(files, series, config, log), round(total))


def noticed(seen: Evidence) -> tuple[Herring, Herring]:
    """Two things that are so, and are not it."""
    (status,) = seen.paths("/status")
    near, far = seen.paths("/numastat")
    return (
        Herring(
            f"VmRSS grows all the time, {seen.value(status, 'VmRSS'):,} kB by now. It will be at "
            "the group's limit, and wait there.",
            status,
            seen.line(status, "VmRSS"),
            "limit-met",
        ),
        Herring(
            f"The buffers lie on one node: {seen.value(near, 'numa_hit'):,} pages came from one, "
            f"{seen.value(far, 'numa_hit')} from the other.",
            near,
            seen.line(near, "numa_hit"),
            "remote",
        ),
    )


FIRST_TOUCH = Incident(
    name="first-touch",
    mechanism="first-touch",
    draw=draw,
    run=run,
    alert=lambda facts: ALERT,
    replica=lambda facts: (
        f"{facts['pages']} pages of buffers, {facts['requests']} requests in each second drawn. "
        f"Times are computed from counts: 20 µs for a request in each of {THREADS} threads; 1.013 "
        "µs for a minor fault, 140 µs for a major one, each under a lock that all threads need."
    ),
    noticed=noticed,
    question=question,
    numbers=numbers,
    slips=slips,
    settings={
        "populate": "MAP_POPULATE: all buffers are touched before the first request is let in",
        "ahead": "`madvise(MADV_WILLNEED)` on the buffers before the first request",
        "limit": "the memory cgroup's limit doubled",
        "swap": "a swap disk, so that other memory can leave",
    },
    cure="populate",
    measured="µs for all requests together",
    public=Public(
        {"gib": 120},
        "first touches: 31,457,280",
        "PostgreSQL on Linux 7.0: first touches of 120 GiB while a spinlock is held",
        "The Coder Cafe, Linux 7.0 Broke PostgreSQL (news.routley.io); thebuild.com 2026-04-23",
    ),
)
