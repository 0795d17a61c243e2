"""What glibc asks the kernel for: a longer heap for small blocks, a mapping for large ones.

Source: glibc malloc/malloc.c (`sysmalloc`, `sysmalloc_mmap`, `request2size`; DEFAULT_TOP_PAD and
DEFAULT_MMAP_THRESHOLD are 128 KiB).
"""

from __future__ import annotations

from dataclasses import dataclass

from ...kernel import Process

_PAGE = 4096
_PAD = 128 << 10
_CACHE = 0x290  # bytes of the first block: the thread's cache of freed ones
_LEAST, _ROOM = 32, 32  # smallest block, and what must stay free behind the last


@dataclass(frozen=True)
class Malloc:
    """What the blocks cost: calls of brk and mmap, and bytes that they got."""

    brk_calls: int
    mmap_calls: int
    heap_bytes: int
    mapped_bytes: int


def allocate(process: Process, size: int, count: int, threshold: int) -> Malloc:
    """Make a process allocate `count` blocks of `size` bytes, none of them freed.

    Parameters
    ----------
    process : Process
        Freshly started; its areas change.
    size, count : int
        Bytes of a block, and how many.
    threshold : int
        Bytes from which a block gets a mapping of its own (M_MMAP_THRESHOLD).
    """
    start = process.brk()
    free = brk_calls = mmap_calls = mapped = 0
    for wanted in (_CACHE, *[size] * count):
        block = max((wanted + 8 + 15) & -16, _LEAST)
        if block >= threshold and wanted is not _CACHE:
            area = process.mmap(-(-(block + 8) // _PAGE) * _PAGE)
            mapped += area.length
            mmap_calls += 1
            continue
        if free < block + _ROOM:
            more = -(-(block + _PAD + _ROOM - free) // _PAGE) * _PAGE
            process.brk(process.brk() + more)
            free += more
            brk_calls += 1
        free -= block
    return Malloc(brk_calls, mmap_calls, process.brk() - start, mapped)
