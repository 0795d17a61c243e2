"""Huge pages are set aside for a database, one too few: it does without, and they idle."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from ..kernel import Kernel, SystemCallError
from . import shared_region
from .evidence import Evidence, Series
from .incident import Facts, Herring, Incident, Run
from .looking import look, of, unseen


def draw(rng: Random) -> Facts:
    """Draw buffers, connections, and the replica's."""
    clients = rng.randrange(240, 900, 20)
    return {
        **shared_region.production(rng.choice((8, 12, 16, 20, 24, 32, 40, 48)), clients),
        "processes": rng.randrange(3, 6),
        "stretches": rng.randrange(5, 8),
    }


def run(facts: Facts, setting: str) -> Run:
    """Ask for the buffers in huge pages; if the pool is too small, take ordinary ones."""
    stretches, processes = facts["stretches"], facts["processes"]
    pool = stretches - (setting != "more")
    kernel = Kernel(
        ram=f"{4 * stretches + 8} MiB",
        swap="4 MiB" if setting == "swap" else "0",
        thp="always" if setting == "thp" else "madvise",
        hugepages=pool,
    )
    first = kernel.spawn("postgres")
    log = []
    try:
        region = first.mmap(stretches << 21, kind="shared", hugetlb=True)
    except SystemCallError as error:
        log.append(f"DEBUG:  mmap(MAP_HUGETLB) failed, huge pages disabled: {error.name}")
        region = first.mmap(stretches << 21, kind="shared")
    points = []
    for number in range(processes + 1):
        process = first.fork() if number else first
        process.touch(region, "w", range(0, stretches * 512, 512))
        own = 2 if setting == "less" else 4
        process.touch(process.mmap(own * 4096, addr=0x20_0000_0000))
        points.append((float(number), float(unseen(kernel))))
    log.append("LOG:  database system is ready to accept connections")
    config = (
        f"shared_buffers = {facts['gib']}GB\nmax_connections = {facts['clients'] + 20}\n"
        f"huge_pages = try\nwork_mem = {2 if setting == 'less' else 4}MB\n"
        f"vm.nr_hugepages = {pool}\n"
    )
    files = look(kernel, (*of(first.pid, "status"), *of(process.pid, "status", "smaps_rollup")))
    series = Series("in use, and in no VmRSS", "KiB", "connections", tuple(points))
    evidence = Evidence(files, series, config, "\n".join(log))
    return Run(evidence, evidence.unseen)


def noticed(seen: Evidence) -> tuple[Herring, Herring]:
    """Two things that are so, and are not it."""
    last = seen.paths("/status")[-1]
    return (
        Herring(
            f"Each backend has {seen.value(last, 'VmPTE'):,} kB of page tables (VmPTE), all of "
            f"them {seen.meminfo('PageTables'):,} kB.",
            last,
            seen.line(last, "VmPTE"),
            "tables",
        ),
        Herring(
            f"Committed_AS is {seen.meminfo('Committed_AS'):,} kB, and CommitLimit "
            f"{seen.meminfo('CommitLimit'):,} kB. Somebody asks for more and more.",
            "/proc/meminfo",
            seen.line("/proc/meminfo", "Committed_AS"),
            "heap",
        ),
    )


def numbers(facts: Mapping[str, int]) -> tuple[int, int, int]:
    """Return pages of the pool, KiB of each, and KiB of a MiB."""
    return facts["pool"], 2048, 1024


def slips(facts: Mapping[str, int]) -> dict[str, int]:
    """Return what comes out of known slips."""
    pages, clients = facts["pool"], facts["clients"]
    return {
        "often": 2 * pages * clients,
        "short": 4 * pages // 1024,
        "data": facts["gib"] * 1024 * clients,
    }


IDLE_POOL = Incident(
    name="idle-pool",
    mechanism="idle-pool",
    draw=draw,
    run=run,
    alert=lambda facts: shared_region.ALERT,
    replica=lambda facts: (
        f"{facts['processes']} connections and {2 * facts['stretches']} MiB of buffers, of which "
        "each connection has touched one page in every 2 MiB."
    ),
    noticed=noticed,
    question=shared_region.question,
    numbers=numbers,
    slips=slips,
    settings={
        "more": "`vm.nr_hugepages` raised by one, before the database starts",
        "thp": "`echo always > /sys/kernel/mm/transparent_hugepage/enabled`",
        "less": "`work_mem` halved, so that each backend allocates less",
        "swap": "a swap disk, so that what is idle can leave",
    },
    cure="more",
    measured="KiB in use, and in no VmRSS",
)
