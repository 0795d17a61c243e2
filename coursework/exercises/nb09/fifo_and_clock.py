"""FIFO and CLOCK in code: how many faults, and who had to leave."""

from __future__ import annotations

from random import Random
from typing import Any

from pagesim.units import count

from ...kinds import Code, Data, bug, own

# In three frames this order of six pages shows every slip, under one of the two policies.
_TELLING = (0, 1, 2, 1, 0, 3, 3, 1, 4, 5, 4, 3, 1, 4)


def draw(rng: Random) -> Data:
    """Draw strings with favourites that come back, for both policies."""
    cases: list[list[Any]] = [[[1, 2, 1, 3, 4, 1], 3, "fifo"], [[1, 2, 1, 3, 4, 2, 5], 3, "clock"]]
    pages = rng.sample(range(30), 6)
    cases += [[[pages[n] for n in _TELLING], 3, policy] for policy in ("fifo", "clock")]
    for frames in (2, 4, 5, 1):
        for policy in ("fifo", "clock"):
            pages = rng.sample(range(30), 2 * frames + 1)
            string = [
                rng.choice(pages[:frames] if rng.random() < 0.6 else pages) for _ in range(30)
            ]
            cases.append([string, frames, policy])
    return {"cases": cases}


def text(data: Data) -> str:
    """State what comes in and goes out."""
    told = [f'`replace({case[0]}, {case[1]}, "{case[2]}")` is `{tuple(solve(*case))}`'
            for case in data["cases"][:2]]  # fmt: skip
    return (
        "Write `replace(pages, frames, policy)`. All frames are empty at first and are filled in "
        'order. `"fifo"`: the page that came first leaves. `"clock"`: each frame has a reference '
        "bit, set whenever its page is used, the load included; a fault with no free frame starts "
        "at the hand, clears bits that are set and moves on, and replaces the first page whose "
        "bit is clear; then the hand moves one frame further. It stands at frame 0 at first. "
        "Return `(faults, victims)`, the pages that left in order. "
        f"{count(len(data['cases']), 'call')} are made; for example {told[0]}, and {told[1]}."
    )


def solve(
    pages: list[int], frames: int, policy: str, *, fifo: str = "fifo", clock: str = "clock",
    fresh: bool = True, advance: bool = True, from_0: bool = False, counted: str = "faults",
) -> list[Any]:  # fmt: skip
    """Keep a queue for LRU; else frames in a circle, a hand, and the pages whose bit is set."""
    held, left, marked, hand, faults = list[int](), list[int](), set[int](), 0, 0
    policy = {"fifo": fifo, "clock": clock}[policy]
    for page in pages:
        if page in held:
            marked.add(page)
            if policy == "lru":
                held.append(held.pop(held.index(page)))
            continue
        faults += 1
        if len(held) < frames:
            held.append(page)
        elif policy == "lru":
            left.append(held.pop(0))
            held.append(page)
        else:
            hand = 0 if from_0 else hand
            while policy == "clock" and held[hand] in marked:
                marked.remove(held[hand])
                hand = (hand + 1) % frames
            left.append(held[hand])
            held[hand] = page
            hand = (hand + advance) % frames
        marked -= {page}
        marked |= {page} if fresh else set()
    told = {"faults": faults, "hits": len(pages) - faults, "left": len(left)}
    return [told[counted], left]


EXERCISE = Code(
    **own(globals()),
    title="FIFO and CLOCK",
    results=("faults", "victims"),
    form=[int, [int]],
    describe=lambda pages, frames, policy: (
        f"{len(pages)} accesses, {count(frames, 'frame')}, {policy}"
    ),
    look={
        "victims": "Somebody leaves only where no frame is free. FIFO: who came first? CLOCK: "
        "where is the hand, and which bits are set?",
        "faults": "Every access that does not find its page is one.",
    },
    mistakes={
        bug(counted="hits"): "the hits are returned. The faults are asked for.",
        bug(
            counted="left"
        ): "faults are counted only where somebody leaves, and not for first uses.",
        bug(fifo="lru"): "a hit under FIFO moves the page to the back of the queue: that is LRU.",
        bug(fifo="clock"): "the bits are looked at under FIFO as well. Ask for the policy.",
        bug(clock="lru"): "the clock is LRU. It knows no order of use, only a bit for each frame.",
        bug(clock="fifo"): "the clock is FIFO in a circle: no reference bit keeps a page.",
        bug(fresh=False): "a page comes in with its bit clear. Being loaded is a use.",
        bug(advance=False): "the hand stays on the new page. It moves on behind it.",
        bug(from_0=True): "the hand begins at frame 0 with each fault, not where it stopped.",
    },
    start="FIFO first: one list, the page that came first in front. Then the clock: two lists of "
    "equal length, pages and bits, and an index that is the hand.",
    right="That loop is close to what kernels ran for decades. A bit a page, set by hardware, is "
    "all that they learn about use.",
    untested="dirty pages, which cost a write to send away, and whole lists of clocks.",
    hints=(
        "FIFO: `if page not in held:` count, `victims.append(held.pop(0))` if full, `append`.",
        "Clock: a hit sets the page's bit. At a fault with all frames in use: `while bits[hand]: "
        "bits[hand] = 0; hand = (hand + 1) % frames`.",
        "Then the page at `hand` leaves, the new one takes its place with bit 1, and the hand "
        "moves on once more.",
    ),
)
