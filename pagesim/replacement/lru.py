"""LRU: the page that was not used for longest leaves. No kernel hears of every use; so none can."""

from __future__ import annotations

from collections import OrderedDict

from .policy import Frames, Loads, Policy


def _choose(frames: Frames) -> int:
    return next(frames.queue())


def _loop(trace: list[int], pages: int, frames: int, seed: int) -> Loads:
    frame_of: OrderedDict[int, int] = OrderedDict()  # least recently used first
    at, where = list[int](), list[int]()
    for when, page in enumerate(trace):
        if page in frame_of:
            frame_of.move_to_end(page)
            continue
        frame = len(frame_of) if len(frame_of) < frames else frame_of.popitem(last=False)[1]
        frame_of[page] = frame
        at.append(when)
        where.append(frame)
    return at, where


LRU = Policy(
    "lru",
    _choose,
    _loop,
    told=True,
    looks_at="accesses since its last use",
    note=lambda frames, frame: f"{frames.since(frame)}",
)
