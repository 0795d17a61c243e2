"""An address space: areas, page table, and the pages that both are about.

Source: Linux mm/memory.c (`unmap_page_range`), mm/mprotect.c.
"""

from __future__ import annotations

from ..arch import Pte
from .huge_entries import HugeEntries
from .vma import Vma


class AddressSpace(HugeEntries):
    """What Linux calls an mm: areas, and the entries of all of them."""

    def zap(self, start: int, end: int) -> None:
        """Empty all entries in [start, end)."""
        self.cut_huge(start, end)
        for va in self.table.huge_pages(start, end):
            self.clear_huge(va)
        for va in self.table.hugetlb_pages(start, end):
            self.clear_hugetlb(va)
        for va, _ in self.table.entries(start, end):
            self.clear(va)

    def unmap(self, start: int, end: int) -> list[Vma]:
        """Remove what areas there are in [start, end), their pages, and tables no longer needed."""
        self.peak = max(self.peak, self.size)
        gone = self.areas.remove(start, end)
        for area in gone:
            self.zap(area.start, area.end)
            self._release(area)
        below, above = self.areas.around(start)
        floor = below.end if below else 0
        ceiling = above.start if above else 1 << self.table.mode.va_bits
        # A table that two of these areas share goes with the second of them.
        behind = [*(area.start for area in gone[1:]), ceiling]
        for area, limit in zip(gone, behind, strict=False):
            self.table.prune(area.start, area.end, floor, limit)
            if area.file:
                self.pool.unmap_file(area.file, area.length // self.page)
        return gone

    def _release(self, area: Vma) -> None:
        """Take back what the pool of huge pages has promised to an area that is gone."""
        if self.promised and area.hugetlb:
            unused = {va for va in self.promised if va in area}
            self.promised -= unused
            self.pool.hugetlb.release(len(unused))

    def protect(self, area: Vma, prot: str) -> None:
        """Rewrite the entries of an area to what it allows from now on."""
        self.cut_huge(area.start, area.end)
        leaf, unpack = self.table.leaf, self.table.mode.pte.unpack
        for va in self.table.huge_pages(area.start, area.end):
            pte = self.pte(va)
            writable = self._may_write(area, pte)
            self.table.set_huge(
                va,
                leaf(
                    pte.pfn,
                    prot,
                    writable=writable,
                    dirty=pte.dirty,
                    accessed=pte.accessed,
                    huge=True,
                ),
            )
        for va in self.table.hugetlb_pages(area.start, area.end):
            writable = self.pte(va).writable or area.kind == "shared"
            self.table.set_huge(
                va, leaf(self.pte(va).pfn, prot, writable=writable, dirty=True, huge=True)
            )
        for va, word in self.table.entries(area.start, area.end):
            pte = unpack(word)
            if not self.is_swapped(pte):
                writable = self._may_write(area, pte)
                self.table.set(
                    va,
                    leaf(pte.pfn, prot, writable=writable, dirty=pte.dirty, accessed=pte.accessed),
                )

    def _may_write(self, area: Vma, pte: Pte) -> bool:
        """Tell whether an entry may become writable at once, without a fault that looks closer."""
        if pte.pfn in (self.pool.zero, self.pool.huge_zero):
            return False
        if area.kind == "shared":  # a file on disk wants to hear of the first write to each page
            return pte.dirty or (area.file is not None and not area.file.on_disk)
        frame = self.pool.frames[pte.pfn]
        return frame.kind == "anon" and frame.exclusive
