"""What a run of a policy over a reference string did: faults, victims, and memory at any moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..checks import bounded
from .policies import POLICIES
from .resident import ResidentSet
from .start import Start
from .timeline import Timeline, replay


@dataclass(frozen=True)
class Replacement:
    """What one policy did with one reference string.

    Attributes
    ----------
    policy : str
        Who decided.
    frames : int
        How many pages fit.
    pages : array of int64, shape (n,)
        The reference string.
    writes : array of bool, shape (n,)
        Which accesses were writes.
    start : Start
        What was in memory before.
    tick, seed : int
        As in `simulate`.
    fault_at : array of int64, shape (faults,)
        Which accesses faulted.
    frame : array of int64, shape (faults,)
        The frame that each fault filled.
    """

    policy: str
    frames: int
    pages: NDArray[np.int64] = field(repr=False)
    writes: NDArray[np.bool_] = field(repr=False)
    start: Start = field(repr=False)
    tick: int = field(repr=False)
    seed: int = field(repr=False)
    fault_at: NDArray[np.int64] = field(repr=False)
    frame: NDArray[np.int64] = field(repr=False)

    @property
    def faults(self) -> int:
        """How many accesses did not find their page; the first of each page is one of them."""
        return self.fault_at.size

    @property
    def hits(self) -> int:
        """How many accesses found their page."""
        return self.pages.size - self.faults

    @cached_property
    def victims(self) -> NDArray[np.int64]:
        """The pages that had to leave, in order."""
        loaded, _, _, left_at = self._stays
        order = np.argsort(left_at, kind="stable")
        return loaded[order[left_at[order] < self.pages.size]]

    @cached_property
    def write_backs(self) -> int:
        """How many of the victims had been written since they came, and so had to be written."""
        loaded, came_at, dirty, left_at = self._stays
        at = np.flatnonzero(self.writes)
        _, number = np.unique(np.concatenate([loaded, self.pages[at]]), return_inverse=True)
        page, written = number[: loaded.size], number[loaded.size :]
        order = np.argsort(written, kind="stable")  # the writes to each page side by side, in order
        span = self.pages.size + 1
        keys = written[order] * span + at[order]
        came, left = (np.searchsorted(keys, page * span + when) for when in (came_at, left_at))
        return int(((dirty | (left > came)) & (left_at < self.pages.size)).sum())

    @cached_property
    def timeline(self) -> Timeline:
        """What was in memory after every access, worked out when it is first asked for.

        Raises
        ------
        ValueError
            If accesses times frames exceed what a picture could show.
        """
        return replay(self._memory(), self._accesses(), self.pages.size)

    def after(self, accesses: int) -> ResidentSet:
        """Return memory as it was after some accesses; it can be asked who would leave next.

        Examples
        --------
        >>> from pagesim.replacement import simulate
        >>> memory = simulate([1, 2, 3, 4], 3, "clock").after(4)
        >>> memory.pages, memory.hand, memory.would_leave()
        ([4, 2, 3], 1, 1)
        """
        accesses = bounded("accesses", accesses, 0, self.pages.size, "reference string")
        memory = self._memory()
        for (page, write), _ in zip(self._accesses(), range(accesses), strict=False):
            memory.access(page, write)
        return memory

    def _memory(self) -> ResidentSet:
        return ResidentSet(
            POLICIES[self.policy],
            self.frames,
            self.pages.tolist(),
            self.start,
            self.tick,
            self.seed,
        )

    def _accesses(self) -> Iterator[tuple[int, bool]]:
        return zip(self.pages.tolist(), self.writes.tolist(), strict=True)

    @cached_property
    def _stays(self) -> tuple[NDArray[np.int64], ...]:
        """Each page's stay in a frame: the page, when it came, whether it came dirty, when it left.

        What was there at the start came at -1; what is there at the end leaves behind the end.
        """
        there = len(self.start.pages)
        loaded = np.concatenate([np.array(self.start.pages, np.int64), self.pages[self.fault_at]])
        came = np.concatenate([np.full(there, -1), self.fault_at])
        frame = np.concatenate([np.arange(there), self.frame])
        dirty = np.zeros(loaded.size, bool)
        dirty[:there] = self.start.dirty
        order = np.argsort(frame, kind="stable")  # each frame's stays side by side, in order
        left = np.full(loaded.size, self.pages.size)
        same = frame[order[1:]] == frame[order[:-1]]
        left[order[:-1][same]] = came[order[1:][same]]
        return loaded, came, dirty, left
