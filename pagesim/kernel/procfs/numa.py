"""numa_maps and numastat: on which nodes pages lie, and where they were wanted.

    numa_hit         pages that came from the node that was wanted
    numa_miss        pages that came from here, though another node was wanted
    numa_foreign     pages that were wanted from here, and came from elsewhere
    interleave_hit   interleaved pages that came from the node whose turn it was
    local_node       pages for a process that was running here
    other_node       pages for a process that was running elsewhere

Source: Linux 6.18 fs/proc/task_mmu.c (`show_numa_map`, `gather_stats`), drivers/base/node.c
(`node_read_numastat`).
"""

from __future__ import annotations

from collections import Counter

from ..machine import Machine
from ..pages import Frame
from ..space import AddressSpace
from ..vma import Vma

_COUNTS = ("numa_hit", "numa_miss", "numa_foreign", "interleave_hit", "local_node", "other_node")


def numastat(machine: Machine, node: int) -> str:
    """Write /sys/devices/system/node/nodeN/numastat."""
    counts = machine.pool.numa[node]
    return "".join(f"{name} {counts[name]}\n" for name in _COUNTS)


def numa_maps(space: AddressSpace) -> str:
    """Write /proc/PID/numa_maps."""
    return "".join(f"{_line(space, area)}\n" for area in space.areas)


def _line(space: AddressSpace, area: Vma) -> str:
    words = [f"{area.start:08x} {area.policy or space.policy}"]
    if area.file and not area.file.locked:
        words.append(f"file={area.file.name}")
    elif area.role in ("heap", "stack"):
        words.append(area.role)
    if area.hugetlb:
        words.append("huge")
    found = _gather(space, area)
    if not found["pages"]:
        return " ".join(words)
    words += [f"{name}={found[name]}" for name in ("anon", "dirty") if found[name]]
    if found["pages"] not in (found["anon"], found["dirty"]):
        words.append(f"mapped={found['pages']}")
    if found["mapmax"] > 1:
        words.append(f"mapmax={found['mapmax']}")
    if found["swapcache"]:
        words.append(f"swapcache={found['swapcache']}")
    if found["active"] < found["pages"] and not area.hugetlb:
        words.append(f"active={found['active']}")
    nodes = space.pool.memory.nodes
    words += [f"N{node}={found[f'N{node}']}" for node in range(nodes) if found[f"N{node}"]]
    size = space.page * (space.pool.hugetlb.frames if area.hugetlb else 1)
    return " ".join([*words, f"kernelpagesize_kB={size >> 10}"])


def _gather(space: AddressSpace, area: Vma) -> Counter[str]:
    found: Counter[str] = Counter()
    pool, unpack = space.pool, space.table.mode.pte.unpack
    for _, word in space.table.entries(area.start, area.end):
        pte = unpack(word)
        if not space.is_swapped(pte) and pte.pfn != pool.zero:
            _add(space, found, pool.frames[pte.pfn], 1, pte.dirty)
    for va in space.table.huge_pages(area.start, area.end):
        pte = space.pte(va)
        frame = pool.frames.get(pte.pfn)
        if pte.pfn != pool.huge_zero and frame:
            _add(space, found, frame, space.huge // space.page, pte.dirty)
    for va in space.table.hugetlb_pages(area.start, area.end):
        pte = space.pte(va)
        _add(space, found, pool.frames[pte.pfn], 1, pte.dirty)
    return found


def _add(space: AddressSpace, found: Counter[str], frame: Frame, pages: int, dirty: bool) -> None:
    pool = space.pool
    found["pages"] += pages
    found["anon"] += pages * (frame.kind == "anon" or (frame.kind == "hugetlb" and not frame.file))
    found["dirty"] += pages * (dirty or frame.dirty)
    found["mapmax"] = max(found["mapmax"], len(frame.mappers))
    found["swapcache"] += pages * (frame.slot is not None)
    found["active"] += pages * pool.is_locked(frame)
    found[f"N{pool.memory.node_of(frame.pfn)}"] += pages
