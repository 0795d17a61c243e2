"""Evictions: what becomes of a page that has to leave, and what that costs.

    given back (MADV_FREE)    drop it, unless it was written since; such pages go first
    clean page of a file      it is on disk already: drop it
    dirty page of a file      write it to the file, then drop it
    private page              write it to swap, unless swap still has the same page
    page of a file in memory  write it to swap

Source: Linux mm/vmscan.c (`shrink_folio_list`), mm/rmap.c (`try_to_unmap_one`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .frames import FramePool
from .pages import Frame, PageKind


class Cost(StrEnum):
    """What became of a page that left."""

    DROPPED = "dropped"
    TO_FILE = "written to its file"
    TO_SWAP = "written to swap"


@dataclass(frozen=True, slots=True)
class Eviction:
    """A page that had to leave: from which frame, what it was, and what became of it."""

    pfn: int
    kind: PageKind
    cost: Cost


class Evictions:
    """Makes pages leave their frames.

    Parameters
    ----------
    pool : FramePool
        The frames.

    Attributes
    ----------
    evicted : list of Eviction
        What left since the last access began.
    """

    def __init__(self, pool: FramePool) -> None:
        self.pool = pool
        self.evicted: list[Eviction] = []

    def discard(self, frame: Frame) -> bool:
        """Let a page go that was given back; if it was written since, it is as any other again."""
        pool = self.pool
        del pool.lazy[frame.pfn]
        if pool.is_dirty(frame):
            return False
        for space, va in tuple(frame.mappers):
            if space.is_huge(va) and frame.pages == 1:
                space.split_huge(va)
            space.discard(va)
        pool.events["pglazyfreed"] += frame.pages
        pool.events["pgsteal"] += frame.pages
        self.evicted.append(Eviction(frame.pfn, frame.kind, Cost.DROPPED))
        return True

    def evict(self, frame: Frame) -> None:
        """Make a page leave its frame, wherever it is mapped, and free the frame.

        One that was given back with MADV_FREE is dropped, or, if it was written since, stays.
        """
        pool = self.pool
        if frame.pfn in pool.lazy:
            self.discard(frame)
            return
        if frame.pages > 1:
            frame = pool.break_up(frame)[0]  # one small page of it is enough
        for space, va in tuple(frame.mappers):
            if space.is_huge(va):
                space.split_huge(va)
        dirty = pool.is_dirty(frame)
        cost = Cost.DROPPED
        if frame.kind == "file":
            if dirty:
                cost = Cost.TO_FILE
                self.write_back(frame)
            for space, va in tuple(frame.mappers):
                space.clear(va)
            pool.drop(frame)
        else:
            if frame.slot is None or dirty:
                cost = Cost.TO_SWAP
                self._write_to_swap(frame)
            self._leave_for_swap(frame)
        pool.events["pgsteal"] += 1
        self.evicted.append(Eviction(frame.pfn, frame.kind, cost))

    def write_back(self, frame: Frame) -> None:
        """Write a page of a file on disk to its disk; its entries become clean and read-only."""
        assert frame.file is not None  # it is a page of a file
        frame.file.write_page(frame.index, self.pool.content(frame))
        frame.dirty = False
        for space, va in frame.mappers:
            space.clean(va)
        self.pool.events["pgpgout"] += 1

    def _write_to_swap(self, frame: Frame) -> None:
        if frame.slot is None:
            frame.slot = self.pool.swap.take()
        frame.slot.content = self.pool.content(frame)
        frame.dirty = False
        self.pool.events["pswpout"] += 1
        self.pool.events["pgpgout"] += 1  # swap is a disk, too

    def _leave_for_swap(self, frame: Frame) -> None:
        slot, file = frame.slot, frame.file
        assert slot is not None  # it was written there, now or earlier
        if frame.mappers:
            slot.exclusive = frame.exclusive
        for space, va in tuple(frame.mappers):
            if file is None:
                slot.users += 1
                space.swap_out(va, slot)
            else:
                space.clear(va)
        if file is not None:  # its entries are just empty; the file remembers where the page went
            slot.users += 1
            file.swapped[frame.index] = slot
        self.pool.drop(frame)
