"""/proc/vmstat: pages by use, and events since boot; those lines that this kernel has a count for.

Source: Linux 6.18 mm/vmstat.c (`vmstat_text`); the names and their order are its.
"""

from __future__ import annotations

from ..census import census
from ..machine import Machine

_USES = (
    "nr_free_pages",
    "nr_mlock",
    "nr_inactive_anon",
    "nr_inactive_file",
    "nr_unevictable",
    "nr_anon_pages",
    "nr_mapped",
    "nr_file_pages",
    "nr_dirty",
    "nr_shmem",
    "nr_anon_transparent_hugepages",
    "nr_page_table_pages",
    "nr_swapcached",
)
_EVENTS = (
    "pgpgin",
    "pgpgout",
    "pswpin",
    "pswpout",
    "pglazyfree",
    "pgfault",
    "pgmajfault",
    "pglazyfreed",
    "pgsteal_direct",
    "pgsteal_anon",
    "pgsteal_file",
    "thp_fault_alloc",
    "thp_fault_fallback",
    "thp_collapse_alloc",
    "thp_collapse_alloc_failed",
    "thp_split_pmd",
    "thp_scan_exceed_none_pte",
    "thp_scan_exceed_swap_pte",
    "thp_scan_exceed_share_pte",
)


def vmstat(machine: Machine) -> str:
    """Write /proc/vmstat."""
    found = census(machine.pool, [task.space for task in machine.processes.values()])
    events, page = machine.pool.events, machine.mode.page_bytes
    found["nr_free_pages"] = machine.memory.free_frames
    kib = {name: events[name] * page >> 10 for name in ("pgpgin", "pgpgout")}
    lines = {name: found[name] for name in _USES} | {name: events[name] for name in _EVENTS} | kib
    return "".join(f"{name} {count}\n" for name, count in lines.items())
