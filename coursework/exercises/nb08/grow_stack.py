"""Stack growth in code: the limit, and the gap to the neighbour below."""

from __future__ import annotations

from random import Random
from typing import Any

from pagesim.units import count

from ...kinds import Code, Data, bug, own

_GAP = 256  # pages


def draw(rng: Random) -> Data:
    """Draw stores that grow, stay inside, and at last fail: by the limit, the gap, or not."""
    cases: list[list[object]] = [[10_000, 9_990, 2048, 0, [9_995, 9_980, 9_985, 9_900]]]
    for how in ("far", "limit", "gap", "none", "edge of the limit", "edge of the gap"):
        top = rng.randrange(20_000, 30_000)
        limit = rng.randrange(1000, 2048)
        near = how.endswith("gap")
        below = top - (rng.randrange(700, 950) if near else limit + _GAP + rng.randrange(50, 500))
        floor = below + _GAP if near else top - limit
        stores = [top - rng.randrange(1, 20)]
        step = (stores[0] - floor) // 5
        for _ in range(4):
            stores.append(min(stores) - rng.randrange(1, step))
            stores.append(min(stores) + rng.randrange(0, 5))
        if how == "far":
            stores, below = [top - 40, top - 45 - limit - rng.randrange(50, 200)], below - 1000
        elif how.startswith("edge"):
            stores += [floor, floor - 1]
        elif how != "none":
            stores.append(floor - rng.randrange(2, 40))
        if how != "none":  # what comes after the end, whether it would have been allowed or not
            stores.append(max(floor, min(stores[:-1]) - rng.randrange(3, 9)))
            stores.append(below if near else floor - rng.randrange(1, 40))
        cases.append([top, top - 33, limit, below, stores])
    return {"cases": cases}


def text(data: Data) -> str:
    """State what comes in and goes out."""
    case = data["cases"][0]
    return (
        "Write `grow_stack(top, low, limit, below, stores)`. All numbers are page numbers. The "
        "stack covers pages `low` to `top - 1`; `below` is the first page *behind* the area below "
        "it, so pages `below` to `low - 1` are free. A store to a page of the stack changes "
        "nothing. A store below it grows the stack down to that page, if it then has at most "
        f"`limit` pages, and at least {_GAP} pages stay free between it and the area below. Else "
        "it is SIGSEGV, and the program is over. Return `(low, failed)`: the lowest page of the "
        "stack in the end, and the number of the store that failed (from 0), or -1. "
        f"{count(len(data['cases']), 'call')} are made; the first, "
        f"`grow_stack({', '.join(map(str, case))})`, is `{tuple(solve(*case))}`."
    )


def solve(
    top: int, low: int, limit: int, below: int, stores: list[int], *, gap: int = _GAP,
    limited: bool = True, added: bool = False, back: bool = False, one: bool = False,
    limit_less: int = 0, goes_on: str = "", first: int = 0,
) -> list[int]:  # fmt: skip
    """Follow the rule of `expand_downwards`."""
    failed = -1
    for number, page in enumerate(stores, first):
        if page >= low:
            low = page if back else low
            continue
        size = (low if added else top) - page
        if (limited and size > limit - limit_less) or page - below < gap:
            failed = number if goes_on == "last" or failed < 0 else failed
            if goes_on:
                continue
            break
        low = low - 1 if one else page
    return [low, failed]


def locate(
    top: int, low: int, limit: int, below: int, stores: list[int], expected: Any, got: Any
) -> str:
    """Name the store at which they part, without saying who is right."""
    if got[1] == expected[1]:
        return "`failed` is right. `low`: what does a store inside change, and what one that fails?"
    at = min(each if 0 <= each < len(stores) else len(stores) - 1 for each in (expected[1], got[1]))
    return (
        f"Look at store {at} (from 0), to page {stores[at]}. Is it inside? If not, how many pages "
        "would the stack have, and how many would stay free?"
    )


EXERCISE = Code(
    **own(globals()),
    title="A stack that grows",
    results=("low", "failed"),
    describe=lambda top, low, limit, below, stores: (
        f"limit {limit}, {low - below} pages free, {count(len(stores), 'store')}"
    ),
    mistakes={
        bug(gap=0): "the stack grows until it touches its neighbour. The guard gap stays free.",
        bug(added=True): "only the growth of the moment is held against the limit, not the stack.",
        bug(limited=False): "the stack grows without a limit. RLIMIT_STACK counts all its pages.",
        bug(one=True): "the stack grows by one page, however deep the store.",
        bug(limit_less=1): "a stack of exactly `limit` pages is refused. It has *at most* so many.",
        bug(gap=_GAP + 1): f"a gap of exactly {_GAP} pages is refused. *At least* so many stay.",
        bug(back=True): "the stack moves with each store, up as well. It stays where it has come.",
        bug(goes_on="last"): "the program goes on after a store that failed. SIGSEGV is its end.",
        bug(goes_on="first"): "the stack grows on after a store that failed. SIGSEGV is its end.",
        bug(first=1): "the stores are counted from 1. The first one is number 0.",
    },
    start="For each store: is it inside? If not, how many pages would the stack have, and how many "
    "would stay free below?",
    right="The gap was one page until 2017, and a large local array could step over it: that "
    "attack was called Stack Clash, and since then it is 256.",
    untested="`ulimit -s unlimited`, other areas that grow, and threads, whose stacks do not.",
    hints=(
        "Inside: `page >= low`. Else the new size is `top - page`, and `page - below` pages stay "
        "free.",
        f"It fails if the size is over `limit`, or if fewer than {_GAP} stay free.",
        "On success `low = page`. On failure return at once; at the end return `(low, -1)`.",
    ),
)
