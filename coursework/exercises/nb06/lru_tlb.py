"""A set-associative LRU TLB in code: its misses, and who had to leave."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from pagesim import Tlb

from ...legacy import Data, Exercise, Mistake
from ...values import count
from .. import victims
from ..victims import Result

_SHAPES = ((1, 2), (1, 3), (2, 2), (4, 1), (2, 3), (4, 2), (8, 4))


def draw(rng: Random) -> Data:
    """Draw a string for each geometry, with pages that come back and sets that differ in load."""
    cases: list[list[Any]] = [[[1, 2, 1, 3, 2], 1, 2]]
    for sets, ways in _SHAPES:
        some = rng.sample(range(6 * sets * ways), 2 * sets * ways + 2)
        hot = some[: ways + 1]
        pages = [rng.choice(hot if rng.random() < 0.5 else some) for _ in range(12 * sets + 12)]
        cases.append([pages, sets, ways])
    return {"cases": cases}


def text(data: Data) -> str:
    """State what comes in and goes out."""
    pages, sets, ways = data["cases"][0]
    misses, left = reference(pages, sets, ways)
    return (
        "Write `lru_tlb(pages, sets, ways)`. The TLB is empty at first; page p belongs to set "
        "`p % sets`; a full set gives up its least recently used page. Return "
        "`(misses, victims)`: how many accesses missed, and the pages that had to leave, in "
        f"order. {count(len(data['cases']), 'call')} are made. For example `lru_tlb({pages}, "
        f"{sets}, {ways})` is `({misses}, {left})`."
    )


def reference(pages: list[int], sets: int, ways: int) -> Result:
    """Ask the simulator."""
    tlb, misses, left = Tlb(sets * ways, ways), 0, []
    for page in pages:
        if not tlb.lookup(page).hit:
            misses += 1
            evicted = tlb.insert(page).evicted
            if evicted:
                left.append(evicted.vpn)
    return [misses, left]


def _astray(
    pages: list[int],
    sets: int,
    ways: int,
    *,
    place: Callable[[int, int, int], int] = lambda page, sets, ways: page % sets,
    used: bool = True,
    newest: bool = False,
    one_set: bool = False,
    answer: Callable[[int, int, list[int]], Result] = lambda hits, misses, left: [misses, left],
) -> Result:
    """Run the TLB as the mistakes do."""
    if one_set:
        sets, ways = 1, sets * ways
    rows: list[list[int]] = [[] for _ in range(sets)]
    hits, misses, left = 0, 0, []
    for page in pages:
        row = rows[place(page, sets, ways)]
        if page in row:
            hits += 1
            if used:
                row.remove(page)
                row.append(page)
            continue
        misses += 1
        if len(row) == ways:
            left.append(row.pop(-1 if newest else 0))
        row.append(page)
    return answer(hits, misses, left)


def locate(pages: list[int], sets: int, ways: int, expected: Result, got: Result) -> str:
    """Compare the victims one by one, then the count."""
    look = "Who of its set was used longest ago?"
    return victims.locate(expected, got, look=look, full="a set is full", counted="misses")


EXERCISE = Exercise(
    id="lru-tlb",
    notebook="06",
    title="A TLB of your own",
    points=2,
    kind="code",
    draw=draw,
    text=text,
    form=[int, [int]],
    reference=reference,
    describe=lambda pages, sets, ways: (
        f"{len(pages)} accesses, {count(sets, 'set')} of {ways} way{'s' * (ways != 1)}"
    ),
    locate=locate,
    mistakes=(
        Mistake(
            name="first in, first out",
            message="A hit leaves no trace in your TLB, so the page that *came* first leaves, used "
            "or not. That is FIFO. Under LRU a hit moves the page to the end of the queue.",
            solve=partial(_astray, used=False),
        ),
        Mistake(
            name="newest leaves",
            message="You throw out the page used *last*, which is the one most likely to be "
            "wanted again. Take the other end.",
            solve=partial(_astray, newest=True),
        ),
        Mistake(
            name="one large set",
            message="Your TLB holds sets × ways pages, whatever their set: it is fully "
            "associative. Each set has room for `ways` pages of its own and lends none.",
            solve=partial(_astray, one_set=True),
        ),
        Mistake(
            name="index from the top",
            message="You took the set from the high bits of the page number. Neighbours then "
            "crowd into one set; it is `page % sets`.",
            solve=partial(_astray, place=lambda page, sets, ways: page // ways % sets),
        ),
        Mistake(
            name="hits for misses",
            message="You return the hits. The misses are asked for: each of them is a walk.",
            solve=partial(_astray, answer=lambda hits, misses, left: [hits, left]),
        ),
        Mistake(
            name="only those that evict",
            message="You count a miss only where somebody has to leave. A page that goes into a "
            "free place was missed as well.",
            solve=partial(_astray, answer=lambda hits, misses, left: [len(left), left]),
        ),
    ),
    start="Keep one list for each set, the least recently used page first. What happens to the "
    "list on a hit, and what on a miss?",
    right="That is the whole of a TLB but for the frame number beside each page. Hardware compares "
    "all ways at once, and few vendors can afford true LRU: see tree-PLRU in the picture.",
    untested="ASIDs, page sizes, and speed: on millions of accesses a stack for all sizes wins.",
    hints=(
        "`rows = [[] for _ in range(sets)]`, and `row = rows[page % sets]`.",
        "Hit: `row.remove(page)`, then `row.append(page)`. Now the first of the row is the one "
        "used longest ago.",
        "Miss: if `len(row) == ways`, then `victims.append(row.pop(0))`; in any case append the "
        "page.",
    ),
)
