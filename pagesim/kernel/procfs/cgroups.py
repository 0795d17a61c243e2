"""The files of a memory cgroup: memory.current, .max, .stat, .events and .swap.current.

Of memory.stat there are the lines that this kernel has a count for, in Linux's order.

Source: Linux 6.18 mm/memcontrol.c (`memory_stats`, `memcg_stat_format`, `__memory_events_show`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from ..cgroup import MemoryCgroup
from ..machine import Machine

UNLIMITED = 9007199254740988 << 10  # bytes: PAGE_COUNTER_MAX with pages of 4 KiB
_EVENTS = ("low", "high", "max", "oom", "oom_kill", "oom_group_kill", "sock_throttled")
_SIZES = (
    "anon",
    "file",
    "kernel",
    "pagetables",
    "shmem",
    "file_mapped",
    "file_dirty",
    "swapcached",
    "anon_thp",
    "inactive_anon",
    "inactive_file",
    "unevictable",
)
_COUNTED = (
    "pgscan",
    "pgsteal",
    "pgscan_direct",
    "pgsteal_direct",
    "pgfault",
    "pgmajfault",
)


def stat(machine: Machine, group: MemoryCgroup) -> str:
    """Write memory.stat: bytes, and then events."""
    page, pool = machine.mode.page_bytes, machine.pool
    found: Counter[str] = Counter()
    for frame in pool.frames.values():
        if frame.group is group:
            size = frame.pages * page
            anon = frame.kind == "anon"
            found["anon" if anon else "file"] += size
            found["shmem"] += size * (frame.kind == "shmem")
            found["file_mapped"] += size * (not anon and bool(frame.mappers))
            found["file_dirty"] += size * (frame.kind == "file" and pool.is_dirty(frame))
            found["swapcached"] += size * (anon and frame.slot is not None)
            found["anon_thp"] += size * (frame.pages > 1)
            where = "unevictable" if pool.is_locked(frame) else "inactive_"
            if where == "inactive_":
                where += "file" if frame.kind == "file" else "anon"
            found[where] += size
    found["kernel"] = found["pagetables"] = group.tables * page
    lines = {name: found[name] for name in _SIZES}
    lines |= {name: group.events[name] for name in _COUNTED}
    return "".join(f"{name} {value}\n" for name, value in lines.items())


def current(machine: Machine, group: MemoryCgroup) -> str:
    """Write memory.current, in bytes."""
    return f"{group.pages * machine.mode.page_bytes}\n"


def most(machine: Machine, group: MemoryCgroup) -> str:
    """Write memory.max."""
    return "max\n" if group.limit is None else f"{group.limit * machine.mode.page_bytes}\n"


def swapped(machine: Machine, group: MemoryCgroup) -> str:
    """Write memory.swap.current, in bytes."""
    return f"{group.swapped * machine.mode.page_bytes}\n"


def events(machine: Machine, group: MemoryCgroup) -> str:
    """Write memory.events."""
    return "".join(f"{name} {group.events[name]}\n" for name in _EVENTS)


OF_CGROUP: dict[str, Callable[[Machine, MemoryCgroup], str]] = {
    "memory.current": current,
    "memory.max": most,
    "memory.stat": stat,
    "memory.events": events,
    "memory.swap.current": swapped,
}
