"""One address mapped three times, by pages of 4 KiB, 2 MiB and 1 GiB."""

from __future__ import annotations

from functools import lru_cache

from ...arch import X86_64
from ...memory import PhysicalMemory
from ...tables import RadixTable, Walk
from ...units import binary
from .small_process import pfn_in

START = 0x7F3A_1C6D_5E48
LEAF = {binary(size): 3 - i for i, size in enumerate(X86_64.page_sizes)}  # name -> level of leaf


@lru_cache(maxsize=4)
def _table(page: str) -> RadixTable:
    """Map the page of the first address and its neighbours, in pages of one size."""
    table = RadixTable(X86_64, PhysicalMemory(frames=16))
    span = X86_64.span(LEAF[page])
    frames = span // X86_64.page_bytes
    for i in (-2, 0, 1, 4):
        table.map((START // span + i) * span, (0x1D0 // frames + 11 + i) * frames, page=span)
    return table


@lru_cache(maxsize=1024)
def walk_of(page: str, va: int) -> Walk:
    """Walk the tree whose leaves are pages of a size, by the size's name."""
    return _table(page).walk(X86_64.join(*X86_64.split(va)))  # its canonical form


def rows_of(walk: Walk, leaf: int, level: int) -> list[tuple[int | None, int]]:
    """Choose five rows around the entry that the walk read at a level, and the PFNs in them."""
    table, step = _table(binary(X86_64.span(leaf))), walk.steps[level]
    return [
        (index, pfn_in(table, level, step.table_pfn, index)) for index in _rows_around(step.index)
    ]


def _rows_around(index: int) -> list[int | None]:
    first = min(max(index - 1, 0), 509)
    rows: list[int | None] = [first, first + 1, first + 2]
    if first == 0:
        return [*rows, 3, None]
    return [None, 508, *rows] if first == 509 else [None, *rows, None]
