"""A loop larger than the TLB: LRU loses everything, chance does not."""

from __future__ import annotations

from random import Random
from typing import Any

from pagesim.reuse import lru_hits

from ...kinds import Code, Data, bug, instead, own

_ROOM = ((3, 4), (4, 5), (4, 4), (5, 3), (6, 8), (8, 9), (16, 20))  # entries, pages of the loop


def draw(rng: Random) -> Data:
    """Draw how often to go round, and who leaves each time chance is asked."""
    cases: list[list[Any]] = []
    for entries, pages in _ROOM:
        rounds = rng.randrange(5, 9)
        cases.append([pages, entries, rounds, rng.choices(range(entries), k=pages * rounds)])
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


def solve(
    pages: int, entries: int, rounds: int, picks: list[int], *, fits: str = "right",
    asked: str = "evictions", fill: bool = True, in_place: bool = True, turned: bool = False,
) -> list[int]:  # fmt: skip
    """Ask the one-pass engine for LRU, and go through the loop for chance."""
    lru = int(lru_hits(list(range(pages)) * rounds, 1, entries).sum())
    if fits != "right":
        lru = pages * (rounds - 1) * (fits == "strictly" and pages < entries)
    held: list[int | None] = [None] * entries
    hits = evicted = 0
    for number in range(pages * rounds):
        page = number % pages
        if page in held:
            hits += 1
            continue
        if fill and None in held:
            held[held.index(None)] = page
            continue
        entry = picks[number if asked == "accesses" else evicted]
        evicted += 1
        if in_place:
            held[entry] = page
        else:
            held = [*held[:entry], *held[entry + 1 :], page]
    return [hits, lru] if turned else [lru, hits]


EXERCISE = Code(
    **own(globals()),
    title="Round and round",
    results=("lru", "chance"),
    describe=lambda pages, entries, rounds, picks: (
        f"{rounds} rounds over {pages} pages, {entries} entries"
    ),
    look={
        "lru": "When a page comes round again, is it still there?",
        "chance": "Write down who stands in each entry after the first round.",
    },
    mistakes={
        instead(lru=lambda right, pages, entries, rounds, _: min(pages, entries) * (rounds - 1)): (
            "as many pages as there are entries stay under LRU. But the one that leaves is always "
            "the one used longest ago, and in a loop that is the very page that comes next."
        ),
        instead(chance=lambda right, *case: right["lru"]): "chance gets the same hits as LRU. "
        "Chance does not know which page comes next, so it cannot be wrong each time.",
        instead(lru=lambda right, pages, entries, rounds, _: pages * rounds * (pages <= entries)): (
            "hits are counted in the first round, under LRU. The TLB is empty at first: whoever "
            "comes for the first time is missed, even if everything fits."
        ),
        bug(fits="never"): "LRU never hits. If the whole loop fits, everything hits from the "
        "second round on.",
        bug(fits="strictly"): "a loop of exactly as many pages as there are entries is one that "
        "does not fit. Who has to leave there?",
        bug(asked="accesses"): "`picks` is read by the number of the access. Only a miss that "
        "throws somebody out takes the next one; hits and free entries take none.",
        bug(fill=False): "chance is asked from the first miss on, and throws pages out while other "
        "entries are still empty. Free entries are taken first, in order.",
        bug(in_place=False): "the victim is taken out of the list and the new page put at its "
        "end, so that the others move up. The new page takes the victim's own entry; the others "
        "stay.",
        bug(turned=True): "the right numbers come in the wrong order: LRU first, then chance.",
    },
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
