"""A region that many processes share, and the page tables that each of them has for it.

An entry of 8 bytes for each page of 4 KiB, in each process: region × processes × 8 / 4096. A
process gets a table with its first touch in a stretch of 2 MiB, so one page in each stretch is
enough to have them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..kernel import Kernel, Process
from .evidence import Evidence, Series
from .incident import Facts, Run
from .looking import look, of, unseen

ALERT = (
    "Memory runs short, and it cannot be seen who has it: no process is large, and adding up what "
    "they have does not explain it."
)
_HUGE, _OWN = 2 << 20, 4  # bytes of a stretch; pages that each process has for itself


def run(facts: Facts, names: tuple[str, str], config: str, log: list[str], setting: str) -> Run:
    """Start processes one by one, and let each touch the whole region.

    Parameters
    ----------
    facts : dict
        "processes" and "stretches" of the replica.
    names : (str, str)
        Of the first process, and of the others.
    config, log
        What the evidence shows of them; processes are logged behind.
    setting : str
        "huge" for a region of huge pages; "thp", "swap" and "less" do what they say.
    """
    processes, stretches = facts["processes"], facts["stretches"]
    huge = setting == "huge"
    kernel = Kernel(
        ram=f"{2 * stretches + 6} MiB",
        swap="4 MiB" if setting == "swap" else "0",
        thp="always" if setting == "thp" else "madvise",
        hugepages=stretches if huge else 0,
    )
    first = kernel.spawn(names[0])
    region = first.mmap(stretches * _HUGE, kind="shared", hugetlb=huge)
    first.touch(first.mmap(_OWN * 4096, addr=0x10_0000_0000))
    first.touch(region, "w", range(0, stretches * 512, 512))  # it writes what it shares out
    points = [(0.0, float(unseen(kernel)))]
    for number, process in enumerate(_connect(first, processes), 1):
        process.comm = names[1]
        process.touch(region, "w", range(0, stretches * 512, 512))
        own = _OWN // 2 if setting == "less" else _OWN
        process.touch(process.mmap(own * 4096, addr=0x20_0000_0000))
        points.append((float(number), float(unseen(kernel))))
    files = look(kernel, (*of(first.pid, "status"), *of(process.pid, "status", "smaps_rollup")))
    series = Series("in use, and in no VmRSS", "KiB", "connections", tuple(points))
    evidence = Evidence(files, series, config, "\n".join(log))
    return Run(evidence, evidence.unseen)


def _connect(first: Process, processes: int) -> Iterator[Process]:
    for _ in range(processes):
        yield first.fork()


def numbers(facts: Mapping[str, int]) -> tuple[int, int, int]:
    """Return region in MiB, processes, and MiB of data that 1 MiB of tables maps."""
    return facts["gib"] * 1024, facts["clients"], 512


def slips(facts: Mapping[str, int]) -> dict[str, int]:
    """Return what comes out of known slips."""
    mib, clients, _ = numbers(facts)
    return {
        "often": mib // 512,
        "short": mib * clients // 1024,
        "data": mib * clients,
    }


def question(facts: Mapping[str, int]) -> str:
    """Ask how much memory is behind it, without saying what."""
    return (
        f"In production what all of them share has {facts['gib']} GiB, each of "
        f"{facts['clients']:,} processes has come to use the whole of it, and "
        f"{facts['pool']:,} huge pages of 2 MiB have been planned for it. How many MiB does what "
        "you diagnosed take there? (Leave out what is less than a hundredth of it.)"
    )


def production(gib: int, clients: int) -> dict[str, int]:
    """Return the facts that are asked about."""
    return {"gib": gib, "clients": clients, "pool": gib * 512 - 8}
