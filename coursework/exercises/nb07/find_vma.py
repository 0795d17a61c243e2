"""Find the VMA that holds an address, by bisection over sorted areas."""

from __future__ import annotations

from random import Random

from pagesim.units import count

from ...kinds import Code, Data, bug, own

_PAGE = 4096
Areas = list[list[int]]


def draw(rng: Random) -> Data:
    """Draw rows of areas with and without holes; ask for edges, holes, and both ends."""
    cases: list[list[object]] = [[[[0x1000, 0x3000], [0x3000, 0x4000], [0x8000, 0x9000]], 0x3000]]
    for number in (1, 2, 3, 5, 8, 40):
        areas: Areas = []
        at = rng.randrange(16, 99) * _PAGE
        holes = [0, rng.randrange(2, 9), *(rng.choice((0, 0, 3)) for _ in range(38))]
        for hole in holes[:number]:
            areas.append([at, at + rng.randrange(2, 9) * _PAGE])
            at = areas[-1][1] + hole * _PAGE
        first, last, which = areas[0], areas[-1], rng.choice(areas)
        behind = areas[min(1, number - 1)][1]  # of the second area comes a hole
        asked = [
            first[0] - 1, first[0], first[1] - 1, which[0], which[0] + 5, rng.randrange(*which),
            which[1] - 1, last[0], last[1] - 1, last[1], behind + rng.choice((0, _PAGE)),
        ]  # fmt: skip
        asked += [first[1], behind] * (number > 2)
        cases += [[areas, va] for va in dict.fromkeys(asked)]
    return {"cases": cases}


def text(data: Data) -> str:
    """State what comes in and goes out."""
    return (
        "Write `find_vma(areas, va)`: `areas` is a list of `[start, end]`, sorted, without "
        "overlaps; an area holds `start` and not `end`. Return the number (from 0) of the area "
        f"that holds the address, or None. {len(data['cases'])} calls are made. For example "
        "`find_vma([[0x1000, 0x3000], [0x3000, 0x4000]], 0x3000)` is `1`."
    )


def solve(
    areas: Areas, va: int, *, start_in: bool = True, end_in: str = "no", above: bool = False,
    first: int = 0,
) -> int | None:  # fmt: skip
    """Look at all of them."""
    found = []
    for number, (start, end) in enumerate(areas):
        above_start = start <= va if start_in else start < va
        at_end = va == end and end_in in ("first", "last")
        if at_end or (above_start and (va < end or end_in == "all")):
            found.append(number)
    if above:
        found = [number for number, (_, end) in enumerate(areas) if va < end][:1]
    if not found:
        return None
    return first + (found[0] if end_in == "first" else found[-1])


def locate(areas: Areas, va: int, expected: int | None, got: int | None) -> str:
    """Say what kind of place it is."""
    if expected is None:
        return f"{va:#x} lies in no area, and your function returns {got}."
    if got is None:
        return f"{va:#x} lies in an area, and your function finds none."
    if not 0 <= got < len(areas):
        return f"There is no area {got}: they are numbered from 0 to {len(areas) - 1}."
    return f"Your area is too far {'down' if got < expected else 'up'}."


EXERCISE = Code(
    **own(globals()),
    title="Find the VMA",
    form=(int, None),
    describe=lambda areas, va: f"{va:#x} among {count(len(areas), 'area')}",
    mistakes={
        bug(end_in="all"): "the last area that starts at or below the address is returned, "
        "however far it reaches. Between areas are holes.",
        bug(end_in="first"): "`end` belongs to the area. It is the first address behind it, and "
        "may be the first of the next.",
        bug(end_in="last"): "`end` belongs to the area, where a hole comes next. It is the first "
        "address behind the area: `va < end`.",
        bug(start_in=False): "an area does not hold its first address, as with `bisect_left`.",
        bug(above=True): "for a hole the area above it is returned, as by Linux's own `find_vma`. "
        "There the callers look at `start`; look at it here.",
        bug(first=1): "areas are counted from 1. As in any list, the first one is number 0.",
    },
    start="Which is the last area that starts at or below the address? Does it reach that far?",
    right="Linux keeps areas in a maple tree, which is this bisection with up to 16 branches at a "
    "time.",
    untested="that you bisect: a loop gives the same answers. With 60,000 areas, on every fault, "
    "it would not do.",
    hints=(
        "`bisect_right(areas, va, key=lambda area: area[0])` counts the areas that start at or "
        "below va.",
        "One less is the candidate; −1 means that there is none.",
        "The candidate holds the address if `va < areas[at][1]`.",
    ),
)
