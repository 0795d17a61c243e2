"""OPT: the page that is needed again last leaves. It needs to know the future.

Of pages that are never needed again the one that was used longest ago leaves.

Source: Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems
Journal 5(2), 1966.
"""

from __future__ import annotations

from heapq import heappop, heappush

import numpy as np

from .policy import NEVER, Frames, Loads, Policy


def _choose(frames: Frames) -> int:
    return max(frames, key=lambda frame: (frames.until(frame), frames.since(frame)))


def _loop(trace: list[int], pages: int, frames: int, seed: int) -> Loads:
    """Keep a heap of the next use seen at every access, also of pages that were used since.

    Such a next use has passed, so it is smaller than any still to come: the largest is current.
    """
    coming = next_uses(trace)
    page_at = dict(zip(coming, trace, strict=True))  # next uses are all different
    frame_of = [-1] * pages
    heap: list[int] = []
    used = 0
    at, where = list[int](), list[int]()
    for when, page in enumerate(trace):
        if frame_of[page] < 0:
            if used < frames:
                frame, used = used, used + 1
            else:
                victim = page_at[-heappop(heap)]
                frame, frame_of[victim] = frame_of[victim], -1
            frame_of[page] = frame
            at.append(when)
            where.append(frame)
        heappush(heap, -coming[when])
    return at, where


def next_uses(trace: list[int]) -> list[int]:
    """Say when each access's page is used next; never again counts as later than everything.

    Of two accesses whose pages are never used again, the later one counts as the earlier.

    >>> next_uses([7, 8, 7])
    [2, 5, 4]
    """
    n = len(trace)
    pages = np.array(trace, np.int64)
    order = np.argsort(pages, kind="stable")  # the accesses of each page side by side, in order
    coming = 2 * n - np.arange(n)  # never again: the earlier its last use, the later
    same = pages[order[1:]] == pages[order[:-1]]
    coming[order[:-1][same]] = order[1:][same]
    return coming.tolist()


def _note(frames: Frames, frame: int) -> str:
    coming = frames.until(frame)
    return "never" if coming == NEVER else f"{coming}"


OPT = Policy("opt", _choose, _loop, future=True, looks_at="accesses until its next use", note=_note)
