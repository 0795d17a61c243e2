"""The pool of huge pages that were set aside: taken out of memory at boot, promised at mmap.

A promise (reservation) is kept for whoever maps such pages, so that touching them can never fail.
What is free but promised is there for nobody else.

    HugePages_Total   set aside, the surplus ones included
    HugePages_Free    not in use, be they promised or not
    HugePages_Rsvd    promised, and not in use yet
    HugePages_Surp    taken from memory beyond the pool, and given back when they are freed

Source: Linux 6.18 mm/hugetlb.c (`hugetlb_acct_memory`, `gather_surplus_pages`,
`dequeue_hugetlb_folio_vma`, `free_huge_folio`); Documentation/admin-guide/mm/hugetlbpage.rst.
"""

from __future__ import annotations

from ..memory import OutOfMemory, PhysicalMemory


class HugePool:
    """Huge pages for those who ask for them with MAP_HUGETLB.

    Parameters
    ----------
    memory : PhysicalMemory
        Where they are taken from.
    frames : int
        Frames in one of them; 1 if the machine has no huge pages.

    Attributes
    ----------
    total, reserved, surplus : int
        As in /proc/meminfo.
    overcommit : int
        How many may be taken from memory beyond the pool (vm.nr_overcommit_hugepages).

    Examples
    --------
    >>> pool = HugePool(PhysicalMemory(frames=4096), frames=512)
    >>> pool.resize(4)
    >>> pool.reserve(3), pool.free, pool.reserved, pool.reserve(2)
    (True, 4, 3, False)
    """

    def __init__(self, memory: PhysicalMemory, frames: int) -> None:
        self._memory, self.frames = memory, frames
        self._free: list[int] = []
        self.total = self.reserved = self.surplus = self.overcommit = 0

    @property
    def free(self) -> int:
        """How many are not in use."""
        return len(self._free)

    def resize(self, pages: int) -> None:
        """Set so many aside, or as many as there are blocks; those in use or promised stay."""
        while self.total - self.surplus < pages and self._grow():
            pass
        while self.total - self.surplus > pages and self.free > self.reserved:
            self._memory.free(self._free.pop())
            self.total -= 1

    def reserve(self, pages: int) -> bool:
        """Promise so many, and tell whether that can be kept."""
        missing = self.reserved + pages - self.free
        if missing > self.overcommit - self.surplus and missing > 0:
            return False
        while missing > 0:
            if not self._grow():
                return False
            self.surplus += 1
            missing -= 1
        self.reserved += pages
        return True

    def release(self, pages: int) -> None:
        """Take promises back that were not kept yet."""
        self.reserved -= pages

    def take(self, promised: bool) -> int | None:
        """Hand one out, a promised one or one that nobody was promised; None if there is none."""
        if promised:
            self.reserved -= 1
        elif self.free <= self.reserved:
            if self.surplus >= self.overcommit or not self._grow():
                return None
            self.surplus += 1
        return self._free.pop()

    def put(self, pfn: int) -> None:
        """Take one back; a surplus one goes back to memory."""
        self._free.append(pfn)
        if self.surplus and self.free > self.reserved:
            self._memory.free(self._free.pop())
            self.surplus -= 1
            self.total -= 1

    def _grow(self) -> bool:
        try:
            self._free.append(self._memory.alloc(self.frames.bit_length() - 1))
        except OutOfMemory:
            return False
        self.total += 1
        return True
