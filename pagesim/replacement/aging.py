"""Aging: a counter per page remembers in which of the last ticks it was used.

At every tick each counter is shifted right by one bit, the page's reference bit comes in at its
left end, and the reference bit is cleared. The page with the lowest counter leaves; what was used
since the last tick counts as more recent than any counter can say. Of equals the one in the lowest
frame leaves.

Source: Tanenbaum, Modern Operating Systems, sec. 3.4.7.
"""

from __future__ import annotations

from .policy import Frames, Policy

_BITS = 8


def _choose(frames: Frames) -> int:
    return min(frames, key=lambda frame: (frames.referenced(frame), frames.age(frame)))


def _tick(frames: Frames) -> None:
    for frame in frames:
        newest = frames.referenced(frame) << _BITS - 1
        frames.set_age(frame, frames.age(frame) >> 1 | newest)
        frames.clear(frame)


AGING = Policy(
    "aging",
    _choose,
    tick=_tick,
    referenced=True,
    aged=True,
    looks_at="bits of the last 8 ticks",
    note=lambda frames, frame: f"{frames.age(frame):0{_BITS}b}",
)
