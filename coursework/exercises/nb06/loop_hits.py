"""A loop larger than the TLB: LRU loses everything, chance does not."""

from __future__ import annotations

from functools import partial
from itertools import cycle, islice
from random import Random
from typing import Any

from pagesim.reuse import lru_hits

from ...legacy import Data, Exercise, Mistake

_ROOM = ((3, 4), (4, 5), (4, 4), (6, 8), (8, 9), (16, 20))  # entries, pages of the loop


def draw(rng: Random) -> Data:
    """Draw how often to go round, and who leaves each time chance is asked."""
    cases: list[list[Any]] = []
    for entries, pages in _ROOM:
        rounds = rng.randrange(5, 9)
        picks = [rng.randrange(entries) for _ in range(pages * rounds)]
        cases.append([pages, entries, rounds, picks])
    return {"cases": cases}


def text(data: Data) -> str:
    """State what comes in and goes out."""
    pages, entries, rounds, picks = data["cases"][0]
    return (
        "Write `loop_hits(pages, entries, rounds, picks)`: the hits of a fully associative TLB on "
        "the pages 0, 1, …, pages − 1, gone through `rounds` times. Return `(lru, chance)`: the "
        "hits if the least recently used page leaves, and the hits if chance decides. Free "
        "entries are taken first, in order; after that, miss number k throws out whoever stands "
        "in entry `picks[k]` (k counts from 0, and only the misses that throw somebody out), and "
        f"takes that place. {len(data['cases'])} calls are made; the first is `loop_hits({pages}, "
        f"{entries}, {rounds}, {picks})`."
    )


def reference(pages: int, entries: int, rounds: int, picks: list[int]) -> list[int]:
    """Ask the one-pass engine for LRU, and run chance step by step."""
    string = list(range(pages)) * rounds
    return [int(lru_hits(string, 1, entries).sum()), _chance(pages, entries, rounds, picks)]


def _chance(
    pages: int,
    entries: int,
    rounds: int,
    picks: list[int],
    *,
    asked_always: bool = False,
    fills_first: bool = True,
    in_place: bool = True,
) -> int:
    """Run the loop with picks for victims; the options are mistakes."""
    held: list[int | None] = [None] * entries
    hits = used = filled = 0
    for number, page in enumerate(islice(cycle(range(pages)), pages * rounds)):
        if page in held:
            hits += 1
            continue
        if fills_first and filled < entries:
            held[filled] = page
            filled += 1
            continue
        entry = picks[number if asked_always else used]
        if in_place:
            held[entry] = page
        else:
            held = [*held[:entry], *held[entry + 1 :], page]
        used += 1
    return hits


def _lru(pages: int, entries: int, rounds: int) -> int:
    return pages * (rounds - 1) if pages <= entries else 0


def _some_stay(pages: int, entries: int, rounds: int, picks: list[int]) -> list[int]:
    stay = min(pages, entries) * (rounds - 1)
    return [stay, _chance(pages, entries, rounds, picks)]


def _like_lru(pages: int, entries: int, rounds: int, picks: list[int]) -> list[int]:
    return [_lru(pages, entries, rounds)] * 2


def _first_round_too(pages: int, entries: int, rounds: int, picks: list[int]) -> list[int]:
    lru = pages * rounds if pages <= entries else 0
    return [lru, _chance(pages, entries, rounds, picks)]


def _zero(pages: int, entries: int, rounds: int, picks: list[int]) -> list[int]:
    return [0, _chance(pages, entries, rounds, picks)]


def _drawn_wrong(pages: int, entries: int, rounds: int, picks: list[int], **how: bool) -> list[int]:
    return [_lru(pages, entries, rounds), _chance(pages, entries, rounds, picks, **how)]


def _swapped(pages: int, entries: int, rounds: int, picks: list[int]) -> list[int]:
    return reference(pages, entries, rounds, picks)[::-1]


def locate(
    pages: int, entries: int, rounds: int, picks: list[int], expected: list[int], got: list[int]
) -> str:
    """Name the policy whose hits are wrong, and the side."""
    which = 0 if expected[0] != got[0] else 1
    side = "few" if got[which] < expected[which] else "many"
    look = (
        "When a page comes round again, is it still there?",
        "Write down who stands in each entry after the first round.",
    )[which]
    return f"Too {side} hits under {('LRU', 'chance')[which]}. {look}"


EXERCISE = Exercise(
    id="loop-hits",
    notebook="06",
    title="Round and round",
    points=2,
    kind="code",
    draw=draw,
    text=text,
    form=[int, int],
    reference=reference,
    describe=lambda pages, entries, rounds, picks: (
        f"{rounds} rounds over {pages} pages, {entries} entries"
    ),
    locate=locate,
    mistakes=(
        Mistake(
            name="most pages stay",
            message="Under LRU you let as many pages stay as there are entries. But the one that "
            "leaves is always the one used longest ago, and in a loop that is the very page that "
            "comes next.",
            solve=_some_stay,
        ),
        Mistake(
            name="chance like LRU",
            message="You give chance the same hits as LRU. Chance does not know which page comes "
            "next, so it cannot be wrong each time.",
            solve=_like_lru,
        ),
        Mistake(
            name="first round hits",
            message="You count hits in the first round. The TLB is empty at first: whoever comes "
            "for the first time is missed, even if everything fits.",
            solve=_first_round_too,
        ),
        Mistake(
            name="LRU never hits",
            message="Under LRU you return 0 always. If the whole loop fits, everything hits from "
            "the second round on.",
            solve=_zero,
        ),
        Mistake(
            name="a pick for each access",
            message="You take `picks` by the number of the access. Only a miss that throws "
            "somebody out takes the next one; hits and free entries take none.",
            solve=partial(_drawn_wrong, asked_always=True),
        ),
        Mistake(
            name="free entries not used",
            message="You ask chance from the first miss on, and it throws pages out while other "
            "entries are still empty. Free entries are taken first, in order.",
            solve=partial(_drawn_wrong, fills_first=False),
        ),
        Mistake(
            name="the others move up",
            message="You take the victim out of the list and put the new page at its end, so that "
            "the others move up. The new page takes the victim's own entry; the others stay.",
            solve=partial(_drawn_wrong, in_place=False),
        ),
        Mistake(
            name="swapped",
            message="The right numbers in the wrong order: LRU first, then chance.",
            solve=_swapped,
        ),
    ),
    start="LRU first, without code: a loop over 5 pages, 4 entries. Which page has just left when "
    "page 0 comes again? Then write the loop for chance.",
    right="No policy is best for all programs. Under LRU a loop that is one page too long costs "
    "everything, which is why processors mix in some chance, or notice loops.",
    untested="sets, and real random numbers: over many rounds chance comes near a fixed share.",
    hints=(
        "LRU: `pages * (rounds - 1)` if the loop fits, 0 if not. (Or use your `lru_tlb` with one "
        "set, and check it.)",
        "Chance: `held = []`; on a miss, append while `len(held) < entries`.",
        "After that: `held[picks[k]] = page`, then `k += 1`.",
    ),
)
