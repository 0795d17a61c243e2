"""A machine's frames as a replacement policy sees them: accessed and dirty bits of real entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ..replacement import Frames
from .frames import FramePool
from .pages import Frame, Group


class Candidates(Frames):
    """The frames whose pages could leave; a frame's number is its PFN.

    Parameters
    ----------
    pool : FramePool
        All frames that hold pages.
    seed : int
        Of those who leave it to chance.

    Attributes
    ----------
    hand : int
        The PFN that the hand looks at next.
    keep : Frame or None
        A page that must not leave just now.
    group : Group or None
        The memory cgroup whose pages are looked at; None for all.
    only : callable or None
        Which pages are looked at; all if None.
    scanned : int
        How many pages were looked at since this was set to 0.
    """

    def __init__(self, pool: FramePool, seed: int) -> None:
        self._pool, self._chance = pool, np.random.default_rng(seed)
        self.hand = 0
        self.keep: Frame | None = None
        self.group: Group | None = None
        self.only: Callable[[Frame], bool] | None = None
        self.scanned = 0

    def __iter__(self) -> Iterator[int]:
        return (pfn for pfn in sorted(self._pool.frames) if self._here(pfn))

    def queue(self) -> Iterator[int]:
        for pfn in self._pool.frames:
            if self._here(pfn):
                self.scanned += 1
                yield pfn

    def to_back(self, frame: int) -> None:
        self._pool.frames.move_to_end(frame)

    def turn(self) -> Iterator[int]:
        for _ in range(self._pool.memory.frames):
            pfn = self.hand
            self.hand = (pfn + 1) % self._pool.memory.frames
            if self._here(pfn):
                self.scanned += 1
                yield pfn

    def referenced(self, frame: int) -> bool:
        return any(space.was_accessed(va) for space, va in self._pool.frames[frame].mappers)

    def clear(self, frame: int) -> None:
        for space, va in self._pool.frames[frame].mappers:
            space.forget_access(va)

    def dirty(self, frame: int) -> bool:
        return self._pool.is_dirty(self._pool.frames[frame])

    def age(self, frame: int) -> int:
        return self._pool.frames[frame].age

    def set_age(self, frame: int, age: int) -> None:
        self._pool.frames[frame].age = age

    def draw(self, among: int) -> int:
        return int(self._chance.integers(among))

    def _here(self, pfn: int) -> bool:
        frame = self._pool.frames.get(pfn)
        if frame is None or frame is self.keep or (self.group and frame.group is not self.group):
            return False
        if self.only and not self.only(frame):
            return False
        return self._pool.can_leave(frame)
