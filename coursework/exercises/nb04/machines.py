"""Small machines for the exercises in code: memory as lists of entries, and a mode as a dict.

``memory[pfn][index]`` is the entry `index` of frame `pfn`. An entry has P in bit 0 and its PFN from
bit ``mode["pfn_shift"]`` to the top, with flags between.
"""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np

from pagesim import PagingMode, PhysicalMemory, PteFormat, RadixTable

Memory = list[list[int]]
Mode = dict[str, Any]
ENTRY_BYTES = 8


def paging(mode: Mode) -> PagingMode:
    """Give the simulator's name for such a mode."""
    fmt = PteFormat(
        bytes=ENTRY_BYTES, present=0, pfn_shift=mode["pfn_shift"], pfn_bits=64 - mode["pfn_shift"],
        writable=None, user=None, accessed=None, dirty=None, huge=None, global_=None, nx=None,
    )  # fmt: skip
    return PagingMode("exercise", tuple(mode["index_bits"]), mode["page_shift"], fmt)


def table_of(memory: Memory, cr3: int, mode: Mode) -> RadixTable:
    """Load such a machine into the simulator."""
    dump = np.array(memory, dtype="<u8").tobytes()
    frames = PhysicalMemory.from_dump(dump, 1 << mode["page_shift"])
    return RadixTable(paging(mode), frames, root=cr3)


def memory_of(table: RadixTable) -> Memory:
    """Read the simulator's memory back."""
    words = table.memory.bytes.view("<u8").tolist()
    per_frame = table.mode.page_bytes // ENTRY_BYTES
    return [words[i : i + per_frame] for i in range(0, len(words), per_frame)]


def pieces(va: int, mode: Mode) -> tuple[list[int], int]:
    """Cut an address into indices, root first, and offset."""
    shift: int = mode["page_shift"] + sum(mode["index_bits"])
    indices = []
    for bits in mode["index_bits"]:
        shift -= bits
        indices.append(va >> shift & (1 << bits) - 1)
    return indices, va & (1 << mode["page_shift"]) - 1


def together(indices: list[int], offset: int, mode: Mode) -> int:
    """Put an address together again."""
    va, parts = 0, zip(mode["index_bits"], indices, strict=True)
    for bits, index in (*parts, (mode["page_shift"], offset)):
        va = va << bits | index
    return va


def entry(rng: Random, pfn: int, mode: Mode, present: bool = True) -> int:
    """Make an entry with random flags between P and the PFN."""
    shift: int = mode["pfn_shift"]
    return pfn << shift | rng.randrange(1 << shift - 1) << 1 | present


def in_words(va: int, cr3: int, mode: Mode) -> str:
    """Describe an input without its memory."""
    cut = " + ".join(map(str, [*mode["index_bits"], mode["page_shift"]]))
    return (
        f"va {va:#x} ({cut} bits, root in frame {cr3}, the PFN of an entry from bit "
        f"{mode['pfn_shift']} up)"
    )
