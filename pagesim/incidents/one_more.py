"""One more worker, and throughput collapses: together they use more pages than there are."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from ..kernel import Kernel
from .bounds import ALERT, below, production, question, slips
from .evidence import Evidence, Series
from .incident import Facts, Herring, Incident, Run
from .looking import groups, look, of, sysctl
from .starts import rate, spent

_TABLES = 6  # frames of a worker's page table, the root included
_ROUNDS = 2


def draw(rng: Random) -> Facts:
    """Draw RAM and a worker in production; and the replica's workers and their pages."""
    return {**production(rng), "fit": rng.randrange(2, 4), "set": rng.randrange(8, 13)}


def run(facts: Facts, setting: str) -> Run:
    """Start workers one by one, and let all of them go round their pages."""
    fit, each = facts["fit"], facts["set"]
    kernel = Kernel(
        ram=(fit * (each + _TABLES) + 4) * 4096,
        swap="4 MiB" if setting == "swap" else "2 MiB",
        policy="lru",
        thp="always" if setting == "thp" else "madvise",
    )
    kernel.vm.overcommit_memory = 1 if setting == "overcommit" else 0
    group = kernel.cgroup("app")
    workers, points, log = [], [], []
    for number in range(1, fit + (1 if setting == "fewer" else 2)):
        worker = kernel.spawn("worker", group)
        workers.append((worker, worker.mmap(each * 4096)))
        worker.touch(workers[-1][1])
        major = 0
        for _ in range(_ROUNDS):
            for process, area in workers:
                major += process.touch(area)["major"]
        requests = _ROUNDS * number
        us = spent(requests, 0, major)
        points.append((float(number), rate(requests, us)))
        log.append(f"worker {worker.pid} started; {major} major faults in {requests} requests")
    paths = (*of(workers[0][0].pid, "status", "maps"), *groups("app"))
    files = look(kernel, paths)
    files["sysctl"] = sysctl(kernel, "max_map_count", "overcommit_memory", "overcommit_ratio")
    config = f"workers = {len(workers)}\nswap = {'4' if setting == 'swap' else '2'} MiB, NVMe\n"
    series = Series("requests done", "a second", "workers", tuple(points))
    return Run(Evidence(files, series, config, "\n".join(log)), round(us / requests))


def noticed(seen: Evidence) -> tuple[Herring, Herring]:
    """Two things that are so, and are not it."""
    (current,) = seen.paths("/memory.current")
    return (
        Herring(
            f"Committed_AS is {seen.meminfo('Committed_AS'):,} kB, and the machine has "
            f"{seen.meminfo('MemTotal'):,} kB: more is promised than there is.",
            "/proc/meminfo",
            seen.line("/proc/meminfo", "Committed_AS"),
            "overcommit",
        ),
        Herring(
            f"All that is in use is charged to one group: memory.current is "
            f"{int(seen.files[current]):,}.",
            current,
            seen.files[current].strip(),
            "killed",
        ),
    )


def numbers(facts: Mapping[str, int]) -> tuple[int, int, int]:
    """Return pieces that stay below the bound, KiB of each, and KiB of a MiB."""
    return below(2 * facts["gib"] << 20, facts)


ONE_MORE = Incident(
    name="one-more",
    mechanism="too-many",
    draw=draw,
    run=run,
    alert=lambda facts: ALERT,
    replica=lambda facts: (
        f"Workers that go round {facts['set']} pages each. Times are computed from counts: 20 µs "
        "for a request, 140 µs for a major fault."
    ),
    noticed=noticed,
    question=question,
    numbers=numbers,
    slips=lambda facts: slips(numbers(facts)),
    settings={
        "fewer": "one worker fewer",
        "swap": "twice the swap",
        "thp": "`echo always > /sys/kernel/mm/transparent_hugepage/enabled`",
        "overcommit": "`sysctl -w vm.overcommit_memory=1`",
    },
    cure="fewer",
    measured="µs for a request, in the end",
)
