"""Clock and second chance: one policy, as a circle and as a queue.

    clock          frames in a circle, each with a reference bit; a hand clears bits until it meets
                   a 0: that page leaves, and the hand moves on behind it
    second-chance  the same as a queue: a page at the front whose bit is 1 goes to the back

Sources: Corbato, "A paging experiment with the Multics system", 1968 (clock); Tanenbaum, Modern
Operating Systems, sec. 3.4 (both).
"""

from __future__ import annotations

from collections import deque

from .policy import Frames, Loads, Policy, bit


def _clock(frames: Frames) -> int:
    while True:
        for frame in frames.turn():
            if not frames.referenced(frame):
                return frame
            frames.clear(frame)


def _clock_loop(trace: list[int], pages: int, frames: int, seed: int) -> Loads:
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


def _second_chance(frames: Frames) -> int:
    spared = list[int]()
    for frame in frames.queue():
        if not frames.referenced(frame):
            break
        frames.clear(frame)
        spared.append(frame)
    else:
        frame = spared.pop(0)  # all of them were used: the first is at the front again
    for each in spared:
        frames.to_back(each)
    return frame


def _second_chance_loop(trace: list[int], pages: int, frames: int, seed: int) -> Loads:
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


CLOCK = Policy(
    "clock",
    _clock,
    _clock_loop,
    referenced=True,
    look="hand",
    looks_at="reference bits and a hand",
    note=bit,
)
SECOND_CHANCE = Policy(
    "second-chance",
    _second_chance,
    _second_chance_loop,
    referenced=True,
    look="queue",
    looks_at="reference bits and a queue",
    note=bit,
)
