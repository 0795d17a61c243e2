"""Where the tables of a tree stand: in frames of memory, each entry at an address of its own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..arch import Kind, PagingMode
from ..checks import bounded
from ..memory import PhysicalMemory
from ..units import binary
from .walk import Table


class TableFrames:
    """The tables of a tree, as frames of `memory`: where they are, and what they cost.

    Parameters and errors are those of `RadixTable`.
    """

    def __init__(self, mode: PagingMode, memory: PhysicalMemory, root: int | None = None) -> None:
        if mode.levels > 1 and memory.frame_bytes != mode.page_bytes:
            raise ValueError(
                f"frames of {binary(memory.frame_bytes)} cannot hold the tables of {mode.name}, "
                f"whose pages have {binary(mode.page_bytes)}"
            )
        named = mode.pa_bits - mode.page_shift
        if mode.levels > 1 and memory.frames > 1 << named:
            raise ValueError(
                f"memory has {memory.frames} frames, but the {named} PFN bits of "
                f"{mode.name} name only {1 << named}"
            )
        self.mode, self.memory = mode, memory
        # A table larger than a frame takes a block of frames, a smaller one still a whole frame.
        self._orders = tuple(
            max(mode.table_bytes(level) // memory.frame_bytes, 1).bit_length() - 1
            for level in range(mode.levels)
        )
        if root is None:
            self.root = memory.alloc(self._orders[0])
            return
        blocks = 1 << self._orders[0]
        if blocks > memory.frames:
            raise ValueError(
                f"the root of {mode.name} takes {blocks} frames, but memory has {memory.frames}"
            )
        self.root = bounded("root", root, 0, memory.frames - blocks, "frames of memory")

    def tables(self) -> Iterator[Table]:
        """Go through every table of the tree, parents before children."""
        mode = self.mode
        stack = [Table(0, self.root, 0)]
        while stack:
            table = stack.pop()
            yield Table(table.level, table.pfn, mode.extend(table.va))
            if table.level == mode.levels - 1:
                continue
            entries, rules = self._entries(table.level, table.pfn), mode.rules[table.level]
            for index in np.flatnonzero(entries).tolist()[::-1]:
                kind, pte = rules.read(int(entries[index]))
                if kind is Kind.TABLE:
                    self.check_table(table.level, index, pte.pfn)
                    va = table.va + index * mode.span(table.level)
                    stack.append(Table(table.level + 1, pte.pfn, va))

    @property
    def table_frames(self) -> int:
        """How many frames the tables take."""
        return sum(1 << self._orders[table.level] for table in self.tables())

    @property
    def table_bytes(self) -> int:
        """How many bytes of memory the tables take, in whole frames."""
        return self.table_frames * self.memory.frame_bytes

    def entry_pa(self, level: int, table_pfn: int, index: int) -> int:
        """Give the physical address of an entry.

        Raises
        ------
        ValueError
            If `level` or `index` is out of range.
        """
        bounded("level", level, 0, self.mode.levels - 1, self.mode.name)
        bounded("index", index, 0, (1 << self.mode.index_bits[level]) - 1, self.mode.name)
        return table_pfn * self.memory.frame_bytes + index * self.mode.pte.bytes

    def check_table(self, level: int, index: int, pfn: int) -> None:
        """Refuse an entry that names a table outside memory.

        Raises
        ------
        ValueError
            If frame `pfn`, named by entry `index` of a table of `level`, holds no whole table.
        """
        if pfn + (1 << self._orders[level + 1]) > self.memory.frames:
            raise ValueError(
                f"{self.mode.level_names[level]} entry {index} names a table in frame {pfn:#x}, "
                f"but memory has {self.memory.frames} frames"
            )

    def _entries(self, level: int, pfn: int) -> NDArray[np.unsignedinteger]:
        start = pfn * self.memory.frame_bytes
        raw = self.memory.bytes[start : start + self.mode.table_bytes(level)]
        return raw.view(f"<u{self.mode.pte.bytes}")
