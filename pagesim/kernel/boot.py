"""What the kernel keeps for itself: all of RAM, mapped into its half of every address space.

Source: Linux arch/x86/mm/init.c (`init_mem_mapping`), Documentation/arch/x86/x86_64/mm.rst.
"""

from __future__ import annotations

from ..arch import PagingMode
from ..memory import PhysicalMemory
from ..tables import RadixTable

_DIRECT_MAP = {4 << 10: "DirectMap4k", 2 << 20: "DirectMap2M", 1 << 30: "DirectMap1G"}


def map_kernel(mode: PagingMode, memory: PhysicalMemory, frames: int) -> bytes:
    """Map the first frames of RAM into the kernel's half, and return the root's entries for it.

    Modes whose addresses are not canonical have no half to map it into: nothing is returned.
    """
    if not mode.canonical:
        return b""
    table = RadixTable(mode, memory)
    for va, pfn, size in _direct_map(mode, frames):
        nx = mode.pte.nx is not None
        table.map(va, pfn, page=size, user=False, nx=nx, global_=True)
    half = mode.table_bytes(0) // 2
    start = table.root * memory.frame_bytes + half
    return memory.bytes[start : start + half].tobytes()


def own_tables(mode: PagingMode, frames: int) -> int:
    """Count the tables that `map_kernel` makes."""
    if not mode.canonical:
        return 0
    pieces = _direct_map(mode, frames)
    return 1 + sum(
        len({va >> mode.shift(level - 1) for va, _, size in pieces if size < mode.span(level - 1)})
        for level in range(1, mode.levels)
    )


def direct_map_sizes(mode: PagingMode, frames: int) -> dict[str, int]:
    """Tell how many bytes of the kernel's own mapping have pages of each size (DirectMap4k, …).

    >>> from pagesim import X86_64
    >>> direct_map_sizes(X86_64, frames=1024 + 3)
    {'DirectMap4k': 12288, 'DirectMap2M': 4194304, 'DirectMap1G': 0}
    """
    sizes = dict.fromkeys(_DIRECT_MAP.values(), 0)
    for _, _, size in _direct_map(mode, frames) if mode.canonical else ():
        if size in _DIRECT_MAP:
            sizes[_DIRECT_MAP[size]] += size
    return sizes


def _direct_map(mode: PagingMode, frames: int) -> list[tuple[int, int, int]]:
    """Cut RAM into the largest pages that fit: virtual address, PFN and size of each."""
    base = (1 << 64) - (1 << mode.va_bits - 1)
    pieces, pfn = [], 0
    for size in reversed(mode.page_sizes):
        count = size // mode.page_bytes
        while frames - pfn >= count:
            pieces.append((base + pfn * mode.page_bytes, pfn, size))
            pfn += count
    return pieces
