"""A cache answers nobody for a moment at each snapshot: fork copies its page tables.

Source, looked up 2026-11-27: Redis's documentation has the sum word for word, 24 GB / 4 kB * 8 =
48 MB, and 12.8 ms for each GB (a virtual machine; 13.1 and 9 on two others without).
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from ..kernel import Kernel
from .evidence import Evidence
from .incident import Facts, Herring, Incident, Public, Run
from .looking import look
from .snapshots import ALERT, fault_us, files_of, fork_us, longest, production, question
from .snapshots import slips as sum_slips

_STEPS = 24  # seconds drawn


def draw(rng: Random) -> Facts:
    """Draw the cache, the replica's stretches, and when the snapshot is taken."""
    return {
        **production(rng),
        "stretches": rng.randrange(30, 45),
        "writes": rng.randrange(3, 7),
        "at": rng.randrange(6, 16),
    }


def run(facts: Facts, setting: str) -> Run:
    """Fill a heap, fork, and go on writing to a few pages."""
    stretches = facts["stretches"] // (4 if setting == "shards" else 1)
    kernel = Kernel(ram="256 MiB", swap="16 MiB" if setting == "swap" else "0")
    kernel.vm.overcommit_memory = 1 if setting == "overcommit" else 0
    parent = kernel.spawn("redis-server")
    heap = parent.mmap(stretches << 21, addr=0x10_0000_0000)
    parent.touch(heap, "w", range(0, stretches * 512, 512))
    child = parent.fork()
    waits = dict.fromkeys(range(_STEPS), fault_us(0))
    waits[facts["at"]] = fork_us(child)
    for second in range(facts["at"] + 1, min(facts["at"] + 1 + facts["writes"], _STEPS)):
        parent.touch(heap, "w", [(second - facts["at"]) * 512])
        waits[second] = fault_us(4)
    log = (
        f"* Background saving started by pid {child.pid}\n"
        f"* latest_fork_usec:{fork_us(child):.0f}\n"
        "* Background saving terminated with success"
    )
    config = (
        f"maxmemory {facts['gib']}gb\nsave 300 100\nappendonly no\n"
        f"# transparent_hugepage: {'always' if setting == 'thp' else 'madvise'}\n"
    )
    files = look(kernel, files_of(parent, child))
    return Run(Evidence(files, longest(waits), config, log), round(sum(waits.values())))


def noticed(seen: Evidence) -> tuple[Herring, Herring]:
    """Two things that are so, and are not it."""
    parent, child = seen.paths("/status")
    both = seen.value(parent, "VmRSS") + seen.value(child, "VmRSS")
    return (
        Herring(
            f"Parent and child together have {both:,} kB of VmRSS, twice what there was before: "
            "the child must have copied all of it by now.",
            child,
            seen.line(child, "VmRSS"),
            "unmeant",
        ),
        Herring(
            f"Committed_AS is {seen.meminfo('Committed_AS'):,} kB since the fork, and the machine "
            f"has {seen.meminfo('MemTotal'):,} kB. Pages must have been swapped out for the child.",
            "/proc/meminfo",
            seen.line("/proc/meminfo", "Committed_AS"),
            "swap-in",
        ),
    )


def numbers(facts: Mapping[str, int]) -> tuple[int, int, int]:
    """Return MiB of memory, bytes of an entry, and bytes of a page."""
    return facts["gib"] * 1024, 8, 4096


def slips(facts: Mapping[str, int]) -> dict[str, int]:
    """Return what comes out of known slips."""
    return sum_slips(facts["gib"] * 2, size=facts["gib"] * 1024)


FORK_TABLES = Incident(
    name="fork-tables",
    mechanism="fork-tables",
    draw=draw,
    run=run,
    alert=lambda facts: ALERT,
    replica=lambda facts: (
        f"{facts['stretches']} stretches of 2 MiB with one page each in use. Times are computed "
        "from counts: 25 µs for each table copied, 1.013 µs for a fault."
    ),
    noticed=noticed,
    question=question,
    numbers=numbers,
    slips=slips,
    settings={
        "shards": "four caches with a quarter of the data each, saved one after the other",
        "rarely": "`save 1800 100`: a snapshot every thirty minutes",
        "overcommit": "`sysctl -w vm.overcommit_memory=1`",
        "swap": "a swap disk, so that the child's memory finds room",
    },
    cure="shards",
    measured="µs of waiting, all seconds together",
    public=Public(
        {"gib": 24},
        "MiB of tables: 48 MB",
        "Redis: a cache of 24 GB has 48 MB of page tables, all copied at each fork",
        "Redis documentation, Redis latency problems troubleshooting",
    ),
)
