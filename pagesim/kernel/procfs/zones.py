"""/proc/buddyinfo: the free blocks of each size, by node and zone.

Frames below 16 MiB are in the zone DMA, those below 4 GiB in DMA32: some devices reach no further.

Source: Linux 6.18 mm/vmstat.c (`frag_show_print`), arch/x86/include/asm/dma.h (`MAX_DMA_PFN`,
`MAX_DMA32_PFN`), include/linux/mmzone.h (`MAX_PAGE_ORDER`).
"""

from __future__ import annotations

from collections import Counter

from ..machine import Machine

_ZONES = (("DMA", 16 << 20), ("DMA32", 4 << 30), ("Normal", 1 << 63))
_MAX_ORDER = 10


def buddyinfo(machine: Machine) -> str:
    """Write /proc/buddyinfo."""
    memory = machine.memory
    zones: dict[tuple[int, str], Counter[int]] = {}
    size = memory.frames // memory.nodes
    for node in range(memory.nodes):
        below = node * size * memory.frame_bytes
        for name, end in _ZONES:
            if below < min((node + 1) * size * memory.frame_bytes, end):
                zones[node, name] = Counter()
                below = end
    for pfn, order in memory.free_areas().items():
        largest = min(order, _MAX_ORDER)  # ours have no largest size, Linux's do
        for first in range(pfn, pfn + (1 << order), 1 << largest):
            zone = next(name for name, end in _ZONES if first * memory.frame_bytes < end)
            zones[memory.node_of(first), zone][largest] += 1
    return "".join(
        f"Node {node}, zone {name:>8} "
        + "".join(f"{blocks[order]:6} " for order in range(_MAX_ORDER + 1))
        + "\n"
        for (node, name), blocks in zones.items()
    )
