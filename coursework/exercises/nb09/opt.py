"""OPT in code: the best that anybody could do who knew the future."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from pagesim.units import count

from ...kinds import Code, Data, bug, own

# By what a page is thought worth to send out: its next use, its last one, how many are to come.
_WORTH: dict[str, Callable[[int, int, int], tuple[int, ...]]] = {
    "next use": lambda soon, last, uses: (soon, -last),
    "last use": lambda soon, last, uses: (-last,),
    "soonest": lambda soon, last, uses: (-soon, -last),
    "rarest": lambda soon, last, uses: (-uses, -last),
    "newest": lambda soon, last, uses: (soon, last),
}
# In three frames this order of six pages shows every slip.
_TELLING = (0, 1, 2, 2, 2, 3, 4, 3, 5, 0, 0, 1)


def draw(rng: Random) -> Data:
    """Draw strings in which pages come back, and some do not."""
    cases: list[list[Any]] = [[[1, 2, 3, 1, 4, 2, 1], 3]]
    pages = rng.sample(range(40), 6)
    cases.append([[pages[n] for n in _TELLING], 3])
    for frames in (2, 3, 4, 5, 6, 1):
        pages = rng.sample(range(40), 2 * frames + 2)
        cases.append([rng.choices(pages, k=10 * frames), frames])
    return {"cases": cases}


def text(data: Data) -> str:
    """State what comes in and goes out."""
    pages, frames = data["cases"][0]
    return (
        "Write `opt(pages, frames)`. All frames are empty at first. When none is free, the page "
        "leaves whose next use lies furthest ahead; a page that is never used again lies further "
        "than all others, and of several such pages the one used longest ago leaves. Return "
        f"`(faults, victims)`. {count(len(data['cases']), 'call')} are made. For example "
        f"`opt({pages}, {frames})` is `{tuple(solve(pages, frames))}`."
    )


def solve(
    pages: list[int], frames: int, *, by: str = "next use", never: int = 1 << 30,
    counted: str = "faults",
) -> list[Any]:  # fmt: skip
    """Send out the page that is worth most to send."""
    held, left, faults, worth = list[int](), list[int](), 0, _WORTH[by]
    for now, page in enumerate(pages):
        if page in held:
            continue
        faults += 1
        if len(held) == frames:
            last = {each: number for number, each in enumerate(pages[:now])}
            rest = pages[now:]
            soon = {each: rest.index(each) if each in rest else never for each in held}
            left.append(max(held, key=lambda each: worth(soon[each], last[each], rest.count(each))))
            held.remove(left[-1])
        held.append(page)
    told = {"faults": faults, "hits": len(pages) - faults, "left": len(left)}
    return [told[counted], left]


EXERCISE = Code(
    **own(globals()),
    title="OPT, with a look into the future",
    results=("faults", "victims"),
    form=[int, [int]],
    describe=lambda pages, frames: f"{len(pages)} accesses, {count(frames, 'frame')}",
    look={
        "victims": "Somebody leaves only where no frame is free. When is each page in memory used "
        "next? And of several that never are, which one was used longest ago?",
        "faults": "Every access that does not find its page is one.",
    },
    mistakes={
        bug(counted="hits"): "the hits are returned. The faults are asked for.",
        bug(
            counted="left"
        ): "faults are counted only where somebody leaves, and not for first uses.",
        bug(by="last use"): "the page used longest *ago* leaves. That is LRU. OPT looks ahead.",
        bug(by="soonest"): "the page leaves that is needed *soonest*. Take the other end.",
        bug(never=-1): "a page never used again counts as *needed soonest*. It should go first.",
        bug(by="rarest"): "the page with the fewest uses to come leaves. Only how soon matters.",
        bug(by="newest"): "of several pages that are never used again, the one used last leaves. "
        "That costs no fault more, but the card asks for the one used longest ago.",
    },
    start="At a fault with all frames in use, write down for each page in memory when it is used "
    "next. Which number is largest?",
    right="No policy can fault less: Mattson and others proved it in 1970, for Belady's MIN of "
    "1966. Nobody can run it either, but every other policy is measured against it.",
    untested="speed: yours reads the future anew at every fault; `pagesim` works it out once.",
    hints=(
        "The rest of the string is `pages[now + 1:]`; `.index(page)` of it is the distance, if "
        "the page is in it.",
        "A distance for never: anything larger than the string, say `len(pages)`.",
        "Keep `held` in order of last use (move a page to the end when it is used). `max` returns "
        "the first of equals, so `max(held, key=distance)` is the one used longest ago.",
    ),
)
