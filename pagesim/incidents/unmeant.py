"""Workers share their parent's memory after the fork; an hour later they do not."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from ..kernel import Kernel
from .evidence import Evidence, Series
from .incident import Facts, Herring, Incident, Run
from .looking import look, of
from .snapshots import ALERT, fork_us, production, question
from .snapshots import slips as sum_slips

_BASE, _MINUTES = 0x10_0000_0000, 4


def draw(rng: Random) -> Facts:
    """Draw pages in production; and the replica's pages, workers, and pages of a collection."""
    pages = rng.randrange(24, 36)
    return {
        **production(rng),
        "pages": pages,
        "workers": 2,
        "marked": pages * rng.randrange(70, 96) // 100,
    }


def run(facts: Facts, setting: str) -> Run:
    """Load a program, fork workers that read; the collector marks what it finds."""
    pages, workers = facts["pages"], facts["workers"] + (1 if setting == "more" else 0)
    kernel = Kernel(
        ram="16 MiB",
        swap="16 MiB" if setting == "swap" else "0",
        thp="always" if setting == "thp" else "madvise",
    )
    parent = kernel.spawn("gunicorn")
    heap = parent.mmap(pages * 4096, addr=_BASE)
    parent.touch(heap, "w")
    children = []
    for _ in range(workers):
        child = parent.fork()
        child.comm = "worker"
        children.append(child)
    before, points = kernel.memory.free_frames, [(0.0, 0.0)]
    log = [f"[{c.pid}] booting worker, fork took {fork_us(c):.0f} us" for c in children]
    written = 2 if setting == "freeze" else facts["marked"]
    for minute in range(1, _MINUTES + 1):
        part = range((minute - 1) * written // _MINUTES, minute * written // _MINUTES)
        for child in children:
            child.touch(heap, "r", part)
            child.touch(heap, "w", part)
        used = 4 * (before - kernel.memory.free_frames)
        points.append((float(minute), float(used)))
    if setting != "freeze":
        log += [f"[{child.pid}] gc: collecting generation 2..." for child in children]
    log.append("GET /feed 200 (read-only, served from the preloaded data)")
    config = (
        f"workers = {workers}\npreload_app = True\n"
        f"post_fork: gc.collect() {'after gc.freeze()' if setting == 'freeze' else ''}".rstrip()
        + "\n"
    )
    paths = [*of(parent.pid, "status", "smaps_rollup")]
    paths += of(children[-1].pid, "status", "smaps_rollup")
    series = Series("memory since the fork", "KiB", "minute", tuple(points))
    evidence = Evidence(look(kernel, paths), series, config, "\n".join(log))
    return Run(evidence, round(points[-1][1]))


def noticed(seen: Evidence) -> tuple[Herring, Herring]:
    """Two things that are so, and are not it."""
    started = seen.log.splitlines()[0]
    return (
        Herring(
            "The log says how long each fork took, far longer than any request does.",
            "log",
            started,
            "fork-tables",
        ),
        Herring(
            f"There have been {seen.vmstat('pgfault'):,} page faults, and they go on, though no "
            "worker asks for memory. Pages that have left must be coming back.",
            "/proc/vmstat",
            seen.line("/proc/vmstat", "pgfault"),
            "swap-in",
        ),
    )


def numbers(facts: Mapping[str, int]) -> tuple[int, int, int]:
    """Return pages written, KiB of each, and KiB of a MiB."""
    return facts["written"], 4, 1024


def slips(facts: Mapping[str, int]) -> dict[str, int]:
    """Return what comes out of known slips."""
    return sum_slips(facts["written"] // 256, size=facts["written"] * 2)


UNMEANT = Incident(
    name="unmeant",
    mechanism="unmeant",
    draw=draw,
    run=run,
    alert=lambda facts: ALERT,
    replica=lambda facts: (
        f"{facts['workers']} workers, {facts['pages']} pages of data. Fork is taken to last 25 µs "
        "for each table."
    ),
    noticed=noticed,
    question=question,
    numbers=numbers,
    slips=slips,
    settings={
        "freeze": "`gc.freeze()` before the fork, so that the collector leaves old objects alone",
        "thp": "`echo always > /sys/kernel/mm/transparent_hugepage/enabled`",
        "swap": "a swap disk, so that what is idle can leave",
        "more": "one more worker, so that each has fewer requests",
    },
    cure="freeze",
    measured="KiB taken since the fork",
)
