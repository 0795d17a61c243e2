"""What was where, access by access: a run done once more, one access at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .resident import ResidentSet

_MOST = 20_000_000  # entries; more than any picture or table shows


@dataclass(frozen=True, repr=False)
class Timeline:
    """Memory after every access.

    Attributes
    ----------
    fault : array of bool, shape (n,)
        Whether the access faulted.
    frame : array of int64, shape (n,)
        The frame in which the access found its page, or which it filled.
    victim : array of int64, shape (n,)
        The page that left, -1 if none had to.
    resident : array of int64, shape (n, frames)
        The page in each frame, -1 if it is empty.
    hand : array of int64, shape (n,), or None
        The frame that the next fault looks at first, where there is a hand or a queue (for a queue
        it is the frame of the page at its head).
    referenced, dirty : array of bool, shape (n, frames), or None
        The reference bit and the dirty bit of each frame, where the policy looks at them.
    ages : array of int64, shape (n, frames), or None
        What the policy has counted for each frame, where it counts.
    """

    fault: NDArray[np.bool_]
    frame: NDArray[np.int64]
    victim: NDArray[np.int64]
    resident: NDArray[np.int64]
    hand: NDArray[np.int64] | None
    referenced: NDArray[np.bool_] | None
    dirty: NDArray[np.bool_] | None
    ages: NDArray[np.int64] | None


def replay(memory: ResidentSet, accesses: Iterable[tuple[int, bool]], n: int) -> Timeline:
    """Work out the timeline of n accesses; see `Replacement.timeline`."""
    policy, frames = memory.policy, memory.frames
    if n * frames > _MOST:
        raise ValueError(
            f"a timeline of {n} accesses in {frames} frames has {n * frames} entries, "
            f"more than {_MOST}"
        )
    fault = np.zeros(n, bool)
    at, victim, hand = (np.full(n, -1, np.int64) for _ in range(3))
    resident, ages = (np.full((n, frames), empty, np.int64) for empty in (-1, 0))
    referenced, dirty = (np.zeros((n, frames), bool) for _ in range(2))
    for when, (page, write) in enumerate(accesses):
        at[when], fault[when], victim[when] = memory.access(page, write)
        hand[when] = memory.first
        filled = len(memory.pages)
        resident[when, :filled] = memory.pages
        referenced[when, :filled] = [memory.referenced(frame) for frame in memory]
        dirty[when, :filled] = [memory.dirty(frame) for frame in memory]
        ages[when, :filled] = [memory.age(frame) for frame in memory]
    return Timeline(
        fault,
        at,
        victim,
        resident,
        hand if policy.look != "frames" else None,
        referenced if policy.referenced else None,
        dirty if policy.dirty else None,
        ages if policy.aged else None,
    )
