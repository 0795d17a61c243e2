"""The working set of a short trace, by hand."""

from __future__ import annotations

from random import Random
from typing import Any

from ...legacy import Data, Exercise, Mistake

_LENGTH = 14


def draw(rng: Random) -> Data:
    """Draw a trace that moves from a few pages to others, a window, and two moments.

    At the second moment every known mistake answers differently, or none could be told by name.
    """
    while True:
        pages = rng.sample(range(1, 10), 8)
        trace = [rng.choice(pages[:5]) for _ in range(_LENGTH // 2)]
        trace += [rng.choice(pages[3:]) for _ in range(_LENGTH - _LENGTH // 2)]
        window = rng.randrange(4, 6)
        times = {"a": rng.randrange(window + 1, 8), "b": rng.randrange(8, _LENGTH - window + 2)}
        data = {"trace": trace, "window": window, "times": times}
        solvers = (reference, *(change.keywords["solver"] for change in EXERCISE.mistakes))
        if len({tuple(solve(data, "b")) for solve in solvers}) == len(solvers):
            return data


def text(data: Data) -> str:
    """State the trace."""
    a, b = data["times"]["a"], data["times"]["b"]
    trace = " ".join(map(str, data["trace"]))
    return (
        f"A process uses the pages `{trace}`; the first of them is access number 1. Its working "
        f"set is the different pages among its last {data['window']} accesses, the present one "
        f'included. Which pages are in it right after access {a} ("a"), and after access {b} '
        '("b"), in any order? How many pages does it have where it is largest ("most")?'
    )


def _set_at(data: Data, time: int, window: int) -> list[int]:
    return sorted(set(data["trace"][max(0, time - window) : time]))


def _answer(data: Data, key: str, window: int) -> Any:
    if key == "most":
        return max(len(_set_at(data, time, window)) for time in range(1, _LENGTH + 1))
    return _set_at(data, data["times"][key], window)


def reference(data: Data, key: str) -> Any:
    """Collect the last accesses."""
    return _answer(data, key, data["window"])


def measure(data: Data, key: str, answer: Any) -> Any:
    """Compare sets in one order; a page that stands twice stays twice."""
    return sorted(answer) if key != "most" else answer


def _without_now(data: Data, key: str) -> Any:
    if key == "most":
        return reference(data, key)
    time = data["times"][key] - 1
    return _set_at(data, time, data["window"])


def _one_more(data: Data, key: str) -> Any:
    return _answer(data, key, data["window"] + 1)


def _ahead(data: Data, key: str) -> Any:
    if key == "most":
        return reference(data, key)
    start = data["times"][key] - 1
    return sorted(set(data["trace"][start : start + data["window"]]))


def _different(data: Data, key: str) -> Any:
    """As many *different* pages as the window has accesses: an LRU stack."""
    if key == "most":
        return data["window"]
    recent = list(dict.fromkeys(reversed(data["trace"][: data["times"][key]])))
    return sorted(recent[: data["window"]])


def _all_so_far(data: Data, key: str) -> Any:
    return _answer(data, key, _LENGTH)


def _repeated(data: Data, key: str) -> Any:
    if key == "most":
        return data["window"]
    time = data["times"][key]
    return sorted(data["trace"][time - data["window"] : time])


def locate(data: Data, key: str, expected: Any, got: Any) -> str:
    """Say what is missing or too much, without saying which."""
    if key == "most":
        side = "more" if got < expected else "fewer"
        return f"There is a moment with {side} pages. Slide the window along."
    if set(got) - set(expected):
        return "A page in it was not used within the window. Count the accesses back from there."
    return "A page is missing. Count the accesses back, the present one included."


EXERCISE = Exercise(
    id="working-set",
    notebook="09",
    title="Warm-up: the working set of a trace",
    points=2,
    kind="hand",
    draw=draw,
    text=text,
    form={"a": [int], "b": [int], "most": int},
    reference=reference,
    measure=measure,
    describe=lambda data, key: f'"{key}"',
    locate=locate,
    mistakes=(
        Mistake(
            name="each access a page",
            message="You wrote down the accesses, repetitions and all. The working set is a *set*: "
            "a page that is used twice is in it once.",
            solve=_repeated,
        ),
        Mistake(
            name="the present one left out",
            message="You left out the present access. The window ends with it, so its page is "
            "always in the set.",
            solve=_without_now,
        ),
        Mistake(
            name="one access too many",
            message="Your window is one access too long: the present one counts as one of them.",
            solve=_one_more,
        ),
        Mistake(
            name="looking ahead",
            message="You looked forward. Nobody knows the next accesses; the working set is what "
            "was used last.",
            solve=_ahead,
        ),
        Mistake(
            name="a full set, always",
            message="You went back until you had as many *different* pages as the window has "
            "accesses. That is LRU with a fixed number of frames. A working set shrinks when the "
            "program needs less.",
            solve=_different,
        ),
        Mistake(
            name="everything so far",
            message="You took all pages used so far. The window forgets: what was not used among "
            "the last accesses is out.",
            solve=_all_so_far,
        ),
    ),
    start="Put a finger on access a and count back, the present access as number one.",
    right="The window that you slid is Denning's definition of 1968. Where it straddles the "
    "change from one phase to the next, the set is often at its largest.",
    untested="how to choose the window; a kernel that cannot see accesses has to guess it.",
    hints=(
        "With window 4, the working set after access 9 is made of accesses 6, 7, 8 and 9.",
        "`set(trace[time - window : time])` does it, with accesses numbered from 1.",
        '"most": the number of pages for every time from 1 to 14, and the largest of them.',
    ),
)
