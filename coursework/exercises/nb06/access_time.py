"""The mean cost of a translation with two levels of TLB, and with walk caches behind them."""

from __future__ import annotations

from random import Random

from pagesim.units import count

from ...kinds import Data, Numbers, bug, own


def draw(rng: Random) -> Data:
    """Draw shares in percent, and cycles."""
    return {
        "first": rng.randrange(80, 97),
        "second": rng.randrange(55, 90, 5),
        "cached": rng.randrange(60, 95, 5),
        "lookup": [rng.choice((1, 2)), rng.randrange(7, 13)],
        "read": rng.choice((15, 20, 25, 30, 40)),
    }


def text(data: Data) -> str:
    """State the machine."""
    one, two = data["lookup"]
    return (
        "A translation asks, one after the other, as far as it has to:"
        f"\n\n    first level   {count(one, 'cycle'):<12}has {data['first']} % of all accesses"
        f"\n    second level  {f'{two} more':<12}has {data['second']} % of what the first missed"
        f"\n    walk          4 reads, one after the other, {data['read']} cycles each\n\n"
        'What does it cost on average, in cycles: with "no TLB" at all; with the "two levels"; and '
        f'with "walk caches" added, which let {data["cached"]} % of the walks begin at the last '
        "level, with 1 read? (Let Python do the sums, and round only what comes out.)"
    )


def solve(
    data: Data, *, of_missed: bool = True, caches: bool = True, waits: bool = True,
    all_ask: bool = False, levels: int = 4,
) -> dict[str, float]:  # fmt: skip
    """Follow 10,000 accesses: who asks, who walks, and how many reads they make in all."""
    asking = 10_000 - data["first"] * 100
    walking = (asking if of_missed else 10_000) * (100 - data["second"]) / 100
    one, two = data["lookup"]

    def mean(cached: int) -> float:
        reads = (cached + (100 - cached) * 4) / 100 if levels == 4 else 1 - cached / 100
        lookups = 10_000 * one + (10_000 if all_ask else asking) * two
        if not waits:  # only who finds something there pays for looking
            lookups = (10_000 - asking) * one + (asking - walking) * two
        return float(lookups + walking * reads * data["read"]) / 10_000

    return {
        "no TLB": levels * data["read"],
        "two levels": mean(0),
        "walk caches": mean(data["cached"] if caches else 0),
    }


EXERCISE = Numbers(
    **own(globals()),
    title="The mean of a translation",
    form=dict.fromkeys(("no TLB", "two levels", "walk caches"), float),
    digits=4,
    look={
        "no TLB": "Every access walks, and asks nobody before: what do four reads take?",
        "two levels": "Of 100 accesses, how many ask the second level, and how many of them walk?",
        "walk caches": "Only the reads of a walk become fewer: how many are they on average?",
    },
    mistakes={
        bug(of_missed=False): "the second level's share is one of *all* accesses. It is asked only "
        "about what the first level missed, and its share is one of those.",
        bug(caches=False): "a walk costs four reads with walk caches, too. Most walks then begin "
        "below the root.",
        bug(waits=False): "a level's lookup is charged only to those who find something there. Who "
        "misses has waited for the answer all the same.",
        bug(all_ask=True): "the second level is charged to every access. Those that hit in the "
        "first one never get there.",
        bug(levels=1): "a walk is a single read. There are four levels here, and each has to be "
        "read before the next one is known.",
    },
    start="Follow 1000 accesses through the machine: how many ask the second level, how many walk, "
    "how many entries are read in all?",
    right="It is the bill's arithmetic. The first level saves most of it, as it answers most "
    "accesses; the second saves walks, walk caches shorten those that are left. Real processors "
    "overlap walks with other work, so these are upper bounds.",
    untested="walks that run side by side, and entries that come from different caches.",
    hints=(
        '"no TLB": four reads, every time.',
        '"two levels": lookup₁ + miss₁ × lookup₂ + miss₁ × miss₂ × 4 × read, with the misses as '
        "shares, 0.05 for 5 %.",
        '"walk caches": instead of 4 reads, cached × 1 + (1 − cached) × 4, with the share '
        "cached as 0.8 for 80 %.",
    ),
)
