"""A database swaps while half of the memory is free: one node is full.

Source, looked up 2026-11-27: blog.jcole.us of 2010-09-28, The MySQL "swap insanity" problem and the
effects of the NUMA architecture: 64GB of RAM, a pool of 48GB, cured by interleaving.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from ..kernel import Kernel
from .bounds import ALERT, below, production, question, slips
from .evidence import Evidence, Series
from .incident import Facts, Herring, Incident, Run
from .looking import groups, look, nodes, of, sysctl
from .starts import rate, spent

_SECONDS = 3


def draw(rng: Random) -> Facts:
    """Draw the machine and the pool's chunks in production; and the replica's pages."""
    return {**production(rng), "node": rng.randrange(28, 38), "over": rng.randrange(4, 9)}


def run(facts: Facts, setting: str) -> Run:
    """Fill a pool that is larger than a node, and use all of it round and round."""
    node = facts["node"]
    kernel = Kernel(
        ram=2 * node * 4096, swap="4 MiB" if setting == "swap" else "2 MiB", policy="lru", nodes=2
    )
    kernel.vm.overcommit_memory = 1 if setting == "overcommit" else 0
    kernel.vm.max_map_count *= 4 if setting == "areas" else 1
    group = kernel.cgroup("mysql")
    process = kernel.spawn("mysqld", group)
    how = ("interleave", (0, 1)) if setting == "interleave" else ("bind", (0,))
    process.set_mempolicy(*how)
    pool = process.mmap((node + facts["over"]) * 4096)
    points, total = [], 0.0
    for second in range(_SECONDS):
        done = process.touch(pool)
        reads = pool.length // 4096
        us = spent(reads, done["minor"], done["major"])
        total += us
        points.append((float(second), rate(reads, us)))
    files = look(
        kernel, (*of(process.pid, "status", "maps", "numa_maps"), *nodes(2), *groups("mysql"))
    )
    files["sysctl"] = sysctl(kernel, "max_map_count", "overcommit_memory", "overcommit_ratio")
    where = "--interleave=all" if setting == "interleave" else "--cpunodebind=0 --membind=0"
    config = (
        f"ExecStart=numactl {where} mysqld\n"
        f"innodb_buffer_pool_size = {4 * (node + facts['over'])}K\n"
    )
    log = (
        "InnoDB: page_cleaner: 1000ms intended loop took long\n"
        f"swap: {kernel.counters['pswpout']} pages written, {kernel.counters['pswpin']} read"
    )
    series = Series("reads of the pool", "a second", "second", tuple(points))
    return Run(Evidence(files, series, config, log), round(total))


def noticed(seen: Evidence) -> tuple[Herring, Herring]:
    """Two things that are so, and are not it."""
    return (
        Herring(
            f"It swaps: {seen.vmstat('pswpout'):,} pages have left, {seen.vmstat('pswpin'):,} came "
            "back. There are more pages in use than frames.",
            "/proc/vmstat",
            seen.line("/proc/vmstat", "pswpout"),
            "too-many",
        ),
        Herring(
            f"Committed_AS is {seen.meminfo('Committed_AS'):,} kB, and the machine has "
            f"{seen.meminfo('MemTotal'):,} kB: more is promised than there is.",
            "/proc/meminfo",
            seen.line("/proc/meminfo", "Committed_AS"),
            "overcommit",
        ),
    )


def numbers(facts: Mapping[str, int]) -> tuple[int, int, int]:
    """Return pieces that stay below the bound, KiB of each, and KiB of a MiB."""
    return below(facts["gib"] << 20, facts)


ONE_NODE = Incident(
    name="one-node",
    mechanism="one-node",
    draw=draw,
    run=run,
    alert=lambda facts: ALERT,
    replica=lambda facts: (
        f"Two nodes with {facts['node']} frames each, and a pool of "
        f"{facts['node'] + facts['over']} pages. Times are computed from counts: 20 µs for a read "
        "of a page that is there, 140 µs for a major fault."
    ),
    noticed=noticed,
    question=question,
    numbers=numbers,
    slips=lambda facts: slips(numbers(facts)),
    settings={
        "interleave": "`numactl --interleave=all` instead of `--membind=0`",
        "swap": "twice the swap",
        "overcommit": "`sysctl -w vm.overcommit_memory=1`",
        "areas": "`sysctl -w vm.max_map_count=` four times as much",
    },
    cure="interleave",
    measured="µs for all reads together",
)
