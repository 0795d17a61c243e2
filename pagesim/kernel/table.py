"""A process's page table, with what Linux keeps in entries that the hardware does not look at.

To the hardware an entry whose present bit is 0 is just "not present". To the kernel it is one of

    0                        nothing was here yet
    user bit 0, PFN = slot   the page is in swap
    user bit 1, PFN          the page is in memory, but PROT_NONE: nobody may touch it

Every huge page keeps a *deposited* table aside: the one it needs when it is split, so that a split
can never run out of memory. That is why huge pages weigh as much in VmPTE as small ones.

Source: Linux arch/x86/include/asm/pgtable.h (`pte_present`, `pte_protnone`, swap entries),
mm/pgtable-generic.c (`pgtable_trans_huge_deposit`), mm/memory.c (`free_pgtables`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from ..arch import PagingMode, PteFormat
from ..memory import PhysicalMemory
from ..tables import RadixTable


@cache
def _flags(
    fmt: PteFormat,
    present: bool,
    user: bool,
    writable: bool,
    dirty: bool,
    accessed: bool,
    nx: bool,
    huge: bool,
) -> int:
    return fmt.pack(
        present=present,
        readable=True,
        user=user,
        writable=writable,
        dirty=dirty,
        accessed=accessed,
        nx=nx,
        huge=huge,
    )


class ProcessTable(RadixTable):
    """A page table that the kernel edits entry by entry.

    Parameters
    ----------
    mode : PagingMode
        How addresses are cut.
    memory : PhysicalMemory
        Where the tables stand.
    root : int
        A zeroed frame for the root.
    kernel_half : bytes
        Entries of the root that all processes share; empty where they share none.
    user_root : int, optional
        Page-table isolation: a zeroed frame for the root of user mode, which is without the
        kernel's half.
    """

    def __init__(
        self,
        mode: PagingMode,
        memory: PhysicalMemory,
        root: int,
        kernel_half: bytes = b"",
        user_root: int | None = None,
    ) -> None:
        super().__init__(mode, memory, root=root)
        # A table of level k covers 2**_shift[k] bytes, each of its entries 2**_shift[k + 1].
        self._shift = [mode.va_bits, *map(mode.shift, range(mode.levels))]
        self._mask = [(1 << bits) - 1 for bits in mode.index_bits]
        self._below: list[dict[int, int]] = [{} for _ in range(mode.levels)]
        self._below[0][0] = self.root
        self.last = mode.levels - 1
        self.huge_level = self.last - 1 if self.last - 1 in mode.huge_levels else None
        self.deposited: dict[int, int] = {}  # huge page (va >> shift) -> its table
        self._hugetlb: set[int] = set()  # those of the pool, which are never split
        # What user mode runs on: the same tables under another root, or the same root.
        self.user_view: RadixTable = self
        if user_root is not None:
            self.user_view = RadixTable(mode, memory, root=user_root)
        half = self.root * memory.frame_bytes + mode.table_bytes(0) - len(kernel_half)
        memory.bytes[half : half + len(kernel_half)] = np.frombuffer(kernel_half, np.uint8)

    # -- entries -------------------------------------------------------------------------------

    def leaf(
        self,
        pfn: int,
        prot: str,
        *,
        writable: bool,
        dirty: bool = False,
        accessed: bool = True,
        huge: bool = False,
    ) -> int:
        """Pack the entry of a page that is in memory, with what its area allows."""
        fmt = self.mode.pte
        flags = _flags(
            fmt, bool(prot), True, writable and "w" in prot, dirty, accessed, "x" not in prot, huge
        )
        return flags | pfn << fmt.pfn_shift

    def swap_entry(self, slot: int) -> int:
        """Pack the entry of a page that is in swap."""
        fmt = self.mode.pte
        return _flags(fmt, False, False, False, False, False, True, False) | slot << fmt.pfn_shift

    def word(self, va: int) -> int:
        """Read the last-level entry of a page, 0 if there is none."""
        table = self._below[self.last].get(va >> self._shift[self.last])
        return 0 if table is None else self._load(self.last, table, va)

    def set(self, va: int, word: int) -> None:
        """Write the last-level entry of a page, whose table exists."""
        self._store(self.last, self._below[self.last][va >> self._shift[self.last]], va, word)

    def is_huge(self, va: int) -> bool:
        """Tell whether a huge page covers an address."""
        index = va >> self._shift[self.last]
        return index in self.deposited or index in self._hugetlb

    def leaf_word(self, va: int) -> int:
        """Read the entry that maps an address, be it of a small or of a huge page."""
        return self.huge_word(va) if self.is_huge(va) else self.word(va)

    def set_leaf(self, va: int, word: int) -> None:
        """Write the entry that maps an address, be it of a small or of a huge page."""
        if self.is_huge(va):
            self.set_huge(va, word)
        else:
            self.set(va, word)

    def huge_word(self, va: int) -> int:
        """Read the entry one level up, that of a huge page."""
        level = self.last - 1
        return self._load(level, self._below[level][va >> self._shift[level]], va)

    def set_huge(self, va: int, word: int) -> None:
        """Write the entry of a huge page, whose table exists."""
        level = self.last - 1
        self._store(level, self._below[level][va >> self._shift[level]], va, word)

    def entries(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Go through the last-level entries in [start, end) that are not 0: address and word."""
        page = self.mode.page_bytes
        for base in self.spans(self.last, start, end):
            table = self._below[self.last][base >> self._shift[self.last]]
            words = self._entries(self.last, table)
            low = max(start - base, 0) // page
            high = -(-min(end - base, len(words) * page) // page)
            for index in np.flatnonzero(words[low:high]).tolist():
                word = int(words[low + index])
                if word:  # the caller may have cleared it meanwhile
                    yield base + (low + index) * page, word

    def huge_pages(self, start: int, end: int) -> list[int]:
        """Return the addresses of the huge pages that reach into [start, end)."""
        shift = self._shift[self.last]
        return [
            index << shift
            for index in sorted(self.deposited)
            if index << shift < end and start < (index + 1) << shift
        ]

    def hugetlb_pages(self, start: int, end: int) -> list[int]:
        """Return the addresses of the pages of the pool in [start, end)."""
        shift = self._shift[self.last]
        return sorted(index << shift for index in self._hugetlb if start <= index << shift < end)

    # -- tables --------------------------------------------------------------------------------

    def missing(self, va: int, level: int | None = None) -> int | None:
        """Name the first level, down to `level` (the last one, if left out), that has no table."""
        for here in range(1, (self.last if level is None else level) + 1):
            if va >> self._shift[here] not in self._below[here]:
                return here
        return None

    def add(self, level: int, va: int, frame: int) -> None:
        """Make a zeroed frame the table of a level for an address; those above it exist."""
        self._below[level][va >> self._shift[level]] = frame
        above = self._below[level - 1][va >> self._shift[level - 1]]
        self._store(level - 1, above, va, self.mode.rules[level - 1].format.pointer(frame))

    def spans(self, level: int, start: int, end: int) -> list[int]:
        """Return the first address under each table of a level that reaches into [start, end)."""
        shift = self._shift[level]
        first, behind = start >> shift, (end - 1 >> shift) + 1
        there = self._below[level]
        if behind - first > len(there):
            return sorted(index << shift for index in there if first <= index < behind)
        return [index << shift for index in range(first, behind) if index in there]

    def prune(self, start: int, end: int, floor: int, ceiling: int) -> None:
        """Free the tables of [start, end) that serve nothing else between `floor` and `ceiling`."""
        for level in range(self.last, 0, -1):
            for base in self.spans(level, start, end):
                if base < floor or base + (1 << self._shift[level]) > ceiling:
                    continue
                self._free_table(level, base)

    def prune_last(self, start: int, end: int) -> None:
        """Free the last-level tables that lie wholly in [start, end), as MADV_DONTNEED does.

        Linux does so since 6.14 (CONFIG_PT_RECLAIM, x86-64).
        """
        for base in self.spans(self.last, start, end):
            span = 1 << self._shift[self.last]
            if start <= base and base + span <= end:
                self._free_table(self.last, base)

    def map_huge(self, va: int, word: int, deposit: int) -> None:
        """Map a huge page at `va`, whose tables above exist, and keep a table for its split."""
        self.deposited[va >> self._shift[self.last]] = deposit
        self.set_huge(va, word)

    def clear_huge(self, va: int) -> None:
        """Unmap a huge page and free the table that was kept for it."""
        self.set_huge(va, 0)
        self.memory.free(self.deposited.pop(va >> self._shift[self.last]))

    def take_back(self, va: int) -> int:
        """Unmap a huge page and return the table that was kept for it, for the next one."""
        self.set_huge(va, 0)
        return self.deposited.pop(va >> self._shift[self.last])

    def map_hugetlb(self, va: int, word: int) -> None:
        """Map a page of the pool at `va`, whose tables above exist."""
        self._hugetlb.add(va >> self._shift[self.last])
        self.set_huge(va, word)

    def clear_hugetlb(self, va: int) -> None:
        """Unmap a page of the pool."""
        self._hugetlb.remove(va >> self._shift[self.last])
        self.set_huge(va, 0)

    def take_table(self, va: int) -> int:
        """Take the empty last-level table of an address away, for a huge page to keep aside."""
        above = self._below[self.last - 1][va >> self._shift[self.last - 1]]
        self._store(self.last - 1, above, va, 0)
        return self._below[self.last].pop(va >> self._shift[self.last])

    def nothing_below(self, va: int) -> bool:
        """Tell whether the entry of a huge page is free: no table, and no huge page."""
        index = va >> self._shift[self.last]
        return index not in self._below[self.last] and index not in self.deposited

    def split_huge(self, va: int, words: list[int]) -> None:
        """Put small pages with these entries in the place of a huge page."""
        index = va >> self._shift[self.last]
        table = self.deposited.pop(index)
        entries = self._entries(self.last, table)
        entries[:] = np.array(words, entries.dtype)
        self._below[self.last][index] = table
        self.set_huge(va, self.mode.rules[self.last - 1].format.pointer(table))

    def free_all(self) -> None:
        """Free the roots, when everything else is gone."""
        self.memory.free(self.root)
        if self.user_view is not self:
            self.memory.free(self.user_view.root)

    @property
    def user_tables(self) -> int:
        """How many tables VmPTE counts: PTE, PMD and PUD tables, and those kept for a split."""
        counted = self._below[max(1, self.last - 2) :]
        return sum(map(len, counted)) + len(self.deposited)

    def _free_table(self, level: int, base: int) -> None:
        self.memory.free(self._below[level].pop(base >> self._shift[level]))
        above = self._below[level - 1][base >> self._shift[level - 1]]
        self._store(level - 1, above, base, 0)

    def _load(self, level: int, table: int, va: int) -> int:
        return self.memory.load(self._where(level, table, va), self.mode.pte.bytes)

    def _store(self, level: int, table: int, va: int, word: int) -> None:
        bytes_ = self.mode.pte.bytes
        self.memory.store(self._where(level, table, va), word, bytes_)
        if level == 0 and self.user_view is not self:
            self.memory.store(self._where(0, self.user_view.root, va), word, bytes_)

    def _where(self, level: int, table: int, va: int) -> int:
        index = (va >> self._shift[level + 1]) & self._mask[level]
        return table * self.memory.frame_bytes + index * self.mode.pte.bytes
