"""The enhanced clock: of pages that were not used, it takes a clean one, which costs no writing.

The hand goes round in up to four turns:

    1. take a page that was neither used nor written (reference bit 0, dirty bit 0)
    2. take one that was written and not used (0, 1), clearing the reference bits on the way
    3. and 4. the same again: now all reference bits are 0, and so somebody is found

Sources: Stallings, Operating Systems: Internals and Design Principles, sec. 8.2 (clock policy, use
and modify bits); Silberschatz, Galvin, Gagne, Operating System Concepts, sec. 10.4 (enhanced
second-chance algorithm).
"""

from __future__ import annotations

from .policy import Frames, Policy, bits


def _choose(frames: Frames) -> int:
    while True:
        for frame in frames.turn():
            if not frames.referenced(frame) and not frames.dirty(frame):
                return frame
        for frame in frames.turn():
            if not frames.referenced(frame):
                return frame
            frames.clear(frame)


ENHANCED_CLOCK = Policy(
    "enhanced-clock",
    _choose,
    referenced=True,
    dirty=True,
    look="hand",
    looks_at="reference and dirty bits, and a hand",
    note=bits,
)
