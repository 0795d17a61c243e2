"""A service is killed, and the machine has memory to spare: its memory cgroup is full."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from ..kernel import Kernel, Killed
from .bounds import ALERT, below, production, question, slips
from .evidence import Evidence, Series
from .incident import Facts, Herring, Incident, Run
from .looking import groups, look, of, sysctl

_REQUESTS = 12


def draw(rng: Random) -> Facts:
    """Draw the limit and a request in production; and the replica's limit and request."""
    return {**production(rng), "limit": rng.randrange(44, 60), "pages": rng.randrange(6, 9)}


def run(facts: Facts, setting: str) -> Run:
    """Serve requests side by side, each with memory of its own, until all are served or it ends."""
    kernel = Kernel(ram="64 MiB" if setting == "ram" else "32 MiB")
    kernel.vm.overcommit_memory = 1 if setting == "overcommit" else 0
    group = kernel.cgroup("api", limit=facts["limit"] * (4 if setting == "limit" else 1) * 4096)
    process = kernel.spawn("api-server", group)
    process.oom_score_adj = -500 if setting == "score" else 0
    helper = kernel.spawn("sidecar", group)
    helper.touch(helper.mmap(4 * 4096))
    points, served = [], 0
    try:
        for request in range(1, _REQUESTS + 1):
            process.touch(process.mmap(facts["pages"] * 4096))
            served = request
            points.append((float(request), group.pages * 4.0))
    except Killed:
        points.append((float(served + 1), facts["limit"] * 4.0))
    files = look(kernel, (*of(helper.pid, "maps"), *groups("api")))
    files["sysctl"] = sysctl(kernel, "max_map_count", "overcommit_memory", "overcommit_ratio")
    files["dmesg -t"] = "".join(f"{line}\n" for line in kernel.dmesg)
    config = (
        f"resources.limits.memory: {facts['limit'] * (4 if setting == 'limit' else 1) * 4}Ki\n"
        f"oomScoreAdjust: {process.oom_score_adj}\nmax_in_flight: {_REQUESTS}\n"
    )
    log = "\n".join(
        [
            f"api-server: {served} requests in flight",
            *["systemd: api.service: Main process exited, code=killed, status=9/KILL"]
            * bool(kernel.dmesg),
        ]
    )
    series = Series("memory of the service", "KiB", "requests in flight", tuple(points))
    return Run(Evidence(files, series, config, log), _REQUESTS - served)


def noticed(seen: Evidence) -> tuple[Herring, Herring]:
    """Two things that are so, and are not it."""
    end = seen.log.splitlines()[-1]
    return (
        Herring(
            "It was killed, and dmesg has a report of the OOM killer: the machine has run out of "
            "memory.",
            "log",
            end,
            "too-many",
        ),
        Herring(
            f"The machine has no swap, and CommitLimit is {seen.meminfo('CommitLimit'):,} kB, half "
            "of its memory. Whatever is more is refused.",
            "/proc/meminfo",
            seen.line("/proc/meminfo", "CommitLimit"),
            "overcommit",
        ),
    )


def numbers(facts: Mapping[str, int]) -> tuple[int, int, int]:
    """Return pieces that stay below the bound, KiB of each, and KiB of a MiB."""
    return below(facts["max"] << 20, facts)


LIMIT = Incident(
    name="limit",
    mechanism="killed",
    draw=draw,
    run=run,
    alert=lambda facts: ALERT,
    replica=lambda facts: (
        f"A group of {facts['limit'] * 4} KiB, requests of {facts['pages'] * 4} KiB, up to "
        f"{_REQUESTS} of them in flight."
    ),
    noticed=noticed,
    question=question,
    numbers=numbers,
    slips=lambda facts: slips(numbers(facts)),
    settings={
        "limit": "memory.max of the group raised to four times as much",
        "ram": "twice the memory in the machine",
        "score": "oom_score_adj of the service set to -500",
        "overcommit": "`sysctl -w vm.overcommit_memory=1`",
    },
    cure="limit",
    measured="requests that were not served",
)
