"""FIFO and CLOCK in code: how many faults, and who had to leave."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any

from pagesim.replacement import simulate

from ...legacy import Data, Exercise, Mistake
from ...values import count
from .. import victims
from ..victims import Result


def draw(rng: Random) -> Data:
    """Draw strings with favourites that come back, for both policies."""
    cases: list[list[Any]] = [[[1, 2, 1, 3, 4, 1], 3, "fifo"], [[1, 2, 3, 4, 2, 5, 6], 3, "clock"]]
    for frames in (2, 3, 4, 5):
        for policy in ("fifo", "clock"):
            pages = rng.sample(range(30), 2 * frames + 1)
            hot = pages[:frames]
            string = [rng.choice(hot if rng.random() < 0.6 else pages) for _ in range(30)]
            cases.append([string, frames, policy])
    return {"cases": cases}


def text(data: Data) -> str:
    """State what comes in and goes out."""
    told = []
    for case in data["cases"][:2]:
        faults, left = reference(*case)
        told.append(f'`replace({case[0]}, {case[1]}, "{case[2]}")` is `({faults}, {left})`')
    return (
        "Write `replace(pages, frames, policy)`. All frames are empty at first and are filled in "
        'order. `"fifo"`: the page that came first leaves. `"clock"`: each frame has a reference '
        "bit, set whenever its page is used, the load included; a fault with no free frame starts "
        "at the hand, clears bits that are set and moves on, and replaces the first page whose "
        "bit is clear; then the hand moves one frame further. It stands at frame 0 at first. "
        "Return `(faults, victims)`, the pages that left in order. "
        f"{count(len(data['cases']), 'call')} are made; for example {told[0]}, and {told[1]}."
    )


def reference(pages: list[int], frames: int, policy: str) -> Result:
    """Ask the simulator."""
    run = simulate(pages, frames, policy)
    return [run.faults, run.victims.tolist()]


def _astray(
    pages: list[int], frames: int, policy: str, *, moves: bool = False, bits: bool = True,
    fresh: int = 1, advance: bool = True, hand_back: bool = False,
    answer: str = "faults",
) -> Result:  # fmt: skip
    """Run both policies as the mistakes do."""
    if policy == "fifo":
        faults, left, order = 0, list[int](), list[int]()
        for page in pages:
            if page in order:
                if moves:
                    order.remove(page)
                    order.append(page)
                continue
            faults += 1
            if len(order) == frames:
                left.append(order.pop(0))
            order.append(page)
    else:
        faults, left = _clock(pages, frames, bits, fresh, advance, hand_back)
    told = {"faults": faults, "hits": len(pages) - faults, "left": len(left)}
    return [told[answer], left]


def _clock(
    pages: list[int], frames: int, bits: bool, fresh: int, advance: bool, hand_back: bool,
) -> tuple[int, list[int]]:  # fmt: skip
    held, marks, hand, faults = list[int](), list[int](), 0, 0
    left = list[int]()
    for page in pages:
        if page in held:
            marks[held.index(page)] = int(bits)
            continue
        faults += 1
        if len(held) < frames:
            held.append(page)
            marks.append(fresh if bits else 0)
            continue
        if hand_back:
            hand = 0
        while marks[hand]:
            marks[hand] = 0
            hand = (hand + 1) % frames
        left.append(held[hand])
        held[hand], marks[hand] = page, fresh if bits else 0
        if advance:
            hand = (hand + 1) % frames
    return faults, left


def locate(pages: list[int], frames: int, policy: str, expected: Result, got: Result) -> str:
    """Compare the victims one by one, then the count."""
    look = "Who came first?" if policy == "fifo" else "Where is the hand, and which bits?"
    return victims.locate(expected, got, look=look, full="no frame is free", counted="faults")


EXERCISE = Exercise(
    id="fifo-and-clock",
    notebook="09",
    title="FIFO and CLOCK",
    points=2,
    kind="code",
    draw=draw,
    text=text,
    form=[int, [int]],
    reference=reference,
    describe=lambda pages, frames, policy: (
        f"{len(pages)} accesses, {count(frames, 'frame')}, {policy}"
    ),
    locate=locate,
    mistakes=(
        Mistake(
            name="hits for faults",
            message="You return the hits. The faults are asked for, first uses included.",
            solve=partial(_astray, answer="hits"),
        ),
        Mistake(
            name="only those that evict",
            message="You count a fault only where somebody has to leave. A page that comes into a "
            "free frame has faulted as well.",
            solve=partial(_astray, answer="left"),
        ),
        Mistake(
            name="FIFO that remembers use",
            message="Under FIFO a hit changes nothing. You move the page to the back of the queue: "
            "that is LRU.",
            solve=partial(_astray, moves=True),
        ),
        Mistake(
            name="clock without bits",
            message="Your clock is FIFO in a circle: it never looks at its reference bits, or "
            "never clears them. A page used since the hand came by keeps its frame for one "
            "more round, and only one.",
            solve=partial(_astray, bits=False),
        ),
        Mistake(
            name="new pages unmarked",
            message="In your clock a page comes in with its bit clear. Being loaded is a use: the "
            "access that faulted happens right after.",
            solve=partial(_astray, fresh=0),
        ),
        Mistake(
            name="hand stays",
            message="After a replacement your hand stays on the new page. It moves on behind it, "
            "or the newcomer is the first that it looks at.",
            solve=partial(_astray, advance=False),
        ),
        Mistake(
            name="hand begins anew",
            message="Your hand begins at frame 0 with each fault. It goes on from where it "
            "stopped, and that is what makes the clock fair.",
            solve=partial(_astray, hand_back=True),
        ),
    ),
    start="FIFO first: one list, the page that came first in front. Then the clock: two lists of "
    "equal length, pages and bits, and an index that is the hand.",
    right="That loop is close to what kernels ran for decades. A bit a page, set by hardware, is "
    "all that they learn about use.",
    untested="dirty pages, which cost a write to send away, and whole lists of clocks.",
    hints=(
        "FIFO: `if page not in held:` count, `victims.append(held.pop(0))` if full, `append`.",
        "Clock, at a fault with all frames in use: `while bits[hand]: bits[hand] = 0; hand = "
        "(hand + 1) % frames`.",
        "Then the page at `hand` leaves, the new one takes its place with bit 1, and the hand "
        "moves on once more.",
    ),
)
