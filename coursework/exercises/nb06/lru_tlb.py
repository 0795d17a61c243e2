"""A set-associative LRU TLB in code: its misses, and who had to leave."""

from __future__ import annotations

from random import Random
from typing import Any

from pagesim.units import count

from ...kinds import Code, Data, bug, own

_SHAPES = ((1, 2), (1, 3), (2, 2), (4, 1), (2, 3), (4, 2), (8, 4))


def draw(rng: Random) -> Data:
    """Draw a string for each geometry, with pages that come back and sets that differ in load."""
    cases: list[list[Any]] = [[[1, 2, 1, 3, 2], 1, 2]]
    for sets, ways in _SHAPES:
        some = rng.sample(range(6 * sets * ways), 2 * sets * ways + 2)
        hot = some[: ways + 1]
        pages = [rng.choice(hot if rng.random() < 0.5 else some) for _ in range(12 * sets + 12)]
        cases.append([[99 * sets, *pages], sets, ways])  # the first one never comes again
    return {"cases": cases}


def text(data: Data) -> str:
    """State what comes in and goes out."""
    pages, sets, ways = data["cases"][0]
    return (
        "Write `lru_tlb(pages, sets, ways)`. The TLB is empty at first; page p belongs to set "
        "`p % sets`; a full set gives up its least recently used page. Return "
        "`(misses, victims)`: how many accesses missed, and the pages that had to leave, in "
        f"order. {count(len(data['cases']), 'call')} are made. For example `lru_tlb({pages}, "
        f"{sets}, {ways})` is `{tuple(solve(pages, sets, ways))}`."
    )


def solve(
    pages: list[int], sets: int, ways: int, *, hit_counts: bool = True, newest: bool = False,
    one_set: bool = False, top: bool = False, counted: str = "misses",
) -> list[Any]:  # fmt: skip
    """Note for each page when it was used last."""
    if one_set:
        sets, ways = 1, sets * ways
    used: dict[int, int] = {}
    misses, left = 0, list[int]()
    for now, page in enumerate(pages):
        if page in used:
            used[page] = now if hit_counts else used[page]
            continue
        misses += 1
        group = (page // ways if top else page) % sets
        mine = [each for each in used if (each // ways if top else each) % sets == group]
        if len(mine) == ways:
            victim = (max if newest else min)(mine, key=used.__getitem__)
            left.append(victim)
            del used[victim]
        used[page] = now
    return [{"misses": misses, "hits": len(pages) - misses, "left": len(left)}[counted], left]


def locate(pages: list[int], sets: int, ways: int, expected: list[Any], got: list[Any]) -> str:
    """Say at which access the first wrong victim should have left."""
    for n, (right, theirs) in enumerate(zip(expected[1], got[1], strict=False), 1):
        if right != theirs:
            left = (len(solve(pages[:now], sets, ways)[1]) for now in range(len(pages) + 1))
            at = next(now for now, victims in enumerate(left) if victims == n)
            return (
                f"Item {n} of `victims` is the first wrong one. Look at access {at}, page "
                f"{pages[at - 1]}: who of its set was used longest ago?"
            )
    return ""


EXERCISE = Code(
    **own(globals()),
    title="A TLB of your own",
    results=("misses", "victims"),
    form=[int, [int]],
    describe=lambda pages, sets, ways: (
        f"{len(pages)} accesses, {count(sets, 'set')} of {count(ways, 'way')}"
    ),
    look={
        "victims": "Somebody leaves where a set is full. Who of its set was used longest ago?",
        "misses": "Every access that does not find its page is one.",
    },
    mistakes={
        bug(hit_counts=False): "a hit leaves no trace, so that the page that *came* first leaves, "
        "used or not. That is FIFO. Under LRU a hit moves the page to the end of the queue.",
        bug(newest=True): "the page used *last* is thrown out, which is the one most likely to be "
        "wanted again. Take the other end.",
        bug(one_set=True): "the TLB holds sets × ways pages, whatever their set: it is fully "
        "associative. Each set has room for `ways` pages of its own and lends none.",
        bug(top=True): "the set is `page // ways % sets`: the lowest bits do not count, and "
        "neighbours crowd into one set. It is `page % sets`.",
        bug(counted="hits"): "the hits are returned. The misses are asked for: each of them is a "
        "walk.",
        bug(counted="left"): "a miss is counted only where somebody has to leave. A page that goes "
        "into a free place was missed as well.",
    },
    start="Keep one list for each set, the least recently used page first. What happens to the "
    "list on a hit, and what on a miss?",
    right="That is the whole of a TLB but for the frame number beside each page. Hardware compares "
    "all ways at once, and few vendors can afford true LRU: see tree-PLRU in the picture.",
    untested="ASIDs, page sizes, and speed: on millions of accesses a stack for all sizes wins.",
    hints=(
        "`rows = [[] for _ in range(sets)]`, and `row = rows[page % sets]`.",
        "Hit: `row.remove(page)`, then `row.append(page)`. Now the first of the row is the one "
        "used longest ago.",
        "Miss: count it; if `len(row) == ways`, then `victims.append(row.pop(0))`; in any case "
        "append the page.",
    ),
)
