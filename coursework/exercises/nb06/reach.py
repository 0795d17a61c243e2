"""How far two levels of TLB reach, and the stride that makes most of the first one useless."""

from __future__ import annotations

from random import Random

from ...legacy import Data, Exercise, Mistake

_HUGE = 2 << 20
_KEYS = ("reach", "huge", "stride", "thrash")


def draw(rng: Random) -> Data:
    """Draw two levels; sets are a power of two, so the ways may be odd."""
    ways = rng.choice((3, 4, 5, 6, 8, 10, 12))
    return {
        "entries": ways * rng.choice((4, 8, 16, 32)),
        "ways": ways,
        "second": 64 * rng.randrange(8, 64),
        "page": rng.choice((4, 8, 16)) << 10,
    }


def text(data: Data) -> str:
    """State the two levels."""
    return (
        f"The first level of a TLB has {data['entries']} entries in {data['ways']} ways, the "
        f"second {data['second']}; pages are {data['page'] >> 10} KiB, or 2 MiB on request. Write, "
        "all sizes in bytes:\n\n"
        '"reach": how much memory the first level covers with small pages;\n\n'
        '"huge": how much the second level covers with 2 MiB pages;\n\n'
        '"stride": the smallest distance at which addresses from 0 on (small pages) all fall '
        "into the same set of the first level;\n\n"
        '"thrash": how many pages at that distance, visited round and round, are the fewest for '
        "which the first level never hits again, under LRU."
    )


def reference(data: Data, key: str) -> int:
    """Work each out from entries = sets × ways."""
    sets = data["entries"] // data["ways"]
    answers: dict[str, int] = {
        "reach": data["entries"] * data["page"],
        "huge": data["second"] * _HUGE,
        "stride": sets * data["page"],
        "thrash": data["ways"] + 1,
    }
    return answers[key]


def _instead(**wrong: int) -> dict[str, int]:
    return wrong


def _but(data: Data, key: str, wrong: dict[str, int]) -> int:
    return wrong.get(key, reference(data, key))


def locate(data: Data, key: str, expected: int, got: int) -> str:
    """Say on which side of the truth a number lies, and what to look at."""
    if key != "thrash" and got in (expected >> 10, expected >> 20):
        return f"That is right in {'KiB' if got == expected >> 10 else 'MiB'}; write it in bytes."
    side = "too small" if got < expected else "too large"
    look = {
        "reach": "Each entry covers one page.",
        "huge": "It is the second level, and each entry covers 2 MiB.",
        "stride": "After how many pages in a row does the set index come round to 0 again?",
        "thrash": "How many of them fit into one set?",
    }
    return f"That is {side}. {look[key]}"


EXERCISE = Exercise(
    id="reach",
    notebook="06",
    title="Reach, and how to lose it",
    points=2,
    kind="number",
    draw=draw,
    text=text,
    form=dict.fromkeys(_KEYS, int),
    reference=reference,
    describe=lambda data, key: f"`{key}`",
    locate=locate,
    mistakes=(
        Mistake(
            name="entries times ways",
            message="You multiplied the entries by the ways. The ways are how the entries are "
            "arranged, not more of them: entries = sets × ways.",
            solve=lambda data, key: _but(
                data, key, _instead(reach=data["entries"] * data["ways"] * data["page"])
            ),
        ),
        Mistake(
            name="small pages in both",
            message="For the second level you counted small pages. With 2 MiB pages the same "
            "entries cover far more: that is what huge pages are for.",
            solve=lambda data, key: _but(data, key, _instead(huge=data["second"] * data["page"])),
        ),
        Mistake(
            name="stride over all entries",
            message="Your stride jumps over as many pages as there are *entries*. That comes back "
            "to the same set too, but so does a smaller one: the index counts sets.",
            solve=lambda data, key: _but(
                data, key, _instead(stride=data["entries"] * data["page"])
            ),
        ),
        Mistake(
            name="stride in pages",
            message="Your stride is a number of pages. It is asked for in bytes.",
            solve=lambda data, key: _but(
                data, key, _instead(stride=data["entries"] // data["ways"])
            ),
        ),
        Mistake(
            name="as many as fit",
            message="As many pages as a set has ways still fit, all of them, and hit from the "
            "second round on. It takes one more to make LRU throw out each just before its use.",
            solve=lambda data, key: _but(data, key, _instead(thrash=data["ways"])),
        ),
        Mistake(
            name="more than all entries",
            message="For the loop you counted all entries. At this stride all pages fall into one "
            "set; the others stand empty and help nobody.",
            solve=lambda data, key: _but(data, key, _instead(thrash=data["entries"] + 1)),
        ),
    ),
    start="Sets first: entries divided by ways. The reach needs no sets, the stride nothing but.",
    right="A matrix whose rows are a power of two long, read down a column, is that stride. Pad "
    "each row by a page, and the columns spread over all sets.",
    untested="second levels with separate entries for huge pages, and hashed indices.",
    hints=(
        "Reach: entries × page size. 64 entries of 4 KiB pages reach 256 KiB.",
        "64 entries in 4 ways are 16 sets. Pages 0, 16, 32, … share a set, and are 16 × 4 KiB "
        "apart.",
        "A set of 4 ways holds 4 such pages. Round and round over 5 of them, LRU always throws "
        "out the one that comes next.",
    ),
)
