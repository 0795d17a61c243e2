"""The best page size for given segments: no average, the very bytes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from ...kinds import Code, Data, bug, instead, own

SIZES = [1 << shift for shift in range(6, 21)]


def draw(rng: Random) -> Data:
    """Draw programs: many small segments, few large ones, both ends of the sizes, and edges."""
    cases = [[[rng.randrange(900, 1500) for _ in range(2)], 4], *_edges(rng)]
    for _ in range(5):
        count, power = rng.randrange(1, 12), rng.randrange(12, 26)
        segments = [rng.randrange(1 << power - 4, 1 << power) for _ in range(count)]
        segments += [rng.randrange(100, 4000) for _ in range(rng.randrange(6))]
        cases.append([segments, rng.choice((4, 8, 16))])
    cases.append([[_two_valleys(rng)], 8])
    cases.append([[rng.randrange(5, 30)], 4])  # a page of 32 would do, if there were one
    cases.append([[rng.randrange(2, 40, 2) << 20], 8])  # and one of 2 MiB
    return {"cases": cases}


def _edges(rng: Random) -> list[list[object]]:
    """Make whole pages as dear as larger ones, or cheaper by an entry; and a byte too many."""
    page, entry = 1 << rng.randrange(7, 13), rng.choice((4, 8, 16))
    half = 2 * page // entry
    odd = rng.randrange(1, half, 2)
    segments = ([page * (half + 1)], [page * odd, page * (2 * half - odd)], [8 * page + 1])
    return [[each, entry] for each in segments]


def _two_valleys(rng: Random) -> int:
    """Draw a length that costs more with a larger page, and least with a still larger one."""
    while True:
        length = rng.randrange(1 << 12, 1 << 17)
        costs = [_cost(length, page, 8) for page in SIZES]
        rise = next(at for at in range(1, len(SIZES)) if costs[at] >= costs[at - 1])
        if min(costs[rise:]) < costs[rise - 1]:
            return length


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


def _cost(length: int, page: int, entry: int) -> float:
    return -(length // -page) * entry + -length % page


def solve(
    segments: list[int],
    entry: int,
    *,
    cost: Callable[[int, int, int], float] = _cost,
    joined: bool = False,
    tie: int = 1,
    sizes: list[int] = SIZES,
) -> int:
    """Sort all sizes by what they cost, and equal ones by size."""
    pieces = [sum(segments)] if joined else segments
    costs = [(sum(cost(each, page, entry) for each in pieces), tie * page) for page in sizes]
    return abs(min(costs)[1])


def locate(segments: list[int], entry: int, expected: int, got: int) -> str:
    """Add up what the answer costs."""
    if got not in SIZES:
        return f"{got} is not one of the sizes: powers of two from {SIZES[0]} to {SIZES[-1]}."
    waste = sum(-length % got for length in segments)
    table = sum(_cost(length, got, entry) for length in segments) - waste
    better = "smaller" if expected < got else "larger"
    return (
        f"With pages of {got} bytes, {table:,} bytes are table and {waste:,} are wasted. There is "
        f"a {better} page with which the sum is less, or no more."
    )


EXERCISE = Code(
    **own(globals()),
    title="The best page size",
    look={"page": ""},
    mistakes={
        bug(cost=lambda length, page, entry: length / page * entry + page / 2): "half a page is "
        "wasted in each segment, as in the formula. That holds on average, for lengths that nobody "
        "knows. These you know: round up.",
        bug(cost=lambda length, page, entry: -(length // -page) * entry): "the table alone is "
        "counted, and so large pages win. They waste what is left over in the last page of each "
        "segment.",
        bug(cost=lambda length, page, entry: -length % page): "the waste alone is counted, so "
        "that the smallest page wins whatever the program. Every page has an entry, and somebody "
        "must pay for the table.",
        bug(cost=lambda length, page, entry: length // page * entry + -length % page): "the pages "
        "are rounded down for the table. The last page of a segment has an entry, full or not.",
        bug(
            cost=lambda length, page, entry: (length // page + 1) * (entry + page) - length
        ): "each segment has one page more than fit in it. A segment of exactly three pages has no "
        "fourth.",
        bug(joined=True): "the segments are added up, and the sum is cut into pages. Each segment "
        "begins with a fresh page, so each of them wastes the end of its own last page.",
        bug(tie=-1): "of two equally good sizes the larger is taken.",
        bug(sizes=SIZES[:-1]): "1 MiB is not among the sizes.",
        instead(page=lambda right, *case: right["page"].bit_length() - 1): "the power of two is "
        "returned. Asked for is the page size itself, in bytes.",
    },
    start="Take one page size and one segment. How many pages does it take, rounded up? Then the "
    "table is that many entries, and the waste is that many pages minus the segment.",
    right="That is a table a designer draws up before there is a chip, from the programs of the "
    "day. x86 got its 4 KiB in 1985.",
    untested="segments that share pages, empty lists.",
    hints=(
        "`pages = -(-length // page)` rounds up.",
        "Cost of one segment: `pages * entry + pages * page - length`. Add up over the segments.",
        "`min((1 << shift for shift in range(6, 21)), key=cost)` returns the size of least cost, "
        "and the first of equals; `cost(page)` is a function of yours.",
    ),
)
