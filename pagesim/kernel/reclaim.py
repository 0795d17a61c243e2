"""Making room: who has to leave when no frame is free, and what that costs.

    clean page of a file      it is on disk already: drop it
    dirty page of a file      write it to the file, then drop it
    private page              write it to swap, unless swap still has the same page
    page of a file in memory  write it to swap

The policies see what hardware tells them: only "lru" cheats (it is told of every access, which no
kernel is). Under "clock" the hand goes round the frames by number; a page whose accessed bit is
set in some entry keeps its frame for one more round, with the bit cleared.

Source: Linux mm/vmscan.c (`shrink_folio_list`), without its lists and watermarks: here nothing
leaves before the last frame is in use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..memory import OutOfMemory
from .frames import Frame, FramePool
from .swap import SwapFull

Cost = Literal["dropped", "written to its file", "written to swap"]


@dataclass(frozen=True, slots=True)
class Eviction:
    """A page that had to leave: from which frame, what it was, and what became of it."""

    pfn: int
    kind: Literal["anon", "file", "shmem"]
    cost: Cost


class Reclaim:
    """Takes frames away from pages.

    Parameters
    ----------
    pool : FramePool
        The frames.
    policy : {"clock", "fifo", "lru", "random"}
        Who leaves.
    seed : int
        Of "random".

    Attributes
    ----------
    hand : int
        The PFN that the clock looks at next.
    evicted : list of Eviction
        What left since the last access began.
    """

    POLICIES = ("clock", "fifo", "lru", "random")

    def __init__(self, pool: FramePool, policy: str, seed: int) -> None:
        if policy not in self.POLICIES:
            raise ValueError(f"policy {policy!r} is not one of {', '.join(self.POLICIES)}")
        self.pool, self.policy = pool, policy
        self.hand = 0
        self.evicted: list[Eviction] = []
        self._random = np.random.default_rng(seed)
        pool.make_room = self.make_room

    def used(self, pfn: int) -> None:
        """Tell the policy of an access; only "lru" listens."""
        if self.policy == "lru":
            frame = self.pool.holder(pfn)
            if frame:
                self.pool.frames.move_to_end(frame.pfn)

    def make_room(self, keep: Frame | None = None) -> None:
        """Evict one page.

        Raises
        ------
        SwapFull
            If private pages could leave, but not to swap.
        OutOfMemory
            If nothing can leave.
        """
        victim = self._choose(lambda frame: frame is not keep and self.can_leave(frame))
        if victim is not None:
            self.evict(victim)
            return
        frames, swap = self.pool.memory.frames, self.pool.swap
        others = (frame for frame in self.pool.frames.values() if frame is not keep)
        stuck = sum(frame.pages for frame in others if not (frame.file and frame.file.locked))
        message = f"memory is full: no frame of {frames} is free, "
        if stuck and swap.slots:
            raise SwapFull(
                f"{message}and swap is full: {swap.slots} of {swap.slots} slots are used"
            )
        if stuck:
            raise OutOfMemory(f"{message}and there is no swap for the {stuck} that hold pages")
        raise OutOfMemory(f"{message}and none holds a page that could leave")

    def evict(self, frame: Frame) -> None:
        """Make a page leave its frame, wherever it is mapped, and free the frame."""
        pool = self.pool
        if frame.pages > 1:
            frame = pool.break_up(frame)[0]  # one small page of it is enough
        for space, va in tuple(frame.mappers):
            if space.table.is_huge(va):
                space.split_huge(va)
        dirty = frame.dirty or any(space.is_dirty(va) for space, va in frame.mappers)
        cost: Cost = "dropped"
        if frame.kind == "file":
            if dirty:
                cost = "written to its file"
                self.write_back(frame)
            for space, va in tuple(frame.mappers):
                space.clear(va)
            pool.drop(frame)
        else:
            if frame.slot is None or dirty:
                cost = "written to swap"
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

    def can_leave(self, frame: Frame) -> bool:
        """Tell whether a page could leave its frame now."""
        if frame.file and frame.file.locked:
            return False
        return frame.kind == "file" or frame.slot is not None or self.pool.swap.free > 0

    def _write_to_swap(self, frame: Frame) -> None:
        if frame.slot is None:
            frame.slot = self.pool.swap.take()
        frame.slot.content = self.pool.content(frame)
        frame.dirty = False
        self.pool.events["pswpout"] += 1

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

    def _choose(self, can_leave: Callable[[Frame], bool]) -> Frame | None:
        frames = self.pool.frames
        if self.policy == "clock":
            return self._turn(can_leave)
        if self.policy == "random":
            able = [frame for frame in frames.values() if can_leave(frame)]
            return able[int(self._random.integers(len(able)))] if able else None
        return next((frame for frame in frames.values() if can_leave(frame)), None)

    def _turn(self, can_leave: Callable[[Frame], bool]) -> Frame | None:
        """Move the hand until it meets a page that was not accessed since it came by last."""
        if not any(map(can_leave, self.pool.frames.values())):
            return None
        while True:
            frame = self.pool.frames.get(self.hand)
            self.hand = (self.hand + 1) % self.pool.memory.frames
            if frame is None or not can_leave(frame):
                continue
            referenced = False
            for space, va in frame.mappers:
                referenced |= space.was_accessed(va)
            if not referenced:
                return frame
