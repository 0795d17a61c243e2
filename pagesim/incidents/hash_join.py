"""A join got several times slower when its table grew by half: it left the TLB's reach."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from ..kernel import Kernel
from .evidence import Evidence, Series
from .incident import Facts, Herring, Incident, Run
from .looking import look, nodes, of
from .probing import DTLB, STLB, perf, probe

_TOUCHED = 64  # one page in so many is touched


def draw(rng: Random) -> Facts:
    """Draw the table before it grew, the order of its probes, and the size of a row."""
    return {
        "pages": rng.randrange(1240, 1380),
        "order": rng.randrange(1 << 16),
        "row": rng.choice([row for row in range(40, 260, 4) if STLB[0] * 4096 % row]),
    }


def measure(
    facts: Facts, kernel: Kernel, setting: str, config: str, log: str, hugetlb: bool = False
) -> Run:
    """Touch the table after it has grown, see what pages it got, and probe it.

    Parameters
    ----------
    facts : dict
        "pages" before it grew by half, and "order".
    kernel : Kernel
        The machine.
    setting : str
        "advice": MADV_HUGEPAGE; "there": all of it is touched before.
    config, log : str
        What the evidence shows of them.
    hugetlb : bool
        Whether the table is in pages of the pool.
    """
    before, after = facts["pages"], facts["pages"] * 3 // 2
    process = kernel.spawn("join")
    size = -(-after * 4096 >> 21) + 1 << 21
    table = process.mmap(size, hugetlb=hugetlb, addr=0x10_0000_0000)
    if setting == "advice":
        process.madvise(table, "hugepage")
    process.touch(table, "w", range(0, size >> 12, _TOUCHED))
    started = process.minflt, process.majflt
    process.touch(table, "r", range(0, size >> 12, 4 * _TOUCHED))
    minor, major = process.minflt - started[0], process.majflt - started[1]
    huge = hugetlb or process.smaps(table).AnonHugePages * 1024 == size
    shift = 21 if huge else 12
    sizes = [before * n // 8 for n in (5, 7, 8, 9, 10, 12)]
    points = [
        (pages * 4096 / (1 << 20), probe(pages, shift, facts["order"]).cycles) for pages in sizes
    ]
    probed = probe(after, shift, facts["order"])
    files = look(kernel, (*of(process.pid, "smaps"), *nodes(kernel.memory.nodes)))
    files["perf stat"] = perf(probed, minor, major)
    series = Series("translation", "cycles for each probe", "MiB of the table", tuple(points))
    return Run(Evidence(files, series, config, log), round(1000 * probed.cycles))


def run(facts: Facts, setting: str) -> Run:
    """Build the table where nobody asks for large pages."""
    kernel = Kernel(
        ram="128 MiB" if setting == "ram" else "64 MiB",
        swap="0" if setting == "noswap" else "8 MiB",
        nodes=2,
    )
    config = PROCESSOR + (
        "/sys/kernel/mm/transparent_hugepage/enabled: always [madvise] never\n"
        f"hash_join_buffer: {facts['row']} bytes a row\n"
        f"swap: {'off' if setting == 'noswap' else '8 MiB'}\n"
    )
    log = (
        f"plan: hash join, {facts['pages'] * 4096 // facts['row']:,} rows (last month)\n"
        f"plan: hash join, {facts['pages'] * 3 // 2 * 4096 // facts['row']:,} rows (today)\n"
        "plan: unchanged; all in memory, nothing spilled"
    )
    return measure(facts, kernel, setting, config, log)


def noticed(seen: Evidence) -> tuple[Herring, Herring]:
    """Two things that are so, and are not it."""
    near, far = seen.paths("/numastat")
    faults = seen.vmstat("pgfault")
    return (
        Herring(
            f"One node has given {seen.value(near, 'numa_hit'):,} pages, and the other "
            f"{seen.value(far, 'numa_hit'):,}. Half of the threads must be reading from afar.",
            near,
            seen.line(near, "numa_hit"),
            "remote",
        ),
        Herring(
            f"The process has taken {faults:,} page faults since it started.",
            "/proc/vmstat",
            seen.line("/proc/vmstat", "pgfault"),
            "faulting",
        ),
    )


def numbers(facts: Mapping[str, int]) -> tuple[int, int, int]:
    """Return entries, bytes of a page, and bytes of a row."""
    return STLB[0], 4096, facts["row"]


def slips(facts: Mapping[str, int]) -> dict[str, int]:
    """Return what comes out of known slips."""
    entries, page, row = numbers(facts)
    fit = entries * page // row
    return {"first": DTLB[0] * page // row, "huge": entries * (2 << 20) // row, "up": fit + 1}


ALERT = (
    "A join takes several times as long as it used to, though its plan is the same. The processor "
    "is busy all the time, and no disk is."
)
QUESTION = (
    "A table of rows of {row} bytes, one behind the other, on a processor like this one: up to how "
    "many whole rows is it as fast as it used to be, by what you diagnosed?"
)
PROCESSOR = (
    f"processor: dTLB {DTLB[0]} entries, STLB {STLB[0]} entries for pages of 4 KiB and 2 MiB; "
    "caches 32 KiB, 1 MiB, 22 MiB\n"
)

HASH_JOIN = Incident(
    name="hash-join",
    mechanism="small-pages",
    draw=draw,
    run=run,
    alert=lambda facts: ALERT,
    replica=lambda facts: (
        f"The table has {facts['pages'] * 3 // 2:,} pages of 4 KiB, and had {facts['pages']:,}; "
        "one in 64 is touched in the kernel, all are probed in the TLB, each round in the same "
        "order. Cycles are computed from counts: 1 for a hit, 9 more in the second level, 35 for a "
        "walk."
    ),
    noticed=noticed,
    question=lambda facts: QUESTION.format(row=facts["row"]),
    numbers=numbers,
    slips=slips,
    settings={
        "advice": "`madvise(MADV_HUGEPAGE)` on the table before it is filled",
        "there": "MAP_POPULATE, so that all of the table is there before the first probe",
        "noswap": "`swapoff -a`, so that nothing of the table can leave",
        "ram": "twice the memory",
    },
    cure="advice",
    measured="cycles for 1,000 probes",
)
