"""How far two levels of TLB reach, and the stride that makes most of the first one useless."""

from __future__ import annotations

from random import Random

from ...kinds import Data, Numbers, bug, instead, own

_HUGE = 2 << 20


def draw(rng: Random) -> Data:
    """Draw two levels; sets are a power of two, so the ways may be odd."""
    ways = rng.choice((3, 4, 5, 6, 8, 10, 12))
    return {
        "entries": ways * rng.choice([sets for sets in (4, 8, 16, 32) if sets != ways]),
        "ways": ways,
        "second": 64 * rng.randrange(8, 64),
        "page": rng.choice((8, 16, 64)) << 10,
    }


def text(data: Data) -> str:
    """State the two levels."""
    return (
        f"The first level of a TLB has {data['entries']} entries in {data['ways']} ways, the "
        f"second {data['second']:,}; pages are {data['page'] >> 10} KiB, or 2 MiB on request. "
        "Write, all sizes in bytes:\n\n"
        '"reach": how much memory the first level covers with small pages;\n\n'
        '"huge": how much the second level covers with 2 MiB pages;\n\n'
        '"stride": the smallest distance at which addresses from 0 on (small pages) all fall '
        "into the same set of the first level;\n\n"
        '"thrash": how many pages at that distance, visited round and round, are the fewest for '
        "which the first level never hits again, under LRU."
    )


def solve(data: Data, *, page: int = 0) -> dict[str, int]:
    """Try strides until the set comes round to 0 again."""
    sets, page = data["entries"] // data["ways"], page or data["page"]
    return {
        "reach": data["entries"] * page,
        "huge": data["second"] * _HUGE,
        "stride": next(pages for pages in range(1, sets + 1) if pages % sets == 0) * page,
        "thrash": data["ways"] + 1,
    }


EXERCISE = Numbers(
    **own(globals()),
    title="Reach, and how to lose it",
    look={
        "reach": "Each entry covers one page.",
        "huge": "It is the second level, and each entry covers 2 MiB.",
        "stride": "After how many pages in a row does the set index come round to 0 again?",
        "thrash": "How many of them fit into one set?",
    },
    units=dict.fromkeys(("reach", "huge", "stride"), "bytes"),
    mistakes={
        bug(page=4096): "small pages have 4 KiB, as on x86-64. Here they do not: see the card.",
        instead(reach=lambda right, data: right["reach"] * data["ways"]): "the entries are "
        "multiplied by the ways. The ways are how the entries are arranged, not more of them: "
        "entries = sets × ways.",
        instead(huge=lambda right, data: data["second"] * data["page"]): "the second level is "
        "reckoned with small pages. With 2 MiB pages the same entries cover far more: that is what "
        "huge pages are for.",
        instead(stride=lambda right, data: right["reach"]): "the stride jumps over as many pages "
        "as there are *entries*. That comes back to the same set too, but so does a smaller one: "
        "the index counts sets.",
        instead(stride=lambda right, data: right["stride"] // data["page"]): "the stride is a "
        "number of pages. It is asked for in bytes.",
        instead(thrash=lambda right, data: data["ways"]): "the loop has as many pages as a set has "
        "ways. Those still fit, all of them, and hit from the second round on. It takes one more "
        "to make LRU throw out each just before its use.",
        instead(thrash=lambda right, data: data["entries"] + 1): "for the loop all entries are "
        "counted. At this stride all pages fall into one set; the others stand empty and help "
        "nobody.",
    },
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
