"""/proc/meminfo, read: where memory is, and what does not add up."""

from __future__ import annotations

from collections.abc import Sequence

from ..draw import DISK, FRAME, PAPER, TABLE, VIRTUAL
from ..kernel.procfs.fields import MEMINFO
from ..units import binary, percent
from . import numbers
from .pictures import BarChart, Row
from .reading import Evidence

KIND = "/proc/meminfo"
_NEEDED = ("MemTotal", "MemFree")
_PROVES_NOT = (
    "Its lines overlap, and not all memory is in one of them: what drivers take straight from the "
    "buddy allocator is in none.",
    "One moment says nothing of a trend, and nothing of which process or cgroup it is: a cgroup's "
    "limit is not in here.",
)


def claims(lines: Sequence[str]) -> int:
    """Count its lines."""
    return numbers.claims(lines, MEMINFO)


def read(lines: Sequence[str], written: Sequence[str]) -> Evidence:
    """Read it, and compare its lines."""
    kb, again = numbers.collect(lines, MEMINFO)
    missing = [name for name in _NEEDED if name not in kb]
    said = _stands_out(kb)
    rows = _rows(kb)
    title = _title(kb)
    return Evidence(
        KIND,
        title,
        numbers.annotated(lines, written, MEMINFO, [name for name, _ in said]),
        tuple(words for _, words in said),
        _PROVES_NOT,
        numbers.notes_on(again, missing, "file"),
        kb,
        BarChart("Memory, by what it is in use for", rows) if rows else None,
    )


def _title(kb: numbers.Numbers) -> str:
    total = kb.get("MemTotal", 0)
    if not total or "MemAvailable" not in kb:
        return f"{_size(kb, 'MemTotal')} of RAM" if total else "Lines of a meminfo"
    share = percent(kb["MemAvailable"] / total)
    return f"Of {_size(kb, 'MemTotal')} of RAM {share} are available"


def _size(kb: numbers.Numbers, name: str) -> str:
    return binary(kb.get(name, 0) << 10)


def _stands_out(kb: numbers.Numbers) -> list[tuple[str, str]]:
    """Compute what stands out, each with the line that it begins from."""
    said: list[tuple[str, str]] = []
    total = kb.get("MemTotal", 0)
    if total <= 0:
        return said
    tables = kb.get("PageTables", 0)
    anon = kb.get("AnonPages", 0) + kb.get("Shmem", 0)
    if tables * 50 >= total:
        said.append(
            (
                "PageTables",
                f"Page tables take {_size(kb, 'PageTables')}, "
                f"{percent(tables / total)} of RAM: they are not in any process's RSS.",
            )
        )
    if anon and tables * 25 > anon:
        said.append(
            (
                "AnonPages",
                f"For {binary(anon << 10)} of anonymous and shared memory there "
                f"are {binary(tables << 10)} of page tables; once, in 4 KiB pages, it takes a "
                "512th: many processes map the same memory.",
            )
        )
    huge = kb.get("AnonHugePages", 0)
    if huge and kb.get("AnonPages", 0):
        share = percent(min(huge / kb["AnonPages"], 1))
        said.append(("AnonHugePages", f"{share} of AnonPages are in transparent huge pages."))
    said += _swap(kb)
    pool = kb.get("HugePages_Total", 0) * kb.get("Hugepagesize", 0)
    free = kb.get("HugePages_Free", 0) - kb.get("HugePages_Rsvd", 0)
    if pool:
        idle = max(free, 0) * kb.get("Hugepagesize", 0)
        said.append(
            (
                "HugePages_Total",
                f"hugetlb's pool holds {binary(pool << 10)}, "
                f"{percent(pool / total)} of RAM; {binary(idle << 10)} of it are neither in "
                "use nor promised, and nobody else can have them.",
            )
        )
    limit, promised = kb.get("CommitLimit", 0), kb.get("Committed_AS", 0)
    if limit and promised > limit:
        said.append(
            (
                "Committed_AS",
                f"{binary(promised << 10)} are promised, more than the "
                f"{binary(limit << 10)} of CommitLimit: with vm.overcommit_memory = 2 mmap "
                "and fork would fail.",
            )
        )
    slab = kb.get("SUnreclaim", 0)
    if slab * 10 > total:
        said.append(
            (
                "SUnreclaim",
                f"The kernel's own objects that cannot be given back take "
                f"{percent(slab / total)} of RAM.",
            )
        )
    return said + _sums(kb)


def _swap(kb: numbers.Numbers) -> list[tuple[str, str]]:
    swap, used = kb.get("SwapTotal", 0), kb.get("SwapTotal", 0) - kb.get("SwapFree", 0)
    if swap and "SwapFree" in kb and 0 < used <= swap:
        words = f"{binary(used << 10)} are in swap, {percent(used / swap)} of it."
        if kb.get("MemFree", 0) > used:
            words += " More than that is free: it left earlier, or one NUMA node was full."
        return [("SwapFree", words)]
    return []


def _sums(kb: numbers.Numbers) -> list[tuple[str, str]]:
    """Find what cannot be: parts that are more than their whole."""
    said = []
    for whole, parts in (
        ("MemTotal", ("MemFree",)),
        ("MemTotal", ("MemAvailable",)),
        ("SwapTotal", ("SwapFree",)),
        ("AnonPages", ("AnonHugePages",)),
        ("HugePages_Total", ("HugePages_Free",)),
        ("Slab", ("SReclaimable", "SUnreclaim")),
        ("Cached", ("Shmem",)),
    ):
        if whole in kb and all(part in kb for part in parts):
            got = sum(kb[part] for part in parts)
            slack = kb[whole] // 100 + 4096  # counted by each CPU for itself for a while
            if got > kb[whole] + (slack if whole in ("AnonPages", "Cached", "Slab") else 0):
                said.append(
                    (whole, f"{' + '.join(parts)} is more than {whole}: it does not add up.")
                )
    return said


def _rows(kb: numbers.Numbers) -> list[Row]:
    pool = kb.get("Hugetlb", kb.get("HugePages_Total", 0) * kb.get("Hugepagesize", 0))
    sizes = {
        "anonymous (AnonPages)": (kb.get("AnonPages", 0), VIRTUAL.fill),
        "shared memory (Shmem)": (kb.get("Shmem", 0), VIRTUAL.fill),
        "files (Cached − Shmem)": (kb.get("Cached", 0) - kb.get("Shmem", 0), DISK.fill),
        "Buffers": (kb.get("Buffers", 0), DISK.fill),
        "page tables": (kb.get("PageTables", 0), TABLE.fill),
        "pool of huge pages": (pool, FRAME.fill),
        "slabs": (kb.get("Slab", 0), FRAME.fill),
        "kernel stacks": (kb.get("KernelStack", 0), FRAME.fill),
        "free": (kb.get("MemFree", 0), PAPER),
    }
    total = max(kb.get("MemTotal", 0), 1)
    return [
        Row(name.replace("−", "-"), ((size, face),), _words(size, total, "MemTotal" in kb))
        for name, (size, face) in sizes.items()
        if size > 0
    ]


def _words(size: int, total: int, known: bool) -> str:
    return binary(size << 10) + (f", {percent(size / total)} of RAM" if known else "")
