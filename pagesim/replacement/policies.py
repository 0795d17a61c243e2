"""Who leaves: one loop per policy, over pages numbered 0, 1, 2, ...

Every loop answers the same two questions: which accesses fault, and into which frame does each of
those faults load its page. Everything else (hits, victims, what is resident when) follows from
these answers, so it is worked out once, in `timeline`, and not here.

    fifo           the page that came first leaves first
    lru            the page that was not used for longest leaves
    clock          frames in a circle, each with a reference bit; a hand clears bits until it meets
                   a 0: that page leaves, and the hand moves on behind it
    second-chance  the same as a queue: a page at the head whose bit is 1 goes back to the tail
    opt            the page that is needed again last leaves (it needs to know the future)
    random         any page leaves

Sources: Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems
Journal 5(2), 1966 (fifo, random, opt); Corbato, "A paging experiment with the Multics system",
1968 (clock); Tanenbaum, Modern Operating Systems, sec. 3.4.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from heapq import heappop, heappush

import numpy as np

# The accesses that fault, and the frame that each of them fills.
Loads = tuple[list[int], list[int]]


def fifo(trace: list[int], pages: int, frames: int, seed: int) -> Loads:
    """Replace the oldest: the frames are filled in a circle."""
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


def lru(trace: list[int], pages: int, frames: int, seed: int) -> Loads:
    """Replace the least recently used."""
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


def clock(trace: list[int], pages: int, frames: int, seed: int) -> Loads:
    """Replace the first page behind the hand whose reference bit is 0, clearing bits on the way."""
    absent, resting, referenced = 0, 1, 2
    state = bytearray(pages + 1)
    page_in = [pages] * frames  # one more page, that nobody uses, stands in the empty frames
    hand = 0
    at, where = list[int](), list[int]()
    for when, page in enumerate(trace):
        if state[page]:
            state[page] = referenced
            continue
        while state[page_in[hand]] == referenced:
            state[page_in[hand]] = resting
            hand = hand + 1 if hand + 1 < frames else 0
        state[page_in[hand]] = absent
        page_in[hand], state[page] = page, referenced
        at.append(when)
        where.append(hand)
        hand = hand + 1 if hand + 1 < frames else 0
    return at, where


def second_chance(trace: list[int], pages: int, frames: int, seed: int) -> Loads:
    """Replace the oldest, unless its reference bit is 1: then it counts as new, with the bit 0."""
    frame_of = [-1] * pages
    referenced = bytearray(pages)
    queue: deque[int] = deque()
    at, where = list[int](), list[int]()
    for when, page in enumerate(trace):
        if frame_of[page] < 0:
            if len(queue) < frames:
                frame = len(queue)
            else:
                while referenced[queue[0]]:
                    referenced[queue[0]] = 0
                    queue.rotate(-1)
                victim = queue.popleft()
                frame, frame_of[victim] = frame_of[victim], -1
            queue.append(page)
            frame_of[page] = frame
            at.append(when)
            where.append(frame)
        referenced[page] = 1
    return at, where


def opt(trace: list[int], pages: int, frames: int, seed: int) -> Loads:
    """Replace the page whose next use is furthest; of those never used again, the least recent.

    The heap holds the next use seen at every access, also of pages that were used since. Such a
    next use has passed, so it is smaller than any that is still to come: the largest is current.
    """
    coming = _next_use(trace)
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


def random(trace: list[int], pages: int, frames: int, seed: int) -> Loads:
    """Replace any page."""
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


def _next_use(trace: list[int]) -> list[int]:
    """Say when each access's page is used next; never again counts as later than everything."""
    n = len(trace)
    pages = np.array(trace, np.int64)
    order = np.argsort(pages, kind="stable")  # the accesses of each page side by side, in order
    coming = 2 * n - np.arange(n)  # never again: the earlier its last use, the later
    same = pages[order[1:]] == pages[order[:-1]]
    coming[order[:-1][same]] = order[1:][same]
    return coming.tolist()


POLICIES: dict[str, Callable[[list[int], int, int, int], Loads]] = {
    "fifo": fifo,
    "lru": lru,
    "clock": clock,
    "second-chance": second_chance,
    "opt": opt,
    "random": random,
}
