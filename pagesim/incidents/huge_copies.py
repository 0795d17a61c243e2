"""Writes stall for as long as a snapshot is taken: each copies a page of 2 MiB."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from ..kernel import Kernel
from .evidence import Evidence
from .incident import Facts, Herring, Incident, Run
from .looking import look
from .snapshots import ALERT, fault_us, files_of, fork_us, longest, production, question
from .snapshots import slips as sum_slips

_STEPS = 24


def draw(rng: Random) -> Facts:
    """Draw the writes in production; and the replica's pages, writes, and when it forks."""
    return {
        **production(rng),
        "pages": rng.randrange(5, 8),
        "writes": rng.randrange(3, 5),
        "at": rng.randrange(6, 14),
    }


def run(facts: Facts, setting: str) -> Run:
    """Fill a heap of huge pages, fork, and write one byte to some of them."""
    pages, huge = facts["pages"], setting != "small"
    more = 8 if setting == "pool" else 0
    kernel = Kernel(
        ram=f"{2 * (2 * pages + more) + 8} MiB",
        swap="16 MiB" if setting == "swap" else "0",
        hugepages=2 * pages + more if huge else 0,
    )
    parent = kernel.spawn("storage")
    heap = parent.mmap(pages << 21, hugetlb=huge, addr=0x10_0000_0000)
    parent.touch(heap, "w", range(0, pages * 512, 512))
    child = parent.fork()
    child.touch(heap, "r", range(0, pages * 512, 512))
    waits = dict.fromkeys(range(_STEPS), fault_us(0))
    waits[facts["at"]] = fork_us(child)
    for page in range(facts["writes"]):
        done = parent.write(heap.start + (page << 21))
        waits[facts["at"] + 1 + 2 * page] = fault_us(4 * done.pages)
    log = (
        f"snapshot: child {child.pid} started, fork took {fork_us(child):.0f} us\n"
        f"slow: put() took {max(waits.values()):.0f} us\n"
        f"snapshot: {facts['writes']} keys changed meanwhile"
    )
    config = (
        f"GLIBC_TUNABLES=glibc.malloc.hugetlb={2 if huge else 0}\n"
        f"vm.nr_hugepages = {2 * pages + more}\nsnapshot_interval = 300\n"
    )
    files = look(kernel, files_of(parent, child))
    return Run(Evidence(files, longest(waits), config, log), round(sum(waits.values())))


def noticed(seen: Evidence) -> tuple[Herring, Herring]:
    """Two things that are so, and are not it."""
    child = seen.paths("/status")[-1]
    return (
        Herring(
            f"The program holds megabytes, and its VmRSS is {seen.value(child, 'VmRSS')} kB. "
            "Its memory must have been swapped out.",
            child,
            seen.line(child, "VmRSS"),
            "swap-in",
        ),
        Herring(
            "The log says how long the fork took, far longer than any request did before.",
            "log",
            seen.line("log", "snapshot: child"),
            "fork-tables",
        ),
    )


def numbers(facts: Mapping[str, int]) -> tuple[int, int, int]:
    """Return pages written, KiB of each, and KiB of a MiB."""
    return facts["written"], 2048, 1024


def slips(facts: Mapping[str, int]) -> dict[str, int]:
    """Return what comes out of known slips."""
    return sum_slips(facts["written"] * 2, size=facts["written"] // 256)


HUGE_COPIES = Incident(
    name="huge-copies",
    mechanism="huge-copies",
    draw=draw,
    run=run,
    alert=lambda facts: ALERT,
    replica=lambda facts: (
        f"A heap of {2 * facts['pages']} MiB. Times are computed from counts: 25 µs for each table "
        "that fork copies, 1.013 µs for a fault, and 10 GiB/s for what is copied."
    ),
    noticed=noticed,
    question=question,
    numbers=numbers,
    slips=slips,
    settings={
        "small": "`glibc.malloc.hugetlb=0`: the heap in pages of 4 KiB",
        "pool": "a larger pool: `vm.nr_hugepages` raised by eight",
        "rarely": "`snapshot_interval = 1800`: a snapshot every thirty minutes",
        "swap": "a swap disk, so that the child's memory finds room",
    },
    cure="small",
    measured="µs of waiting, all seconds together",
)
