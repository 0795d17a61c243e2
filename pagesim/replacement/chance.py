"""Random: any page leaves.

Source: Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems
Journal 5(2), 1966.
"""

from __future__ import annotations

import numpy as np

from .policy import Frames, Loads, Policy


def _choose(frames: Frames) -> int:
    there = list(frames)
    return there[frames.draw(len(there))]


def _loop(trace: list[int], pages: int, frames: int, seed: int) -> Loads:
    frame_of = [-1] * pages
    page_in: list[int] = []
    draws = iter(np.random.default_rng(seed).integers(0, frames, len(trace)).tolist())
    at, where = list[int](), list[int]()
    for when, page in enumerate(trace):
        if frame_of[page] >= 0:
            continue
        frame = len(page_in)
        if frame < frames:
            page_in.append(page)
        else:
            frame = next(draws)
            frame_of[page_in[frame]] = -1
            page_in[frame] = page
        frame_of[page] = frame
        at.append(when)
        where.append(frame)
    return at, where


RANDOM = Policy("random", _choose, _loop, chance=True)
