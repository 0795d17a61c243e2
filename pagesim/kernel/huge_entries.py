"""The entries of huge pages: transparent ones, which can be split, and those of the pool.

Source: Linux mm/huge_memory.c (`__split_huge_pmd_locked`, `zap_huge_pmd`, `move_huge_pmd`),
mm/hugetlb.c (`__unmap_hugepage_range`, `unmap_ref_private`).
"""

from __future__ import annotations

from dataclasses import replace

from .entries import Entries
from .pages import Frame
from .vma import Vma


class HugeEntries(Entries):
    """Areas, a page table, and entries of pages of either size; see `AddressSpace`."""

    def map_huge(self, area: Vma, va: int, frame: Frame | None, deposit: int) -> None:
        """Map a huge page, writable; or the huge zero page, if there is no frame.

        `deposit` is an empty table, kept for the day when the page is split (Linux does the same).
        """
        pfn = self.pool.huge_zero if frame is None else frame.pfn
        assert pfn is not None  # the huge zero page is made before it is mapped
        real = frame is not None
        word = self.table.leaf(pfn, area.prot, writable=real, dirty=real, huge=True)
        self.table.map_huge(va, word, deposit)
        if frame is None:
            self.pool.share_huge_zero()
        else:
            frame.mappers[self, va] = None
            self.rss[frame.kind] += frame.pages

    def discard(self, va: int) -> None:
        """Empty the entry of a page, small or huge."""
        if self.is_huge(va):
            self.clear_huge(va)
        else:
            self.clear(va)

    def clear_huge(self, va: int) -> None:
        """Unmap a huge page."""
        pte = self.pte(va)
        self.table.clear_huge(va)
        if pte.pfn == self.pool.huge_zero:
            self.pool.leave_huge_zero()
            return
        head = self.pool.frames.get(pte.pfn)
        if head and head.pages > 1:
            self._less(head.kind, head.pages)
            self.pool.forget(head, self, va, pte.dirty)
            return
        for i in range(self.huge // self.page):  # somebody else has split it
            self._less("anon", 1)
            self.pool.forget(self.pool.frames[pte.pfn + i], self, va + i * self.page, pte.dirty)

    def move_huge(self, va: int, to: int) -> None:
        """Move a huge page's entry, and the table kept for it, to where nothing is."""
        pte, word = self.pte(va), self.table.huge_word(va)
        self.table.map_huge(to, word, self.table.take_back(va))
        count = self.huge // self.page
        head = self.pool.frames.get(pte.pfn)
        if pte.pfn == self.pool.huge_zero or head is None:
            return
        for i in range(1 if head.pages == count else count):
            mappers = self.pool.frames[pte.pfn + i].mappers
            del mappers[self, va + i * self.page]
            mappers[self, to + i * self.page] = None

    def split_huge(self, va: int) -> None:
        """Put small pages into the place of the huge page that covers `va`."""
        va &= -self.huge
        pte = self.pte(va)
        small = replace(pte, huge=False)
        pack = self.table.mode.pte.pack
        count = self.huge // self.page
        if pte.pfn == self.pool.huge_zero:
            words = [pack(small, pfn=self.pool.zero)] * count
            self.pool.leave_huge_zero()
        else:
            head = self.pool.frames.get(pte.pfn)
            if head and head.pages > 1:
                self.pool.break_up(head)
            first = pack(small)
            words = [first + (i << self.table.mode.pte.pfn_shift) for i in range(count)]
        self.table.split_huge(va, words)
        self.pool.events["thp_split_pmd"] += 1

    def map_hugetlb(
        self, area: Vma, va: int, frame: Frame, writable: bool, dirty: bool = False
    ) -> None:
        """Map a page of the pool, whose tables above exist."""
        word = self.table.leaf(frame.pfn, area.prot, writable=writable, dirty=dirty, huge=True)
        self.table.map_hugetlb(va, word)
        frame.mappers[self, va] = None
        self.rss[frame.kind] += frame.pages

    def clear_hugetlb(self, va: int) -> None:
        """Unmap a page of the pool."""
        pte = self.pte(va)
        self.table.clear_hugetlb(va)
        frame = self.pool.frames[pte.pfn]
        self.rss[frame.kind] -= frame.pages
        self.pool.forget(frame, self, va, pte.dirty)

    def lose(self, va: int) -> None:
        """Unmap a page of the pool that its owner takes back; there will be none any more."""
        self.clear_hugetlb(va)
        area = self.areas.find(va)
        assert area is not None  # it held the page
        self.areas.change(area, lost=True)

    def cut_huge(self, start: int, end: int) -> None:
        """Split the huge pages that reach over either end of [start, end)."""
        for va in self.table.huge_pages(start, end):
            if va < start or va + self.huge > end:
                self.split_huge(va)
