"""OPT in code: the best that anybody could do who knew the future."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from pagesim.replacement import simulate

from ...legacy import Data, Exercise, Mistake
from ...values import count
from .. import victims
from ..victims import Result


def draw(rng: Random) -> Data:
    """Draw strings in which pages come back, and some do not."""
    cases: list[list[Any]] = [[[1, 2, 3, 1, 4, 2, 1], 3]]
    for frames in (2, 3, 3, 4, 5, 6):
        pages = rng.sample(range(40), 2 * frames + 2)
        cases.append([[rng.choice(pages) for _ in range(10 * frames)], frames])
    return {"cases": cases}


def text(data: Data) -> str:
    """State what comes in and goes out."""
    pages, frames = data["cases"][0]
    faults, left = reference(pages, frames)
    return (
        "Write `opt(pages, frames)`. All frames are empty at first. When none is free, the page "
        "leaves whose next use lies furthest ahead; a page that is never used again lies further "
        "than all others, and of several such pages the one used longest ago leaves. Return "
        f"`(faults, victims)`. {count(len(data['cases']), 'call')} are made. For example "
        f"`opt({pages}, {frames})` is `({faults}, {left})`."
    )


def reference(pages: list[int], frames: int) -> Result:
    """Ask the simulator."""
    run = simulate(pages, frames, "opt")
    return [run.faults, run.victims.tolist()]


def _next(pages: list[int], now: int, page: int, never: int = 1 << 30) -> int:
    return next((n for n in range(now + 1, len(pages)) if pages[n] == page), never)


def _last(pages: list[int], now: int, page: int) -> int:
    return max(n for n in range(now) if pages[n] == page)


def _further(pages: list[int], now: int, page: int) -> tuple[int, int]:
    return _next(pages, now, page), -_last(pages, now, page)


def _astray(
    pages: list[int],
    frames: int,
    *,
    worth: Callable[[list[int], int, int], Any] = _further,
    answer: str = "faults",
) -> Result:
    """Send out the page that is worth most to send, as the mistakes see it."""
    held, left, faults = list[int](), list[int](), 0
    for now, page in enumerate(pages):
        if page in held:
            continue
        faults += 1
        if len(held) == frames:
            victim = max(held, key=lambda each: worth(pages, now, each))
            held.remove(victim)
            left.append(victim)
        held.append(page)
    told = {"faults": faults, "hits": len(pages) - faults, "left": len(left)}
    return [told[answer], left]


def _newest_of_never(pages: list[int], now: int, page: int) -> tuple[int, int]:
    return _next(pages, now, page), _last(pages, now, page)


def _forgets_never(pages: list[int], now: int, page: int) -> tuple[int, int]:
    return _next(pages, now, page, never=-1), -_last(pages, now, page)


def _rarest(pages: list[int], now: int, page: int) -> tuple[int, int]:
    return -pages[now + 1 :].count(page), -_last(pages, now, page)


def locate(pages: list[int], frames: int, expected: Result, got: Result) -> str:
    """Compare the victims one by one, then the count."""
    look = "When is each page in memory used next?"
    return victims.locate(expected, got, look=look, full="no frame is free", counted="faults")


EXERCISE = Exercise(
    id="opt",
    notebook="09",
    title="OPT, with a look into the future",
    points=2,
    kind="code",
    draw=draw,
    text=text,
    form=[int, [int]],
    reference=reference,
    describe=lambda pages, frames: f"{len(pages)} accesses, {count(frames, 'frame')}",
    locate=locate,
    mistakes=(
        Mistake(
            name="hits for faults",
            message="You return the hits. The faults are asked for.",
            solve=partial(_astray, answer="hits"),
        ),
        Mistake(
            name="only those that evict",
            message="You count a fault only where somebody has to leave. A page that comes into a "
            "free frame has faulted as well.",
            solve=partial(_astray, answer="left"),
        ),
        Mistake(
            name="into the past",
            message="You throw out the page used longest *ago*. That is LRU, which takes the past "
            "for a forecast. OPT looks at the next use.",
            solve=partial(_astray, worth=lambda pages, now, page: -_last(pages, now, page)),
        ),
        Mistake(
            name="the nearest leaves",
            message="You throw out the page that is needed *soonest*. It will be back at once; "
            "take the other end.",
            solve=partial(
                _astray,
                worth=lambda pages, now, page: (-_next(pages, now, page), -_last(pages, now, page)),
            ),
        ),
        Mistake(
            name="never is not last",
            message="A page that is never used again counts as *needed soonest* in your code, so "
            "it stays for ever. Nobody will miss it: it should go first.",
            solve=partial(_astray, worth=_forgets_never),
        ),
        Mistake(
            name="the rarest leaves",
            message="You throw out the page with the fewest uses to come. How often does not "
            "matter, only how soon.",
            solve=partial(_astray, worth=_rarest),
        ),
        Mistake(
            name="wrong one of the done",
            message="Of several pages that are never used again, you let the one used last leave. "
            "Their number of faults is the same, but the card asks for the one used longest ago.",
            solve=partial(_astray, worth=_newest_of_never),
        ),
    ),
    start="At a fault with all frames in use, write down for each page in memory when it is used "
    "next. Which number is largest?",
    right="No policy can fault less: Belady proved it in 1966. Nobody can run it either, but "
    "every other policy is measured against it.",
    untested="speed: yours reads the future anew at every fault; `pagesim` works it out once.",
    hints=(
        "The rest of the string is `pages[now + 1:]`; `.index(page)` of it is the distance, if "
        "the page is in it.",
        "A distance for never: anything larger than the string, say `len(pages)`.",
        "Keep `held` in order of last use (move a page to the end when it is used). `max` returns "
        "the first of equals, so `max(held, key=distance)` is the one used longest ago.",
    ),
)
