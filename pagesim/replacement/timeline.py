"""What was where, access by access: replayed from the faults and the frames they filled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_MOST = 20_000_000  # entries; more than any picture or table shows
_CIRCULAR = ("fifo", "clock", "second-chance")  # frames are filled and searched in a circle
_WITH_BITS = ("clock", "second-chance")


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
        The frame that the next fault looks at first (fifo, clock, second-chance; for a queue it is
        the frame of the page at its head).
    referenced : array of bool, shape (n, frames), or None
        The reference bit of each frame (clock, second-chance).
    """

    fault: NDArray[np.bool_]
    frame: NDArray[np.int64]
    victim: NDArray[np.int64]
    resident: NDArray[np.int64]
    hand: NDArray[np.int64] | None
    referenced: NDArray[np.bool_] | None


def replay(
    policy: str, frames: int, pages: NDArray[np.int64], fault_at: NDArray[np.int64],
    frame: NDArray[np.int64],
) -> Timeline:  # fmt: skip
    """Work out the timeline of a run; see `Replacement.timeline`."""
    n = pages.size
    if n * frames > _MOST:
        raise ValueError(
            f"a timeline of {n} accesses in {frames} frames has {n * frames} entries, "
            f"more than {_MOST}"
        )
    filled = np.full(n, -1, np.int64)
    filled[fault_at] = frame
    at, victim, hand = (np.full(n, -1, np.int64) for _ in range(3))
    resident = np.full((n, frames), -1, np.int64)
    referenced = np.zeros((n, frames), bool)
    now, bits, next_hand = np.full(frames, -1, np.int64), np.zeros(frames, bool), 0
    for when, page in enumerate(pages):
        target = filled[when]
        if target >= 0:
            # The hand cleared every bit on its way, once around if all of them were set.
            passed = (target - next_hand) % frames or frames * bool(bits[target])
            bits[(next_hand + np.arange(passed)) % frames] = False
            victim[when], now[target] = now[target], page
            next_hand = (int(target) + 1) % frames
        at[when] = target if target >= 0 else np.flatnonzero(now == page)[0]
        bits[at[when]] = True
        resident[when], referenced[when], hand[when] = now, bits, next_hand
    return Timeline(
        filled >= 0, at, victim, resident,
        hand if policy in _CIRCULAR else None,
        referenced if policy in _WITH_BITS else None,
    )  # fmt: skip
