"""The mean cost of a translation with two levels of TLB, and with walk caches behind them."""

from __future__ import annotations

from random import Random

from ...legacy import Data, Exercise, Mistake

_KEYS = ("no TLB", "two levels", "walk caches")
_LEVELS = 4


def draw(rng: Random) -> Data:
    """Draw shares in percent, and cycles."""
    return {
        "first": rng.randrange(80, 97),
        "second": rng.randrange(50, 90, 5),
        "cached": rng.randrange(60, 95, 5),
        "lookup": [rng.choice((1, 2)), rng.randrange(7, 13)],
        "read": rng.choice((15, 20, 25, 30, 40)),
    }


def text(data: Data) -> str:
    """State the machine."""
    one, two = data["lookup"]
    return (
        f"Every access asks the first level: {one} cycle{'s' if one > 1 else ''}. It has "
        f"{data['first']} % of them. The others ask the second level as well, {two} cycles more, "
        f"which has {data['second']} % of *those*. What is left walks: 4 reads of "
        f"{data['read']} cycles each, one after the other. What does a translation cost on "
        'average, in cycles: with "no TLB" at all; with the "two levels"; and with "walk caches" '
        f"added, which let {data['cached']} % of the walks begin at the last level, with 1 read? "
        "(Let Python do the sums, and round only what comes out.)"
    )


def reference(data: Data, key: str) -> float:
    """Charge each level to those that ask it."""
    if key == "no TLB":
        return float(_LEVELS * data["read"])
    one, two = data["lookup"]
    asks_second = 1 - data["first"] / 100
    walks = asks_second * (1 - data["second"] / 100)
    return float(one + asks_second * two + walks * _reads(data, key) * data["read"])


def _reads(data: Data, key: str) -> float:
    cached = data["cached"] / 100 if key == "walk caches" else 0
    return cached + (1 - cached) * _LEVELS


def _share_of_all(data: Data, key: str) -> float:
    if key == "no TLB":
        return reference(data, key)
    one, two = data["lookup"]
    walks = 1 - data["second"] / 100
    return float(one + (1 - data["first"] / 100) * two + walks * _reads(data, key) * data["read"])


def _always_full(data: Data, key: str) -> float:
    return reference(data, "two levels" if key == "walk caches" else key)


def _lookup_free_on_miss(data: Data, key: str) -> float:
    if key == "no TLB":
        return reference(data, key)
    one, two = data["lookup"]
    missed, found = 1 - data["first"] / 100, data["second"] / 100
    walk = _reads(data, key) * data["read"]
    return float((1 - missed) * one + missed * (found * two + (1 - found) * walk))


def _everybody_asks(data: Data, key: str) -> float:
    if key == "no TLB":
        return reference(data, key)
    one, two = data["lookup"]
    walks = (1 - data["first"] / 100) * (1 - data["second"] / 100)
    return float(one + two + walks * _reads(data, key) * data["read"])


def _one_read(data: Data, key: str) -> float:
    if key == "no TLB":
        return float(data["read"])
    one, two = data["lookup"]
    asks = 1 - data["first"] / 100
    reads = 1 - data["cached"] / 100 if key == "walk caches" else 1
    return float(one + asks * two + asks * (1 - data["second"] / 100) * reads * data["read"])


def locate(data: Data, key: str, expected: float, got: float) -> str:
    """Say on which side it lies, and whom to ask."""
    if abs(got - expected) <= 0.05:
        return f"{got:g} is right as far as it goes. Do not round: leave the sum to Python."
    side = "too few" if got < expected else "too many"
    look = {
        "no TLB": "Every access walks, and nothing else happens.",
        "two levels": "Of 100 accesses, how many ask the second level, and how many of them walk?",
        "walk caches": "Only the reads of a walk become fewer: how many are they on average?",
    }
    return f"Those are {side} cycles. {look[key]}"


EXERCISE = Exercise(
    id="access-time",
    notebook="06",
    title="The mean of a translation",
    points=2,
    kind="number",
    draw=draw,
    text=text,
    form=dict.fromkeys(_KEYS, float),
    reference=reference,
    describe=lambda data, key: f'"{key}"',
    locate=locate,
    mistakes=(
        Mistake(
            name="share of all",
            message="You took the second level's share for one of *all* accesses. It is asked only "
            "about what the first level missed, and its share is one of those.",
            solve=_share_of_all,
        ),
        Mistake(
            name="always a full walk",
            message="With walk caches you still charge four reads for each walk. A miss does not "
            "always cost a full walk: most begin below the root.",
            solve=_always_full,
        ),
        Mistake(
            name="lookups free on a miss",
            message="You charge a level's lookup only to those who find something there. Who "
            "misses has waited for the answer all the same.",
            solve=_lookup_free_on_miss,
        ),
        Mistake(
            name="everybody asks both",
            message="You charge the second level to every access. Those that hit in the first one "
            "never get there.",
            solve=_everybody_asks,
        ),
        Mistake(
            name="a walk is one read",
            message="You count a walk as a single read. There are four levels here, and each has "
            "to be read before the next one is known.",
            solve=_one_read,
        ),
    ),
    start="Follow 1000 accesses through the machine: how many ask the second level, how many walk, "
    "how many entries are read in all?",
    right="It is the bill's arithmetic. Real processors hide part of it by overlapping walks with "
    "other work, so these are upper bounds.",
    untested="walks that run side by side, and entries that come from different caches.",
    hints=(
        '"no TLB": four reads, every time.',
        '"two levels": lookup₁ + miss₁ × lookup₂ + miss₁ × miss₂ × 4 × read, with the misses as '
        "shares, 0.05 for 5 %.",
        '"walk caches": instead of 4 reads, cached × 1 + (1 − cached) × 4.',
    ),
)
