"""The entries of an address space, one at a time: what they lead to, and what is counted for it.

Everything that changes an entry goes through here, so that the entry, the frame's list of entries
and the process's counts can never disagree.

Source: Linux mm/memory.c (`zap_pte_range`, `do_swap_page`), mm/mremap.c (`move_ptes`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter

from ..arch import Pte
from .areas import Areas
from .frames import FramePool
from .layout import Layout
from .numa import MemoryPolicy
from .pages import Frame, Slot
from .table import ProcessTable
from .vma import Vma


class Entries(ABC):
    """Areas, a page table, and what its entries lead to; see `AddressSpace`.

    Parameters
    ----------
    pool : FramePool
        The frames of the machine.
    table : ProcessTable
        An empty page table.
    layout : Layout
        Where things go.
    thp : {"always", "madvise", "never"}
        Which areas get huge pages: all, those that were advised so, none.

    Attributes
    ----------
    page, huge : int
        Bytes of a page and of a huge page; 0 if there are no huge ones.
    areas : Areas
        Which addresses may be used.
    rss : Counter
        Pages in memory, by kind: "anon", "file", "shmem", "hugetlb".
    peak, peak_rss : int
        The most that VmSize (in bytes) and VmRSS (in pages) have been, as far as was noted.
    swapped : int
        Pages in swap.
    locks, lock_future : bool
        Whether any area was ever locked in memory, and whether each new one is to be.
    node : int
        The node of the processor that runs it.
    policy : MemoryPolicy
        Which nodes its pages come from, where an area does not say otherwise.
    promised : set of int
        For which addresses the pool of huge pages has promised one.
    start_brk, brk : int
        Where the heap starts and ends.
    """

    def __init__(self, pool: FramePool, table: ProcessTable, layout: Layout, thp: str) -> None:
        self.pool, self.table, self.layout = pool, table, layout
        self.page = table.mode.page_bytes
        possible = thp != "never" and table.huge_level is not None
        self.huge = table.mode.span(table.last - 1) if possible else 0
        self.always_huge = thp == "always"
        self.areas = Areas(self.page)
        self.rss: Counter[str] = Counter()
        self.swapped = self.peak = self.peak_rss = 0
        self.locks = self.lock_future = False
        self.promised: set[int] = set()
        self.node, self.policy = 0, MemoryPolicy()
        self.start_brk = self.brk = 0

    @property
    def resident(self) -> int:
        """Pages in memory that VmRSS counts."""
        return self.rss["anon"] + self.rss["file"] + self.rss["shmem"]

    @property
    def size(self) -> int:
        """Bytes of all areas: VmSize."""
        return self.areas.length

    @property
    def locked(self) -> int:
        """Bytes of the areas that are locked in memory: VmLck."""
        return sum(area.length for area in self.areas if area.locked) if self.locks else 0

    def _less(self, kind: str, pages: int) -> None:
        """Count fewer pages in memory; Linux too notes the peak only when it goes down from it."""
        self.peak_rss = max(self.peak_rss, self.resident)
        self.rss[kind] -= pages

    # -- one entry -----------------------------------------------------------------------------

    def pte(self, va: int) -> Pte:
        """Unpack the entry that maps an address."""
        return self.table.mode.pte.unpack(self.table.leaf_word(va))

    def map(self, area: Vma, va: int, frame: Frame, writable: bool, dirty: bool = False) -> None:
        """Let an empty entry, whose table exists, lead to a frame."""
        self.table.set(va, self.table.leaf(frame.pfn, area.prot, writable=writable, dirty=dirty))
        frame.mappers[self, va] = None
        self.rss[frame.kind] += 1

    def map_zero(self, area: Vma, va: int) -> None:
        """Let an empty entry, whose table exists, lead to the zero page."""
        self.table.set(va, self.table.leaf(self.pool.zero, area.prot, writable=False))

    def wants_huge(self, area: Vma) -> bool:
        """Tell whether huge pages were asked for, and the area can have them."""
        asked = area.huge or (self.always_huge and area.huge is None)
        return bool(self.huge and asked) and area.file is None

    def set_flags(self, va: int, **flags: bool) -> None:
        """Rewrite flags of the entry that maps an address."""
        self.table.set_leaf(va, self.table.mode.pte.pack(self.pte(va), **flags))

    def is_huge(self, va: int) -> bool:
        """Tell whether a huge page covers an address."""
        return self.table.is_huge(va)

    def is_dirty(self, va: int) -> bool:
        """Tell whether the page was written through this entry."""
        return self.pte(va).dirty

    def is_locked(self, va: int) -> bool:
        """Tell whether the area at an address is locked in memory."""
        area = self.areas.find(va) if self.locks else None
        return area is not None and area.locked

    def was_accessed(self, va: int) -> bool:
        """Tell whether the page was used through this entry since that was forgotten."""
        return self.pte(va).accessed

    def forget_access(self, va: int) -> None:
        """Clear the accessed bit of the entry."""
        if self.was_accessed(va):
            self.set_flags(va, accessed=False)

    def clean(self, va: int) -> None:
        """Make the entry clean and read-only, so that the next write is noticed."""
        if self.is_dirty(va):
            self.set_flags(va, dirty=False, writable=False)

    def clear(self, va: int) -> None:
        """Empty the small page's entry at `va`, whatever it holds."""
        word = self.table.word(va)
        pte = self.table.mode.pte.unpack(word)
        self.table.set(va, 0)
        if self.is_swapped(pte):
            self.swapped -= 1
            self.pool.forget_slot(self.pool.swap.used[pte.pfn])
        elif word and pte.pfn != self.pool.zero:
            frame = self.pool.frames[pte.pfn]
            self._less(frame.kind, 1)
            self.pool.forget(frame, self, va, pte.dirty)

    def swap_out(self, va: int, slot: Slot) -> None:
        """Let the entry name a swap slot instead of the frame that it leads to."""
        frame = self.pool.frames[self.pte(va).pfn]
        del frame.mappers[self, va]
        self._less(frame.kind, 1)
        self.swapped += 1
        self.table.set(va, self.table.swap_entry(slot.index))

    def swap_in(self, area: Vma, va: int, frame: Frame, writable: bool) -> None:
        """Let the entry lead to a frame instead of the swap slot that it names."""
        self.pool.swap.used[self.pte(va).pfn].users -= 1
        self.swapped -= 1
        self.map(area, va, frame, writable)

    @staticmethod
    def is_swapped(pte: Pte) -> bool:
        """Tell whether an entry names a swap slot."""
        return not pte.present and not pte.user and pte.pfn != 0

    def move(self, va: int, to: int) -> None:
        """Move a small page's entry to an empty one, whose table exists."""
        word = self.table.word(va)
        pte = self.table.mode.pte.unpack(word)
        self.table.set(to, word)
        self.table.set(va, 0)
        if not self.is_swapped(pte) and pte.pfn != self.pool.zero:
            mappers = self.pool.frames[pte.pfn].mappers
            del mappers[self, va]
            mappers[self, to] = None

    # -- what is different for huge pages ------------------------------------------------------

    @abstractmethod
    def split_huge(self, va: int) -> None:
        """Put small pages into the place of the huge page that covers `va`."""

    @abstractmethod
    def discard(self, va: int) -> None:
        """Empty the entry of a page, small or huge."""

    @abstractmethod
    def lose(self, va: int) -> None:
        """Empty the entry of a page of the pool, for good."""
