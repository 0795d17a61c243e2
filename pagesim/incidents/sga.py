"""A server with one large shared memory segment, and more clients than it was planned for.

Source, looked up 2026-11-27: the mail that proposes mshare says 300GB of SGA, 1500+ clients, 512GB
of memory, and "878GB+" for the PTEs; and, of 2000 processes that map one page, "8K". The decimal of
878.9 is computed here. Phoronix's article of 2025-01-26 was not found.
"""

from __future__ import annotations

from random import Random

from . import shared_region
from .evidence import Evidence
from .incident import Facts, Herring, Incident, Public, Run


def draw(rng: Random) -> Facts:
    """Draw the segment, the clients, and the replica's."""
    clients = rng.randrange(900, 2200, 50)
    return {
        **shared_region.production(rng.randrange(120, 420, 20), clients),
        "processes": 2 + clients // 450,
        "stretches": rng.randrange(6, 10),
    }


def run(facts: Facts, setting: str) -> Run:
    """Let the replica's clients come in."""
    large = "ONLY" if setting == "huge" else "FALSE"
    target = "2GB" if setting == "less" else "4GB"
    config = (
        f"sga_target={facts['gib']}G\nprocesses={facts['clients'] + 100}\n"
        f"use_large_pages={large}\npga_aggregate_target={target}\n"
    )
    log = [
        "Starting ORACLE instance (normal)",
        f"Segment of {facts['gib']} GiB attached with pages of 4 KiB",
        "Process startup slow: waiting for memory",
    ]
    return shared_region.run(facts, ("ora_pmon", "oracle"), config, log, setting)


def noticed(seen: Evidence) -> tuple[Herring, Herring]:
    """Two things that are so, and are not it."""
    committed, total = seen.meminfo("Committed_AS"), seen.meminfo("MemTotal")
    return (
        Herring(
            f"Committed_AS is {committed:,} kB, and the machine has {total:,} kB. Somebody asks "
            "for more and more.",
            "/proc/meminfo",
            seen.line("/proc/meminfo", "Committed_AS"),
            "heap",
        ),
        Herring(
            f"All {seen.meminfo('Cached'):,} kB of Cached are Shmem: pages of files in memory, "
            "which no disk can take.",
            "/proc/meminfo",
            seen.line("/proc/meminfo", "Shmem"),
            "tmpfs",
        ),
    )


SGA = Incident(
    name="sga",
    mechanism="tables",
    draw=draw,
    run=run,
    alert=lambda facts: shared_region.ALERT,
    replica=lambda facts: (
        f"{facts['processes']} clients and a segment of {2 * facts['stretches']} MiB, of which "
        "each client has touched one page in every 2 MiB."
    ),
    noticed=noticed,
    question=shared_region.question,
    numbers=shared_region.numbers,
    slips=shared_region.slips,
    settings={
        "huge": "`use_large_pages=ONLY`, and as many huge pages in the pool as the segment needs",
        "thp": "`echo always > /sys/kernel/mm/transparent_hugepage/enabled`",
        "less": "`pga_aggregate_target` halved, so that each client allocates less",
        "swap": "a swap disk, so that what is idle can leave",
    },
    cure="huge",
    measured="KiB in use, and in no VmRSS",
    public=Public(
        {"gib": 300, "clients": 1500},
        "MiB of tables: 878.9 GB",
        "Oracle: a segment of 300 GB and 1500 clients, on a machine with 512 GB",
        "linux-mm 2022, the proposal of mshare: 878GB+",
    ),
)
