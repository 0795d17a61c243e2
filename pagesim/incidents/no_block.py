"""A join is slow on some machines only: they have no block left for a large page."""

from __future__ import annotations

from random import Random

from ..kernel import Kernel
from .hash_join import ALERT, PROCESSOR, QUESTION, measure, noticed, numbers, slips
from .hash_join import draw as draw_join
from .incident import Facts, Incident, Run

_ORDER = 8  # of the blocks that somebody holds


def draw(rng: Random) -> Facts:
    """Draw the table before it grew, the order of its probes, and the size of a row."""
    return draw_join(rng)


def run(facts: Facts, setting: str) -> Run:
    """Wear memory down, then build the table where large pages are asked for."""
    stretches = -(-facts["pages"] * 3 // 2 * 4096 >> 21) + 2
    pool = setting == "pool"
    kernel = Kernel(
        ram="64 MiB" if setting == "ram" else "32 MiB",
        thp="always",
        hugepages=stretches if pool else 0,
        swap="8 MiB" if setting == "swap" else "0",
        nodes=2,
    )
    _wear(kernel)
    config = PROCESSOR + (
        "/sys/kernel/mm/transparent_hugepage/enabled: [always] madvise never\n"
        f"vm.nr_hugepages = {stretches if pool else 0}\n"
        f"hash_join_buffer: {facts['row']} bytes a row\n"
    )
    log = (
        "up 61 days\n"
        f"plan: hash join, {facts['pages'] * 3 // 2 * 4096 // facts['row']:,} rows\n"
        "plan: the same takes a quarter of the time on machines that were booted today"
    )
    return measure(facts, kernel, setting, config, log, hugetlb=pool)


def _wear(kernel: Kernel) -> None:
    """Hold every other block of 1 MiB, as drivers and caches do after some weeks."""
    memory, held = kernel.memory, []
    for node in range(memory.nodes):
        while memory.free_on(node) > 1 << _ORDER + 1:
            held.append(memory.alloc(_ORDER, node, (node,)))
    for pfn in held:
        if pfn >> _ORDER & 1:
            memory.free(pfn)


NO_BLOCK = Incident(
    name="no-block",
    mechanism="no-block",
    draw=draw,
    run=run,
    alert=lambda facts: ALERT,
    replica=lambda facts: (
        f"The table has {facts['pages'] * 3 // 2:,} pages of 4 KiB; one in 64 is touched in the "
        "kernel, all are probed in the TLB, in the same order each round. Cycles are computed from "
        "counts: 1 for a hit, 9 more in the second level, 35 for a walk."
    ),
    noticed=noticed,
    question=lambda facts: QUESTION.format(row=facts["row"]),
    numbers=numbers,
    slips=slips,
    settings={
        "pool": "huge pages set aside at boot (`hugepages=`), and the table in them (MAP_HUGETLB)",
        "advice": "`madvise(MADV_HUGEPAGE)` on the table before it is filled",
        "swap": "a swap disk, so that idle memory can leave",
        "ram": "twice the memory",
    },
    cure="pool",
    measured="cycles for 1,000 probes",
)
