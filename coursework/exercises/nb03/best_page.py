"""The best page size for given segments: no average, the very bytes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np

from ...legacy import Data, Exercise, Mistake

SIZES = [1 << shift for shift in range(6, 21)]


def draw(rng: Random) -> Data:
    """Draw programs: many small segments, few large ones, and mixtures."""
    cases = [[[rng.randrange(900, 1500) for _ in range(2)], 4]]
    for _ in range(9):
        count, power = rng.randrange(1, 12), rng.randrange(12, 26)
        segments = [rng.randrange(1 << power - 4, 1 << power) for _ in range(count)]
        segments += [rng.randrange(100, 4000) for _ in range(rng.randrange(6))]
        cases.append([segments, rng.choice((4, 8, 16))])
    return {"cases": cases}


def text(data: Data) -> str:
    """State what comes in and goes out."""
    segments, entry = data["cases"][0]
    return (
        "Write `best_page(segments, entry)`: `segments` is a list of lengths in bytes, each "
        "segment begins with a fresh page, and each page needs an entry of `entry` bytes. Return "
        f"the page size, out of the powers of two from {SIZES[0]} B to 1 MiB, with which table "
        "and unused bytes together are fewest; of two equally good ones, the smaller. "
        f"{len(data['cases'])} calls are made, such as `best_page({segments}, {entry})`."
    )


def reference(segments: list[int], entry: int) -> int:
    """Add up the cost of all sizes at once, in arrays: sizes by segments."""
    sizes = np.array(SIZES)[:, None]
    pages = (np.array(segments) + sizes - 1) // sizes
    cost = (pages * (entry + sizes) - np.array(segments)).sum(axis=1)
    return SIZES[int(cost.argmin())]


def _by(cost: Callable[[list[int], int, int], float]) -> Callable[[list[int], int], int]:
    """Answer with the size of least cost, as somebody understands cost."""
    return lambda segments, entry: min(SIZES, key=lambda page: cost(segments, entry, page))


def _pages(segments: list[int], page: int) -> int:
    return sum(-(-length // page) for length in segments)


def _table(segments: list[int], entry: int, page: int) -> float:
    return _pages(segments, page) * entry


def _waste(segments: list[int], entry: int, page: int) -> float:
    return _pages(segments, page) * page - sum(segments)


def _one_segment(segments: list[int], entry: int, page: int) -> float:
    whole = [sum(segments)]
    return _table(whole, entry, page) + _waste(whole, entry, page)


def _halves(segments: list[int], entry: int, page: int) -> float:
    return sum(length / page * entry + page / 2 for length in segments)


def _power(segments: list[int], entry: int) -> int:
    return reference(segments, entry).bit_length() - 1


def locate(segments: list[int], entry: int, expected: int, got: int) -> str:
    """Add up what the answer costs."""
    if got not in SIZES:
        return f"{got} is not one of the sizes: powers of two from {SIZES[0]} to {SIZES[-1]}."
    table, waste = (f(segments, entry, got) for f in (_table, _waste))
    better = "smaller" if expected < got else "larger"
    return (
        f"With pages of {got} bytes, {table:,} bytes are table and {waste:,} are wasted. There is "
        f"a {better} page with which the sum is less, or no more."
    )


EXERCISE = Exercise(
    id="best-page",
    notebook="03",
    title="The best page size",
    points=2,
    kind="code",
    draw=draw,
    text=text,
    form=int,
    reference=reference,
    describe=lambda segments, entry: f"{len(segments)} segments, entries of {entry} bytes",
    locate=locate,
    mistakes=(
        Mistake(
            name="on average",
            message="You reckoned with half a wasted page for each segment, or took the formula, "
            "which does. That holds on average, for lengths that nobody knows. These you know: "
            "round up.",
            solve=_by(_halves),
        ),
        Mistake(
            name="larger pages are free",
            message="You counted the table only, and so the largest page always wins. It wastes "
            "what is left over in the last page of each segment.",
            solve=_by(_table),
        ),
        Mistake(
            name="the table is free",
            message="You counted the waste only, and so the smallest pages win. Every page has an "
            "entry, and somebody must pay for the table.",
            solve=_by(_waste),
        ),
        Mistake(
            name="one long segment",
            message="You added the segments up and cut the sum into pages. Each segment begins "
            "with a fresh page, so each of them wastes the end of its own last page.",
            solve=_by(_one_segment),
        ),
        Mistake(
            name="the power, not the size",
            message="You return the power of two. Asked for is the page size itself, in bytes.",
            solve=_power,
        ),
    ),
    start="Take one page size and one segment. How many pages does it take, rounded up? Then the "
    "table is that many entries, and the waste is that many pages minus the segment.",
    right="That is a table a designer draws up before there is a chip, from the programs of the "
    "day. x86 got its 4 KiB in 1985.",
    untested="segments that share pages, empty lists.",
    hints=(
        "`pages = -(-length // page)` rounds up.",
        "Cost of one segment: `pages * entry + pages * page - length`. Add up over the segments.",
        "`min((1 << shift for shift in range(6, 21)), key=cost)` returns the size of least cost, "
        "and the first of equals.",
    ),
)
