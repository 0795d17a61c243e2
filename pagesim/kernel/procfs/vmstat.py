"""/proc/vmstat: pages by use, and events since boot; those lines that this kernel has a count for.

Source: Linux 6.18 mm/vmstat.c (`vmstat_text`); the names and their order are its.
"""

from __future__ import annotations

from ..census import census
from ..machine import Machine
from .fields import VMSTAT

_USES = [name for name, field in VMSTAT.items() if field.unit.endswith("pages")]
_EVENTS = [name for name in VMSTAT if name not in _USES]


def vmstat(machine: Machine) -> str:
    """Write /proc/vmstat."""
    found = census(machine.pool, [task.space for task in machine.processes.values()])
    events, page = machine.pool.events, machine.mode.page_bytes
    found["nr_free_pages"] = machine.memory.free_frames
    kib = {name: events[name] * page >> 10 for name in ("pgpgin", "pgpgout")}
    lines = {name: found[name] for name in _USES} | {name: events[name] for name in _EVENTS} | kib
    return "".join(f"{name} {count}\n" for name, count in lines.items())
