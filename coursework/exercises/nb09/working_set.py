"""The working set of a short trace, by hand."""

from __future__ import annotations

from random import Random
from typing import Any

from ...kinds import Data, Numbers, bug, instead, own

_LENGTH = 14


def draw(rng: Random) -> Data:
    """Draw a trace that moves from a few pages to others, a window, an early moment and a late."""
    pages, window = rng.sample(range(1, 10), 8), rng.randrange(5, 7)
    times = {"a": rng.randrange(2, window), "b": rng.randrange(8, _LENGTH - window + 2)}
    while True:
        # the first one does not come again while it is in the window
        trace = [pages[0], *rng.choices(pages[1:5], k=6), *rng.choices(pages[3:], k=_LENGTH - 7)]
        data = {"trace": trace, "window": window, "times": times}
        before, oldest, *others, now = trace[times["b"] - window - 1 : times["b"]]
        edges = {before, oldest, now}.isdisjoint(others) and len({before, oldest, now}) == 3
        right = solve(data)
        if edges and max(len(right["a"]), len(right["b"])) < right["most"] < window:
            return data


def text(data: Data) -> str:
    """State the trace."""
    a, b = data["times"]["a"], data["times"]["b"]
    trace = " ".join(map(str, data["trace"]))
    return (
        f"A process uses the pages `{trace}`; the first of them is access number 1. Its working "
        f"set is the different pages among its last {data['window']} accesses, the present one "
        f"included; at the beginning there are fewer. Which pages are in it right after access {a} "
        f'("a"), and after access {b} ("b"), in any order? How many pages does it have where it '
        'is largest ("most")?'
    )


def _recent(data: Data, time: int, window: int) -> list[int]:
    """List the accesses in the window, newest first."""
    return [data["trace"][n] for n in range(time - 1, time - 1 - window, -1) if 0 <= n < _LENGTH]


def solve(
    data: Data, *, longer: int = 0, later: int = 0, ahead: bool = False, kept: str = "once"
) -> dict[str, Any]:
    """Count back from each access."""
    window, sets = data["window"] + longer, {}
    for key, time in data["times"].items():
        recent = _recent(data, time + (window - 1 if ahead else later), window)
        if kept == "different":
            recent = list(dict.fromkeys(_recent(data, time, _LENGTH)))[:window]
        sets[key] = sorted(recent if kept == "all" else set(recent))
    most = max(len(set(_recent(data, time, window))) for time in range(1, _LENGTH + 1))
    return {**sets, "most": most}


def locate(data: Data, key: str, expected: Any, got: Any) -> str:
    """Say what is missing or too much, without saying which."""
    if key == "most":
        side = "There is a moment with more" if got < expected else "At no moment are there so many"
        return f"{side}. Slide the window along, and count different pages."
    if len(set(got)) < len(got):
        return "A page stands in it twice. It is a set."
    if set(got) - set(expected):
        return "A page in it was not used within the window. Count the accesses back from there."
    return "A page is missing. Count the accesses back, the present one included."


EXERCISE = Numbers(
    **own(globals()),
    title="Warm-up: the working set of a trace",
    kind="hand",
    form={"a": {int}, "b": {int}, "most": int},
    mistakes={
        bug(kept="all"): "repetitions are listed. It is a *set*: a page used twice is in it once.",
        instead(most=lambda right, data: data["window"]): "the largest set is as large as the "
        "window. It is smaller where a page comes twice, and here that is everywhere.",
        bug(later=-1): "the window ends before the present access. Its page is always in the set.",
        bug(later=1): "the window ends one access later. The first access is number 1, not 0.",
        bug(longer=1): "the window is one access too long: the present one counts as one of them.",
        bug(longer=-1): "the window is one access too short, the present one included.",
        bug(ahead=True): "the window reaches forward. The working set is what was used last.",
        bug(kept="different"): "there are as many *different* pages as the window has accesses. "
        "That is LRU; a working set shrinks when the program needs less.",
        bug(longer=_LENGTH): "all pages used so far are in it. The window forgets the older ones.",
    },
    start="Put a finger on access a and count back, the present access as number one.",
    right="The window that you slid is Denning's definition of 1968. Where it straddles the "
    "change from one phase to the next, the set is often at its largest.",
    untested="how to choose the window; a kernel that cannot see accesses has to guess it.",
    hints=(
        "With window 4, the working set after access 9 is made of accesses 6, 7, 8 and 9; after "
        "access 3, of accesses 1, 2 and 3.",
        "`set(trace[max(0, time - window) : time])` does it, with accesses numbered from 1.",
        f'"most": the number of pages for every time from 1 to {_LENGTH}, and the largest of them.',
    ),
)
