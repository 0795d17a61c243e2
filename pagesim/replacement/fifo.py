"""FIFO: the page that came first leaves first.

Source: Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems
Journal 5(2), 1966.
"""

from __future__ import annotations

from .policy import Frames, Loads, Policy


def _choose(frames: Frames) -> int:
    return next(frames.queue())


def _loop(trace: list[int], pages: int, frames: int, seed: int) -> Loads:
    """Fill the frames in a circle."""
    resident = bytearray(pages + 1)
    page_in = [pages] * frames  # one more page, that nobody uses, stands in the empty frames
    hand = 0
    at, where = list[int](), list[int]()
    for when, page in enumerate(trace):
        if resident[page]:
            continue
        resident[page_in[hand]] = 0
        page_in[hand], resident[page] = page, 1
        at.append(when)
        where.append(hand)
        hand = hand + 1 if hand + 1 < frames else 0
    return at, where


FIFO = Policy("fifo", _choose, _loop, look="hand", looks_at="the hand, and nothing else")
