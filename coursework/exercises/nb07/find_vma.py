"""Find the VMA that holds an address, by bisection over sorted areas."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from random import Random

from ...legacy import Data, Exercise, Mistake

_PAGE = 4096
Areas = list[list[int]]


def draw(rng: Random) -> Data:
    """Draw rows of areas with and without holes; ask for edges, holes, and both ends."""
    cases: list[list[object]] = [[[[0x1000, 0x3000], [0x3000, 0x4000], [0x8000, 0x9000]], 0x3000]]
    for count in (1, 2, 3, 5, 8, 40):
        areas: Areas = []
        at = rng.randrange(16, 99) * _PAGE
        for _ in range(count):
            end = at + rng.randrange(1, 9) * _PAGE
            areas.append([at, end])
            at = end + rng.choice((0, 0, rng.randrange(1, 9))) * _PAGE
        last = areas[-1]
        which = rng.choice(areas)
        asked = [
            areas[0][0] - 1, last[1], last[1] - 1, last[1] + 3 * _PAGE,
            which[0], which[0] + 5, which[1] - 1, which[1],
        ]  # fmt: skip
        cases += [[areas, va] for va in asked]
    return {"cases": cases}


def text(data: Data) -> str:
    """State what comes in and goes out."""
    return (
        "Write `find_vma(areas, va)`: `areas` is a list of `[start, end]`, sorted, without "
        "overlaps; an area holds `start` and not `end`. Return the number (from 0) of the area "
        f"that holds the address, or None. {len(data['cases'])} calls are made. For example "
        "`find_vma([[0x1000, 0x3000], [0x3000, 0x4000]], 0x3000)` is `1`."
    )


def reference(areas: Areas, va: int) -> int | None:
    """Look at them one after the other."""
    for number, (start, end) in enumerate(areas):
        if start <= va < end:
            return number
    return None


def _nearest_below(areas: Areas, va: int) -> int | None:
    at = bisect_right(areas, va, key=lambda area: area[0]) - 1
    return at if at >= 0 else None


def _end_inside(areas: Areas, va: int) -> int | None:
    return next((n for n, (start, end) in enumerate(areas) if start <= va <= end), None)


def _left(areas: Areas, va: int) -> int | None:
    at = bisect_left(areas, va, key=lambda area: area[0]) - 1
    return at if at >= 0 and va < areas[at][1] else None


def _next_above(areas: Areas, va: int) -> int | None:
    return next((n for n, (_, end) in enumerate(areas) if va < end), None)


def locate(areas: Areas, va: int, expected: int | None, got: int | None) -> str:
    """Say what kind of place it is."""
    if got is not None and not 0 <= got < len(areas):
        return f"There is no area {got}: they are numbered from 0 to {len(areas) - 1}."
    if expected is None:
        return f"{va:#x} lies in no area, but your function names one."
    if got is None:
        return f"{va:#x} lies in an area, and your function finds none."
    return f"Your area is too far {'down' if got < expected else 'up'}."


EXERCISE = Exercise(
    id="find-vma",
    notebook="07",
    title="Find the VMA",
    points=2,
    kind="code",
    draw=draw,
    text=text,
    form=(int, None),
    reference=reference,
    describe=lambda areas, va: f"{va:#x} among {len(areas)} area{'s' * (len(areas) != 1)}",
    locate=locate,
    mistakes=(
        Mistake(
            name="no look at the end",
            message="You take the last area that starts at or below the address, and do not ask "
            "whether it reaches that far. Between areas are holes.",
            solve=_nearest_below,
        ),
        Mistake(
            name="end inside",
            message="You take `end` for an address of the area. It is the first one behind it, "
            "and may be the first of the next.",
            solve=_end_inside,
        ),
        Mistake(
            name="start outside",
            message="You miss an area's first address. With `bisect`, that is the difference "
            "between `bisect_left` and `bisect_right`.",
            solve=_left,
        ),
        Mistake(
            name="next one above",
            message="For a hole you return the area above it. Linux's own `find_vma` does just "
            "that, and each of its callers then looks at `start`. Look at it here.",
            solve=_next_above,
        ),
    ),
    start="Which is the last area that starts at or below the address? Does it reach that far?",
    right="Linux keeps areas in a maple tree, which is this bisection with 16 branches at a time.",
    untested="that you bisect: a loop gives the same answers. With 60,000 areas, on every fault, "
    "it would not do.",
    hints=(
        "`bisect_right(areas, va, key=lambda area: area[0])` counts the areas that start at or "
        "below va.",
        "One less is the candidate; −1 means that there is none.",
        "The candidate holds the address if `va < areas[at][1]`.",
    ),
)
