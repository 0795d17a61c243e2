"""A database runs out of memory, and no process is large.

Sources, looked up 2026-11-27: Percona's article of 2021 and citus issue #2445 tell of the mechanism
(Percona on 192 GB of RAM with 80 connections). Neither gives the 15.6 GB: that is 16 GiB for 500
connections, computed here.
"""

from __future__ import annotations

from random import Random

from . import shared_region
from .evidence import Evidence
from .incident import Facts, Herring, Incident, Public, Run


def draw(rng: Random) -> Facts:
    """Draw buffers, connections, and the replica's."""
    clients = rng.randrange(240, 900, 20)
    return {
        **shared_region.production(rng.choice((8, 12, 16, 20, 24, 32, 40, 48)), clients),
        "processes": 3 + clients // 200,
        "stretches": rng.randrange(6, 9),
    }


def run(facts: Facts, setting: str) -> Run:
    """Let the replica's connections come in."""
    huge = {"huge": "on", "": "off"}.get(setting, "off")
    memory = "2MB" if setting == "less" else "4MB"
    config = (
        f"shared_buffers = {facts['gib']}GB\nmax_connections = {facts['clients'] + 20}\n"
        f"huge_pages = {huge}\nwork_mem = {memory}\n"
    )
    log = [
        "LOG:  database system is ready to accept connections",
        *(f"LOG:  connection authorized: user=app database=shop ({n})" for n in (1, 2, 3)),
        "WARNING:  free memory is below the alarm's line",
    ]
    return shared_region.run(facts, ("postgres", "postgres"), config, log, setting)


def noticed(seen: Evidence) -> tuple[Herring, Herring]:
    """Two things that are so, and are not it."""
    last = seen.paths("/status")[-1]
    size, shared = seen.value(last, "VmSize"), seen.value(last, "RssShmem")
    many = len(seen.series.points) - 1
    return (
        Herring(
            f"{many} backends with a VmSize of {size:,} kB are {many * size:,} kB, and the machine "
            f"has {seen.meminfo('MemTotal'):,} kB. One of them must be leaking.",
            last,
            seen.line(last, "VmSize"),
            "heap",
        ),
        Herring(
            f"Added up, the backends have {many * shared:,} kB of RssShmem. That is shared memory, "
            "which is tmpfs.",
            last,
            seen.line(last, "RssShmem"),
            "tmpfs",
        ),
    )


BUFFERS = Incident(
    name="buffers",
    mechanism="tables",
    draw=draw,
    run=run,
    alert=lambda facts: shared_region.ALERT,
    replica=lambda facts: (
        f"{facts['processes']} connections and {2 * facts['stretches']} MiB of buffers, of which "
        "each connection has touched one page in every 2 MiB."
    ),
    noticed=noticed,
    question=shared_region.question,
    numbers=shared_region.numbers,
    slips=shared_region.slips,
    settings={
        "huge": "`huge_pages = on`, and as many huge pages in the pool as the buffers need",
        "thp": "`echo always > /sys/kernel/mm/transparent_hugepage/enabled`",
        "less": "`work_mem` halved, so that each backend allocates less",
        "swap": "a swap disk, so that what is idle can leave",
    },
    cure="huge",
    measured="KiB in use, and in no VmRSS",
    public=Public(
        {"gib": 16, "clients": 500},
        "MiB of tables: 15.6 GB",
        "PostgreSQL, 16 GiB of shared buffers and 500 connections (computed, not reported)",
        "the mechanism: Percona 2021, Why Linux HugePages are Super Important for Database "
        "Servers; citusdata/citus #2445, Memory leaks happened when huge pages disabled",
    ),
)
