"""The resident set of a simulation: the pages in memory, with all that a policy may know of them.

It does one access at a time, and can say who would leave next. The loops of `simulate` are faster
and do the same.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from copy import deepcopy
from typing import NamedTuple

import numpy as np

from .opt import next_uses
from .policy import NEVER, Frames, Policy
from .start import Start


class Used(NamedTuple):
    """What an access did: the page's frame, whether it faulted, who left for it (-1: nobody)."""

    frame: int
    fault: bool
    victim: int


class ResidentSet(Frames):
    """Pages in frames.

    Parameters
    ----------
    policy : Policy
        Who has to leave.
    frames : int
        How many pages fit.
    string : list of int
        The pages of all accesses to come, for those who know the future.
    start : Start
        What is there already.
    tick : int
        After how many accesses the clock ticks.
    seed : int
        Of those who leave it to chance.

    Attributes
    ----------
    pages : list of int
        The page in each frame; frames behind the last of them are empty.
    hand : int
        The frame that the hand will look at next.
    """

    def __init__(
        self, policy: Policy, frames: int, string: list[int], start: Start, tick: int, seed: int
    ) -> None:
        self.policy, self.frames, self.hand = policy, frames, start.hand
        self.pages = list(start.pages)
        count = len(self.pages)
        self._referenced = [bool(bit) for bit in start.referenced]
        self._dirty = [bool(bit) for bit in start.dirty]
        self._ages = list(start.ages)
        order = [*range(start.hand, count), *range(start.hand)]
        self._queue: OrderedDict[int, None] = OrderedDict.fromkeys(order)
        self._frame_of = {page: frame for frame, page in enumerate(self.pages)}
        # The pages that are there count as accesses that came before, the first of them first.
        self._coming = next_uses([*(self.pages[n] for n in order), *string])
        self._used = [order.index(frame) for frame in range(count)]
        self._now = count - 1
        self._tick, self._until_tick = tick, tick
        draws = np.random.default_rng(seed).integers(0, frames, len(string) * policy.chance)
        self._draws: Iterator[int] = iter(draws.tolist())

    def access(self, page: int, write: bool = False) -> Used:
        """Use a page, and make room for it if it is not there."""
        self._now += 1
        found = self._frame_of.get(page)
        frame, victim = self._load(page) if found is None else (found, -1)
        if self.policy.told:
            self._queue.move_to_end(frame)
        self._used[frame] = self._now
        self._referenced[frame] = True
        self._dirty[frame] |= write
        if self.policy.tick:
            self._until_tick -= 1
            if not self._until_tick:
                self._until_tick = self._tick
                self.policy.tick(self)
        return Used(frame, found is None, victim)

    @property
    def first(self) -> int:
        """The frame that the next fault looks at first: an empty one, or where hand or queue is."""
        if len(self.pages) < self.frames:
            return len(self.pages)
        return next(iter(self._queue)) if self.policy.look == "queue" else self.hand

    def would_leave(self) -> int | None:
        """Tell whose frame the next fault would take, if all are full; None if chance decides."""
        return None if self.policy.chance else self.policy.choose(deepcopy(self))

    # -- what the policy sees ------------------------------------------------------------------

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.pages)))

    def queue(self) -> Iterator[int]:
        return iter(self._queue)

    def to_back(self, frame: int) -> None:
        self._queue.move_to_end(frame)

    def turn(self) -> Iterator[int]:
        for _ in range(self.frames):
            frame = self.hand
            self.hand = (frame + 1) % self.frames
            yield frame

    def referenced(self, frame: int) -> bool:
        return self._referenced[frame]

    def clear(self, frame: int) -> None:
        self._referenced[frame] = False

    def dirty(self, frame: int) -> bool:
        return self._dirty[frame]

    def age(self, frame: int) -> int:
        return self._ages[frame]

    def set_age(self, frame: int, age: int) -> None:
        self._ages[frame] = age

    def draw(self, among: int) -> int:
        return next(self._draws)

    def since(self, frame: int) -> int:
        return self._now - self._used[frame]

    def until(self, frame: int) -> int:
        coming = self._coming[self._used[frame]]
        return coming - self._now if coming < len(self._coming) else NEVER

    # -- helpers -------------------------------------------------------------------------------

    def _load(self, page: int) -> tuple[int, int]:
        """Bring a page in, and return its frame and who had to leave it."""
        frame, victim = len(self.pages), -1
        if frame < self.frames:
            self.pages.append(page)
            self._used.append(0)
            self._ages.append(0)
            self._referenced.append(False)
            self._dirty.append(False)
        else:
            frame = self.policy.choose(self)
            victim = self.pages[frame]
            del self._frame_of[victim]
            self.pages[frame], self._ages[frame] = page, 0
            self._referenced[frame] = self._dirty[frame] = False
        self._frame_of[page] = frame
        self._queue[frame] = None
        self._queue.move_to_end(frame)
        self.hand = (frame + 1) % self.frames
        return frame, victim
