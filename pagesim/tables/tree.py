"""The walk: from the root of a tree of tables to the page of an address, one entry a level.

1. Start at the root table.
2. Take the next piece of the address as an index, and read that entry.
3. If its present bit is 0, or a reserved bit is set, stop.
4. If it is a page's (the last level, or a huge page), it names the frame: put the offset behind it.
5. Otherwise it names the next table: go to 2.

Source: Intel SDM vol. 3A sec. 5.5; RISC-V privileged spec sec. 4.3.2; xv6-riscv's `walk`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..arch import Kind, NotCanonical
from .bulk import translate
from .frames import TableFrames
from .walk import NOT_CANONICAL, NOT_PRESENT, RESERVED, Walk, WalkFault, WalkStep


class TableTree(TableFrames):
    """A tree of tables that can be walked.

    Parameters and errors are those of `RadixTable`.
    """

    def walk(self, va: int) -> Walk:
        """Translate one address and say how.

        Raises
        ------
        ValueError
            If `va` does not fit the mode, or an entry names a table outside memory.
        """
        try:
            low = self.mode.translated_bits(va)
        except NotCanonical:
            return Walk(va, (), fault=WalkFault(0, NOT_CANONICAL))
        return self.walk_below(va, low, 0, self.root)

    def walk_below(self, va: int, low: int, level: int, table: int) -> Walk:
        """Walk the rest of the way from a table that is known already, as from a walk cache.

        Parameters
        ----------
        va : int
            The address, and
        low : int
            its translated bits.
        level, table : int
            Level of the table (0 is the root), and its PFN.

        Raises
        ------
        ValueError
            If an entry names a table outside memory.
        """
        mode, memory, width = self.mode, self.memory, self.mode.pte.bytes
        steps: list[WalkStep] = []
        for index, rules in zip(mode.indices(low)[level:], mode.rules[level:], strict=True):
            word = memory.load(table * memory.frame_bytes + index * width, width)
            kind, pte = rules.read(word)
            steps.append(WalkStep(level, table, index, pte))
            if kind is Kind.PAGE:
                span = mode.page_bytes << rules.spare
                pa = pte.pfn << mode.page_shift | low & (span - 1)
                return Walk(va, tuple(steps), pa, span)
            if kind is not Kind.TABLE:
                reason = NOT_PRESENT if kind is Kind.ABSENT else RESERVED
                return Walk(va, tuple(steps), fault=WalkFault(level, reason))
            table = pte.pfn
            self.check_table(level, index, table)
            level += 1
        raise AssertionError("unreachable: the last level leads to no table")

    def translate(self, vas: NDArray[np.integer]) -> NDArray[np.int64]:
        """Translate a whole array of addresses at once, counting nothing and setting nothing.

        Parameters
        ----------
        vas : array of int, shape (n,)
            Virtual addresses.

        Returns
        -------
        array of int64, shape (n,)
            Physical addresses, and -1 where the walk would stop early.

        Raises
        ------
        ValueError
            If an address does not fit the mode, or an entry names a table outside memory.

        Examples
        --------
        >>> from pagesim import TOY10, PhysicalMemory, RadixTable
        >>> table = RadixTable(TOY10, PhysicalMemory(frames=16, frame_bytes=16))
        >>> table.map(0x40, pfn=9)
        >>> table.translate(np.array([0x45, 0x55])).tolist()
        [149, -1]
        """
        return translate(self, vas)
