"""/proc/vmstat, read: pages by use, and what has happened since boot."""

from __future__ import annotations

from collections.abc import Sequence

from ..draw import DISK, FAULT, FRAME, PAPER, TABLE, VIRTUAL
from ..kernel.procfs.fields import VMSTAT, Field
from ..units import binary, count, percent
from . import numbers
from .pictures import BarChart, Row
from .reading import Evidence

KIND = "/proc/vmstat"
_EVENTS = {
    "allocstall": "times that somebody had to free memory first",
    "allocstall_dma32": "times that somebody had to free memory first, here",
    "allocstall_normal": "times that somebody had to free memory first, here",
    "allocstall_movable": "times that somebody had to free memory first, here",
    "compact_stall": "times that somebody had to wait for compaction",
    "compact_fail": "of those, in vain",
    "compact_success": "of those, with a block found",
    "oom_kill": "processes that the OOM killer has ended",
    "pgscan_kswapd": "pages looked at by kswapd",
    "pgsteal_kswapd": "of those, freed",
    "pgscan_direct": "pages looked at by whoever asked for memory",
    "workingset_refault_anon": "pages that came back soon after they had left",
    "workingset_refault_file": "pages of files that came back soon after they had left",
    "workingset_refault": "pages that came back soon after they had left",
    "thp_swpout_fallback": "huge pages split on their way to swap",
    "thp_zero_page_alloc": "huge zero pages made",
    "htlb_buddy_alloc_success": "pages made for hugetlb's pool",
    "htlb_buddy_alloc_fail": "pages for the pool that could not be made",
    "numa_hit": "pages that came from the node that was wanted",
    "numa_miss": "pages that came from another node",
    "numa_pages_migrated": "pages moved to another node",
}
_KNOWN = (
    VMSTAT
    | {name: Field("events", words) for name, words in _EVENTS.items()}
    | {
        "nr_active_anon": Field("pages", "without a file, used lately"),
        "nr_active_file": Field("pages", "of files, used lately"),
        "nr_slab_reclaimable": Field("pages", "the kernel's objects that can be given back"),
        "nr_slab_unreclaimable": Field("pages", "the kernel's objects that cannot"),
        "nr_kernel_stack": Field("kB", "kernel stacks of all threads"),
    }
)
_OWN = _KNOWN.keys() | {"pgalloc_normal", "pgfree", "nr_written", "nr_dirtied", "pgactivate"}
_PROVES_NOT = (
    "Events are counted since boot, and for the whole machine: what happened during an incident is "
    "the difference of two readings.",
    "Pages are counted as 4 KiB each here; with other pages the sizes are others.",
)
_PAGE = 4096


def claims(lines: Sequence[str]) -> int:
    """Count its lines."""
    return numbers.claims(lines, dict.fromkeys(_OWN))


def read(lines: Sequence[str], written: Sequence[str]) -> Evidence:
    """Read it, and compare its counts."""
    values, again = numbers.collect(lines, _KNOWN)
    said = _stands_out(values)
    rows = _rows(values)
    free = values.get("nr_free_pages")
    title = "Counters of the whole machine"
    if free is not None and free >= 0:
        title = f"{binary(free * _PAGE)} free, and counters since boot"
    return Evidence(
        KIND,
        title,
        numbers.annotated(lines, written, _KNOWN, [name for name, _ in said]),
        tuple(words for _, words in said),
        _PROVES_NOT,
        numbers.notes_on(again, [] if free is not None else ["nr_free_pages"], "file"),
        values,
        BarChart("Pages, by what they are in use for", rows) if rows else None,
    )


def _stands_out(values: numbers.Numbers) -> list[tuple[str, str]]:
    said: list[tuple[str, str]] = []

    def say(name: str, words: str) -> None:
        said.append((name, words))

    get = values.get
    faults, major = get("pgfault", 0), get("pgmajfault", 0)
    if faults > 0 and 0 < major <= faults:
        say(
            "pgmajfault",
            f"{count(major, 'fault')} of {faults:,} waited for a disk: {percent(major / faults)}.",
        )
    if major > faults > 0:
        say("pgmajfault", "More major faults than faults: it does not add up.")
    if get("pswpout", 0) > 0:
        say(
            "pswpout",
            f"{count(values['pswpout'], 'page')} went to swap since boot, "
            f"{get('pswpin', 0):,} came back.",
        )
    stalls = [name for name in values if name.startswith("allocstall") and values[name] > 0]
    if stalls:
        total = sum(values[name] for name in stalls)
        say(
            stalls[0],
            f"{count(total, 'time')} somebody who asked for memory had to free some "
            "first: that is latency.",
        )
    tried, failed = get("compact_stall", 0), get("compact_fail", 0)
    if tried > 0 and 0 < failed <= tried:
        say(
            "compact_fail",
            f"Of {count(tried, 'wait')} for compaction {percent(failed / tried)} "
            "were in vain: free memory is in small pieces.",
        )
    given, fell = get("thp_fault_alloc", 0), get("thp_fault_fallback", 0)
    if fell > 0 and given >= 0:
        say(
            "thp_fault_fallback",
            f"Of {given + fell:,} faults that wanted a huge page "
            f"{percent(fell / (given + fell))} got small ones.",
        )
    if get("oom_kill", 0) > 0:
        say(
            "oom_kill",
            f"The OOM killer has ended {count(values['oom_kill'], 'process', 'processes')}"
            " since boot.",
        )
    tables = get("nr_page_table_pages", 0)
    used = get("nr_anon_pages", 0) + get("nr_mapped", 0)
    if tables > 0 and used > 0 and tables * 25 > used:
        say(
            "nr_page_table_pages",
            f"Page tables are {binary(tables * _PAGE)}, "
            f"{percent(tables / used)} of what processes map.",
        )
    scanned, stolen = get("pgscan_direct", 0), get("pgsteal_direct", 0)
    if scanned > 0 and 0 <= stolen * 10 < scanned:
        say("pgscan_direct", f"{count(scanned, 'page')} were looked at to free {stolen:,}.")
    lazy, taken = get("pglazyfree", 0), get("pglazyfreed", 0)
    if 0 <= taken < lazy:
        say(
            "pglazyfree",
            f"Of {count(lazy, 'page')} given back with MADV_FREE {taken:,} were "
            "really taken: the others still counted in RSS, or were written again.",
        )
    return said


def _rows(values: numbers.Numbers) -> list[Row]:
    faces = {
        "nr_free_pages": PAPER,
        "nr_anon_pages": VIRTUAL.fill,
        "nr_shmem": VIRTUAL.fill,
        "nr_file_pages": DISK.fill,
        "nr_mapped": DISK.fill,
        "nr_page_table_pages": TABLE.fill,
        "nr_slab_reclaimable": FRAME.fill,
        "nr_slab_unreclaimable": FRAME.fill,
        "nr_mlock": FRAME.fill,
        "nr_dirty": FAULT.fill,
        "nr_swapcached": DISK.fill,
    }
    return [
        Row(name, ((values[name], face),), binary(values[name] * _PAGE))
        for name, face in faces.items()
        if values.get(name, 0) > 0
    ]
