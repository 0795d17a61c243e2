"""Stack growth in code: the limit, and the gap to the neighbour below."""

from __future__ import annotations

from random import Random

from ...legacy import Data, Exercise, Mistake
from ...values import count

Result = list[int]  # [lowest page of the stack, -1 or the number of the store that failed]
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
        cases.append([top, top - 33, limit, below, stores])
    return {"cases": cases}


def text(data: Data) -> str:
    """State what comes in and goes out."""
    top, low, limit, below, stores = data["cases"][0]
    return (
        "Write `grow_stack(top, low, limit, below, stores)`. All numbers are page numbers. The "
        "stack covers pages `low` to `top - 1`; `below` is the first page *behind* the area below "
        "it, so pages `below` to `low - 1` are free. A store to a page of the stack changes "
        "nothing. A store below it grows the stack down to that page, if it then has at most "
        f"`limit` pages, and at least {_GAP} pages stay free between it and the area below. Else "
        "it is SIGSEGV, and the program is over. Return `(low, failed)`: the lowest page of the "
        "stack in the end, and the number of the store that failed (from 0), or -1. "
        f"{count(len(data['cases']), 'call')} are made; the first, `grow_stack({top}, {low}, "
        f"{limit}, {below}, {stores})`, is `{tuple(reference(top, low, limit, below, stores))}`."
    )


def reference(top: int, low: int, limit: int, below: int, stores: list[int]) -> Result:
    """Follow the rule of `expand_downwards`."""
    return _grow(top, low, limit, below, stores)


def _grow(
    top: int, low: int, limit: int, below: int, stores: list[int], *, gap: int = _GAP,
    limited: bool = True, start: bool = False, shrinks: bool = False, one: bool = False,
    strict: int = 0,
) -> Result:  # fmt: skip
    """Grow the stack; the options are mistakes."""
    for number, page in enumerate(stores):
        if page >= low:
            low = page if shrinks else low
            continue
        size = (low if start else top) - page
        if limited and size > limit - strict:
            return [low, number]
        if page - below < gap + strict:
            return [low, number]
        low = low - 1 if one else page
    return [low, -1]


def locate(
    top: int, low: int, limit: int, below: int, stores: list[int], expected: Result, got: Result
) -> str:
    """Say which of the two is wrong."""
    if expected[1] != got[1]:
        if got[1] == -1 or (expected[1] != -1 and got[1] > expected[1]):
            return "You let a store through that may not grow the stack. Limit, or gap?"
        return "You refuse a store that is allowed. Count the pages at the edge."
    return "The right store fails, but the stack ends at another page."


EXERCISE = Exercise(
    id="grow-stack",
    notebook="08",
    title="A stack that grows",
    points=2,
    kind="code",
    draw=draw,
    text=text,
    form=[int, int],
    reference=reference,
    describe=lambda top, low, limit, below, stores: (
        f"limit {limit}, {low - below} pages free, {count(len(stores), 'store')}"
    ),
    locate=locate,
    mistakes=(
        Mistake(
            name="no gap",
            message="Your stack grows until it touches its neighbour. The guard gap has to stay "
            "free, or an overflow would walk into other people's memory unnoticed.",
            solve=lambda *case: _grow(*case, gap=0),
        ),
        Mistake(
            name="only what is added",
            message="You hold only the growth of the moment against the limit. It is for the whole "
            "stack, from `top` down to the new page.",
            solve=lambda *case: _grow(*case, start=True),
        ),
        Mistake(
            name="no limit",
            message="Your stack grows without a limit. A runaway recursion would eat the machine; "
            "RLIMIT_STACK counts all its pages, from the top down.",
            solve=lambda *case: _grow(*case, limited=False),
        ),
        Mistake(
            name="one page at a time",
            message="Your stack grows by one page, however deep the store. The area reaches down "
            "to the page of the store at once; the pages between just have no frame yet.",
            solve=lambda *case: _grow(*case, one=True),
        ),
        Mistake(
            name="off by one",
            message="You refuse the last page that is allowed. Exactly `limit` pages are fine, and "
            "so is a gap of exactly 256.",
            solve=lambda *case: _grow(*case, strict=1),
        ),
        Mistake(
            name="it shrinks",
            message="Your stack moves with each store, up as well. A store inside changes nothing: "
            "a stack that has grown stays grown.",
            solve=lambda *case: _grow(*case, shrinks=True),
        ),
    ),
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
