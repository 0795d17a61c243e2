"""NRU, not recently used: a page of the lowest class leaves.

    class  used since the last tick  written
      0    no                        no
      1    no                        yes
      2    yes                       no
      3    yes                       yes

Every tick of the clock clears the reference bits. Of several pages in a class any will do; here
the one in the lowest frame leaves, so that a run can be followed by hand.

Source: Tanenbaum, Modern Operating Systems, sec. 3.4.2.
"""

from __future__ import annotations

from .policy import Frames, Policy


def _class(frames: Frames, frame: int) -> int:
    return 2 * frames.referenced(frame) + frames.dirty(frame)


def _choose(frames: Frames) -> int:
    return min(frames, key=lambda frame: _class(frames, frame))


def _tick(frames: Frames) -> None:
    for frame in frames:
        frames.clear(frame)


NRU = Policy(
    "nru",
    _choose,
    tick=_tick,
    referenced=True,
    dirty=True,
    looks_at="classes of pages",
    note=lambda frames, frame: f"class {_class(frames, frame)}",
)
