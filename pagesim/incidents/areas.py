"""mmap fails with ENOMEM, and most of the memory is free: too many areas.

Sources, looked up 2026-11-27: ClickHouse issue #5369 (2019) says "vma for each 72K of memory", and
Elasticsearch's pull request #16944 (2016) has it check vm.max_map_count. That 65,530 areas are then
4.5 GiB is computed here; neither says so in what could be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from ..kernel import Kernel, SystemCallError
from .bounds import ALERT, below, production, question, slips
from .bounds import AREAS as ALLOWED
from .evidence import Evidence, Series
from .incident import Facts, Herring, Incident, Public, Run
from .looking import groups, look, of, sysctl


def draw(rng: Random) -> Facts:
    """Draw the size of a block, what the replica may have, and how many blocks are asked for."""
    return {
        **production(rng),
        "allowed": rng.randrange(50, 64),
        "blocks": rng.randrange(66, 80),
    }


def run(facts: Facts, setting: str) -> Run:
    """Map block after block, each with another protection than its neighbour."""
    kernel = Kernel(ram="128 MiB" if setting == "ram" else "64 MiB")
    kernel.vm.max_map_count = facts["allowed"] * (4 if setting == "areas" else 1)
    kernel.vm.overcommit_memory = {"overcommit": 1}.get(setting, 0)
    process = kernel.spawn("clickhouse-serv", kernel.cgroup("clickhouse", limit="48 MiB"))
    points, log, refused = [], [], 0
    for block in range(facts["blocks"]):
        try:
            area = process.mmap(facts["kib"] << 10, "rw" if block % 2 else "r")
            process.touch(area, "w" if block % 2 else "r", range(1))
        except SystemCallError as error:
            refused += 1
            if refused <= 2:
                log.append(
                    "<Error> Allocator: Cannot mmap "
                    f"{facts['kib']:.2f} KiB., errno: 12, strerror: Cannot allocate memory"
                )
                log.append(f"  ({error.name}, block {block + 1})")
        points.append((float(block + 1), float(block + 1 - refused)))
    files = look(kernel, (*of(process.pid, "status", "maps"), *groups("clickhouse")))
    files["sysctl"] = sysctl(kernel, "max_map_count", "overcommit_memory", "overcommit_ratio")
    config = (
        "mark_cache_size: 5368709120\n"
        f"max_memory_usage: {48 << 20}\nallocator: mmap for each block\n"
    )
    series = Series("blocks that were given", "blocks", "blocks asked for", tuple(points))
    return Run(Evidence(files, series, config, "\n".join(log)), refused)


def noticed(seen: Evidence) -> tuple[Herring, Herring]:
    """Two things that are so, and are not it."""
    (status,) = seen.paths("/status")
    refused = next(line for line in seen.log.splitlines() if "strerror" in line)
    return (
        Herring(
            "The log says it: no memory could be allocated.", "log", refused.strip(), "too-many"
        ),
        Herring(
            f"VmSize is {seen.value(status, 'VmSize'):,} kB and VmRSS "
            f"{seen.value(status, 'VmRSS'):,} kB: nearly all of it is promised only.",
            status,
            seen.line(status, "VmSize"),
            "overcommit",
        ),
    )


def numbers(facts: Mapping[str, int]) -> tuple[int, int, int]:
    """Return pieces that stay below the bound, KiB of each, and KiB of a MiB."""
    return below(ALLOWED * facts["kib"], facts)


AREAS = Incident(
    name="areas",
    mechanism="areas",
    draw=draw,
    run=run,
    alert=lambda facts: ALERT,
    replica=lambda facts: (
        f"{facts['blocks']} blocks of {facts['kib']} KiB are asked for; the limits are scaled down "
        "with them."
    ),
    noticed=noticed,
    question=question,
    numbers=numbers,
    slips=lambda facts: slips(numbers(facts)),
    settings={
        "areas": "`sysctl -w vm.max_map_count=` four times as much",
        "ram": "twice the memory",
        "overcommit": "`sysctl -w vm.overcommit_memory=1`",
        "limit": "`max_memory_usage` doubled in the server's configuration",
    },
    cure="areas",
    measured="requests that were not served",
    public=Public(
        {"kib": 72},
        "MiB in areas: 4.5 GiB",
        "ClickHouse: an area for each 72 KiB, and vm.max_map_count = 65530",
        "ClickHouse #5369, LFAlloc exhaust vma limit; "
        "Elasticsearch #16944, Add max map count check",
    ),
)
