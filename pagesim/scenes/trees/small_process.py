"""The small process behind the picture of a walk: its tables, and which of their rows to show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from ...arch import X86_64_LA57, PagingMode
from ...draw import Table
from ...memory import PhysicalMemory
from ...tables import RadixTable, Walk, WalkStep

ROWS = 8  # rows shown of each table
# A small process: text, heap, two libraries and a stack, a page or three of each.
_PAGES = (
    0x0040_0000,
    0x0040_1000,
    0x0060_3000,
    0x01C6_D000,
    0x7F3A_1C6D_5000,
    0x7F3A_1C6D_6000,
    0x7F3A_1C6D_9000,
    0x7F3A_1CA0_0000,
    0x7F3A_5C6D_5000,
    0x7FFD_E3B1_1000,
    0x7FFD_E3B1_2000,
)


@lru_cache(maxsize=8)
def mode_of(levels: int) -> PagingMode:
    """Give x86-64's mode with so many levels of tables, from one to five."""
    return PagingMode(f"{levels} levels", X86_64_LA57.index_bits[:levels])


@lru_cache(maxsize=8)
def _table(levels: int) -> RadixTable:
    """Map the small process through a tree of so many levels (of its addresses, the low bits)."""
    memory = PhysicalMemory(frames=256)
    table = RadixTable(mode_of(levels), memory, root=memory.alloc())
    wide = (1 << mode_of(levels).va_bits) - 1
    for va in dict.fromkeys(page & wide for page in _PAGES):
        table.map(va, pfn=0x1D3 + (va >> 12) % 251)
    return table


@lru_cache(maxsize=512)
def walk_of(levels: int, va: int) -> Walk:
    """Walk the small process's tree of so many levels."""
    return _table(levels).walk(va)


@lru_cache(maxsize=8)
def census(levels: int) -> list[int]:
    """Count the tables of each level."""
    found = [table.level for table in _table(levels).tables()]
    return [found.count(level) for level in range(levels)]


def steps_of(walk: Walk) -> int:
    """Count the steps of a walk: its reads, and the access itself if it arrives."""
    return len(walk.steps) + (walk.pa is not None)


def pfn_in(table: RadixTable, level: int, table_pfn: int, index: int | None) -> int:
    """Give the PFN that an entry holds, or -1 if it is not present (or a gap between rows)."""
    if index is None:
        return -1
    pte = table.mode.pte.unpack(table.memory.load(table.entry_pa(level, table_pfn, index)))
    return pte.pfn if pte.present else -1


def entries(
    walk: Walk,
    names: Sequence[str],
    step: int,
    rows: Callable[[int], Sequence[tuple[int | None, int]]],
) -> Table:
    """List the rows that are shown of the tables on a walk's way, and which were read by a step."""
    listed = []
    for level, read in enumerate(walk.steps):
        for index, pfn in rows(level):
            if index is not None:
                held = f"{pfn:#x}" if pfn >= 0 else "not present"
                here = f"read {level + 1}" if level < step and index == read.index else ""
                listed.append((f"{names[level]} {index}", held, here))
    if walk.pa is not None:
        page, byte = divmod(walk.pa, 4096), walk.va % walk.page_bytes
        here = "the access" if step > len(walk.steps) else ""
        listed.append((f"byte {byte:#x} of the page", f"{page[0]:#x}", here))
    return Table(f"Entries around {walk.va:#x}", ("entry", "names frame", "on the way"), listed)


@lru_cache(maxsize=512)
def shown_rows(levels: int, va: int, level: int) -> list[tuple[int | None, int]]:
    """Choose the rows to show of a visited table, in numeric order, and the PFNs in them."""
    step, table = walk_of(levels, va).steps[level], _table(levels)
    return [(index, pfn_in(table, level, step.table_pfn, index)) for index in _rows(table, step)]


def _rows(table: RadixTable, step: WalkStep) -> list[int | None]:
    words = [table.memory.load(table.entry_pa(step.level, step.table_pfn, i)) for i in range(512)]
    present = sorted(np.flatnonzero(words).tolist(), key=lambda i: abs(i - step.index))
    near = [step.index + d for d in (1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6, 7, -7)]
    chosen: set[int] = {step.index}
    for index in [*present[:4], 0, 511, *near]:
        if 0 <= index < 512 and len(_with_gaps(chosen | {index})) <= ROWS:
            chosen.add(index)
    return _with_gaps(chosen)


def _with_gaps(indices: set[int]) -> list[int | None]:
    rows: list[int | None] = []
    before = -1
    for index in sorted(indices):
        if index - before == 2:
            rows.append(index - 1)
        elif index - before > 2:
            rows.append(None)
        rows.append(index)
        before = index
    if before == 510:
        rows.append(511)
    elif before < 510:
        rows.append(None)
    return rows


def follow(mode: PagingMode, va: int, level: int, index: int | None) -> int:
    """Change one index of an address, and below it go where something is mapped if anything is."""
    indices, offset = mode.split(va)
    assert index is not None
    changed = (*indices[:level], index, *indices[level + 1 :])
    start = mode.join(changed, offset)
    if walk_of(mode.levels, start).pa is not None:
        return start
    wide, span = (1 << mode.va_bits) - 1, mode.span(level)
    for page in _PAGES:
        if (page & wide) // span == start // span:
            return (page & wide) | offset
    return start
