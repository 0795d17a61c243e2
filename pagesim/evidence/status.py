"""/proc/PID/status, read: what one process has, and what does not add up."""

from __future__ import annotations

from collections.abc import Sequence

from ..draw import DISK, FRAME, PAPER, TABLE, VIRTUAL
from ..kernel.procfs.fields import STATUS, Field
from ..units import binary, count, percent
from . import numbers
from .pictures import BarChart, Row
from .reading import Evidence

KIND = "/proc/PID/status"
_KNOWN = STATUS | {
    "VmPMD": Field("kB", "tables above the last level (older kernels)"),
    "voluntary_ctxt_switches": Field("events", "times that it waited"),
    "nonvoluntary_ctxt_switches": Field("events", "times that it had to let others run"),
    "CoreDumping": Field("number", "whether its core is being written"),
    "Cpus_allowed_list": Field("text", "CPUs that it may run on"),
    "Mems_allowed_list": Field("text", "NUMA nodes that it may have memory of"),
}
_LEGEND = ((VIRTUAL.fill, "anonymous"), (DISK.fill, "files"), (PAPER, "shared memory"))
_OWN = [name for name in STATUS if name.startswith(("Vm", "Rss", "THP", "Huge"))]
_PROVES_NOT = (
    "VmRSS counts shared pages whole in each process: sums over processes count them many times "
    "(smaps_rollup's Pss does not).",
    "VmSize is addresses, not memory: it may be large and cost nothing.",
)


def claims(lines: Sequence[str]) -> int:
    """Count its lines."""
    return numbers.claims(lines, dict.fromkeys((*_OWN, "VmPMD", "Tgid", "PPid", "TracerPid")))


def read(lines: Sequence[str], written: Sequence[str]) -> Evidence:
    """Read it, and compare its lines."""
    kb, again = numbers.collect(lines, _KNOWN)
    name = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("Name:")), "a process"
    )
    said = _stands_out(kb)
    rows = _rows(kb)
    missing = [line for line in ("VmSize", "VmRSS") if line not in kb]
    notes = list(numbers.notes_on(again, missing if len(missing) < 2 else [], "file"))
    if len(missing) == 2:
        notes.append("No line of memory is in it: a kernel thread has none, or it is cut off.")
    if "VmPTE" in kb and "RssAnon" not in kb:
        notes.append("RssAnon and its like are not there: the kernel is older than 4.5.")
    rss = f"{_size(kb, 'VmRSS')} in memory" if "VmRSS" in kb else "its memory is not told"
    return Evidence(
        KIND,
        f"{name[:40]}: {rss}" + (f" of {_size(kb, 'VmSize')} mapped" if "VmSize" in kb else ""),
        numbers.annotated(lines, written, _KNOWN, [line for line, _ in said]),
        tuple(words for _, words in said),
        _PROVES_NOT,
        tuple(notes),
        kb,
        BarChart("What this process has", rows, _LEGEND) if rows else None,
    )


def _size(kb: numbers.Numbers, name: str) -> str:
    return binary(kb.get(name, 0) << 10)


def _stands_out(kb: numbers.Numbers) -> list[tuple[str, str]]:
    said: list[tuple[str, str]] = []
    rss, tables = kb.get("VmRSS", 0), kb.get("VmPTE", 0) + kb.get("VmPMD", 0)
    if tables and rss and tables * 20 >= rss:
        said.append(
            (
                "VmPTE",
                f"Page tables of {binary(tables << 10)} for {_size(kb, 'VmRSS')} in "
                f"memory are {percent(tables / rss)} of it; dense memory in 4 KiB pages takes "
                "0.195 %. It lies scattered, was given back, or VmRSS leaves huge pages out.",
            )
        )
    if kb.get("VmSwap", 0) > 0:
        said.append(("VmSwap", f"{_size(kb, 'VmSwap')} of it are in swap."))
    if kb.get("HugetlbPages", 0) > 0:
        said.append(
            (
                "HugetlbPages",
                f"{_size(kb, 'HugetlbPages')} of hugetlb's pages come on top of VmRSS.",
            )
        )
    if kb.get("VmLck", 0) > 0:
        said.append(("VmLck", f"{_size(kb, 'VmLck')} are locked: they cannot leave memory."))
    high = kb.get("VmHWM", 0)
    if rss and high >= 2 * rss:
        said.append(
            (
                "VmHWM",
                f"It had {_size(kb, 'VmHWM')} in memory at its peak, more than "
                "twice what it has now.",
            )
        )
    parts = [kb[name] for name in ("RssAnon", "RssFile", "RssShmem") if name in kb]
    if "VmRSS" in kb and len(parts) == 3 and abs(sum(parts) - rss) > max(rss // 100, 1024):
        said.append(
            (
                "VmRSS",
                f"RssAnon + RssFile + RssShmem is {binary(sum(parts) << 10)}"
                f", VmRSS {_size(kb, 'VmRSS')}: it does not add up.",
            )
        )
    for small, large in (("VmSize", "VmPeak"), ("VmRSS", "VmHWM"), ("VmRSS", "VmSize")):
        slack = 1024 if small == "VmRSS" else 0  # kept approximately since Linux 6.2
        if small in kb and large in kb and kb[small] > kb[large] + slack:
            said.append((small, f"{small} is more than {large}: it does not add up."))
    if kb.get("Threads", 0) > 1000:
        said.append(("Threads", f"{count(kb['Threads'], 'thread')}, each with a stack of its own."))
    return said


def _rows(kb: numbers.Numbers) -> list[Row]:
    parts = tuple(
        (kb.get(name, 0), face)
        for name, face in (
            ("RssAnon", VIRTUAL.fill),
            ("RssFile", DISK.fill),
            ("RssShmem", PAPER),
        )
    )
    if not any(size for size, _ in parts):
        parts = ((kb.get("VmRSS", 0), VIRTUAL.fill),)
    bars = {
        "VmHWM": ((kb.get("VmHWM", 0), FRAME.fill),),
        "VmRSS": parts,
        "HugetlbPages": ((kb.get("HugetlbPages", 0), VIRTUAL.fill),),
        "VmSwap": ((kb.get("VmSwap", 0), VIRTUAL.fill),),
        "VmPTE": ((kb.get("VmPTE", 0), TABLE.fill),),
    }
    rows = [
        Row(name, sizes, binary(sum(size for size, _ in sizes) << 10))
        for name, sizes in bars.items()
        if sum(size for size, _ in sizes) > 0
    ]
    return rows
