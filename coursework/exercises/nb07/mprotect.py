"""Split and merge areas when the permissions of a range change."""

from __future__ import annotations

from random import Random
from typing import Any

from ...kinds import Code, Data, bug, own

_PERMS = ("r--", "rw-", "r-x", "---")
Areas = list[list[Any]]  # [first page, page behind the last, perms]


def draw(rng: Random) -> Data:
    """Draw changes of a middle, of both ends, of several areas, and back again."""
    cases: list[list[Any]] = []
    for _ in range(3):
        a, b, other = rng.sample(_PERMS, 3)
        at = rng.randrange(10, 99)
        one = at + rng.randrange(4, 12)
        two = one + rng.randrange(4, 12)
        end = two + rng.randrange(4, 12)
        whole: Areas = [[at, end, a]]
        three: Areas = [[at, one, a], [one, two, b], [two, end, a]]
        apart: Areas = [[at, one, a], [one, two, b], [two + 3, end + 3, a]]
        cases += [
            [whole, one, two, b],  # a middle: three
            [whole, at, one, b],  # a beginning: two
            [three, one, two, a],  # back: one
            [three, at, two, b],  # meets a like neighbour within the range
            [three, one, two - 1, a],  # merges on the left only
            [three, one + 1, two, a],  # on the right only
            [three, at + 1, end - 1, other],  # over all three
            [apart, one, two, a],  # a hole keeps apart what is alike
            [whole, one, one + 1, b],  # a single page
            [whole, one, two, a],  # nothing changes
        ]
    return {"cases": cases}


def text(data: Data) -> str:
    """State what comes in and goes out."""
    areas, start, end, perms = data["cases"][0]
    return (
        "Write `mprotect(areas, start, end, perms)`. `areas` is a sorted list of "
        "`[first page, page behind the last, perms]` and covers all of `start` to `end`. Return "
        "the list of areas after the pages from `start` up to, not including, `end` have got "
        "`perms`: areas that reach over the edge are split, and neighbours that touch and have "
        f"the same permissions are one. For example `mprotect({areas}, {start}, {end}, {perms!r})` "
        f"is `{solve(areas, start, end, perms)}`."
    )


def solve(
    areas: Areas, start: int, end: int, perms: str, *, split: bool = True, merge: bool = True,
    more: int = 0, over_holes: bool = False,
) -> Areas:  # fmt: skip
    """Go page by page: brute force, but nothing to get wrong."""
    pages = {page: what for first, last, what in areas for page in range(first, last)}
    changed = set(range(start, end + more))
    if not split:
        changed = {page for first, last, _ in areas if first < end and start < last
                   for page in range(first, last)}  # fmt: skip
    pages |= dict.fromkeys(changed & pages.keys(), perms)
    edges = {start, end + more, *(first for first, _, _ in areas)}
    row: Areas = []
    for page, what in sorted(pages.items()):
        touches = row and (row[-1][1] == page or over_holes) and (merge or page not in edges)
        if touches and row[-1][2] == what:
            row[-1][1] = page + 1
        else:
            row.append([page, page + 1, what])
    return row


def locate(areas: Areas, start: int, end: int, perms: str, expected: Areas, got: Areas) -> str:
    """Name the first area that is wrong, or their number."""
    if sorted(got) == sorted(expected):
        return "Those are the right areas, but not sorted."
    if any(first >= last for first, last, _ in got):
        return "One of your areas is empty: it ends where it starts, or before."
    for number, (right, theirs) in enumerate(zip(expected, got, strict=False), 1):
        names = ("start", "end, which is the page behind its last one", "perms")
        for what, one, other in zip(names, right, theirs, strict=True):
            if one != other:
                return f"Area {number} is the first wrong one: its {what}."
    return f"You return too {'few' if len(got) < len(expected) else 'many'} areas."


EXERCISE = Code(
    **own(globals()),
    title="Split and merge",
    form=[[int, int, str]],
    describe=lambda areas, start, end, perms: f"pages {start} to {end} of {areas} become {perms}",
    mistakes={
        bug(merge=False): "areas are split, and never put together. Neighbours that touch and "
        "agree are one, or each change would leave more of them, up to the limit of 65,530.",
        bug(split=False): "whole areas change where a part was asked for. What lies outside the "
        "range keeps its permissions: cut there first.",
        bug(more=1): "one page too many changes: `end` is the first page behind the range.",
        bug(over_holes=True): "areas that do not touch are merged. The hole would become memory.",
    },
    start="Cut every area at `start` and at `end`, as far as it reaches over them. Then change, "
    "then merge.",
    right="A JIT does this all day: write the code as rw-, turn it into r-x, and leave areas.",
    untested="holes in the range (mprotect returns ENOMEM), files, whose offsets must fit, and "
    "speed.",
    hints=(
        "Each area gives up to three pieces: below `start`, in the range, from `end` on. Drop the "
        "empty ones.",
        "The piece in the range is `[max(first, start), min(last, end), perms]`, if it is not "
        "empty; an area that lies wholly outside stays as it is.",
        "Merge: go through the pieces; if the last one kept ends where this one starts, with the "
        "same perms, move its end.",
    ),
)
