"""Count the tables that a set of mappings needs on x86-64, level by level."""

from __future__ import annotations

from random import Random

from ...kinds import Data, Numbers, bug, instead, own

_BITS = {"PUD": 27, "PMD": 18, "PTE": 9}  # of a page number, below what a table of a level covers
_2MIB, _GIB, _PGD_SPAN = 1 << 9, 1 << 18, 1 << 27  # in pages of 4 KiB


def draw(rng: Random) -> Data:
    """Draw regions that share tables, cross borders and end right at them, and some hermits."""
    near, *far = rng.sample(range(2, 256), rng.randrange(1, 6))  # of 256 PGD entries
    # half of the 512 GiB, then the other half
    gibs = rng.randrange(4, 240), *rng.sample(range(260, 500, 3), rng.randrange(1, 6))
    here, *there = (near * _PGD_SPAN + gib * _GIB for gib in gibs)
    border = here + rng.randrange(20, 100) * _2MIB
    head, tail = rng.randrange(9, 200), rng.randrange(300, 500)
    regions = [
        [border - head, head + rng.randrange(2, 5) * _2MIB],  # ends at a 2 MiB border
        [border + rng.randrange(240, 300) * _2MIB, rng.randrange(2, 300)],  # starts at one
        [here + 2 * _GIB - tail, tail + 1],  # its last page is the first behind 1 GiB
        *([gib + rng.randrange(_GIB), 1] for gib in there),
        *([each * _PGD_SPAN + rng.randrange(_PGD_SPAN), 1] for each in {near ^ 1, *far}),
    ]
    return {"regions": regions, "full_tib": rng.randrange(2, 65)}


def text(data: Data) -> str:
    """List the regions."""
    rows = [
        f"    {start << 12:#014x}  {pages:>6,} page{'s' * (pages > 1)}"
        for start, pages in data["regions"]
    ]
    return (
        f"A process on x86-64 (9 + 9 + 9 + 9 + 12 bits) has mapped {len(rows)} regions in 4 KiB "
        "pages:\n\n" + "\n".join(rows) + "\n\n"
        'How many tables does it have of each level below the PGD? What do "all" of them together '
        'take with the PGD, in KiB? And, as "full": how many tables in all would it take to map '
        f"*every* page of the first {data['full_tib']} TiB?"
    )


def solve(
    data: Data, *, shared: bool = True, placed: bool = True, up: int = 0, upper: int = 1
) -> Data:
    """Count the different regions that a table covers: each that is lived in is one table."""
    counts = {}
    for level, bits in _BITS.items():
        lived_in = [
            range(start >> bits - up, (start + pages - 1 >> bits - up) + 1)
            for start, pages in data["regions"]
        ]
        counts[level] = len({each for one in lived_in for each in one})
        if not shared:
            counts[level] = sum(map(len, lived_in))
    if not placed:
        counts["PTE"] = sum(-(-pages // 512) for _, pages in data["regions"])
    full = data["full_tib"] << 28  # pages
    covers = _BITS.values() if upper else (9,)
    return {
        **counts,
        "all": 4 * (1 + sum(counts.values())),
        "full": upper + sum(full >> bits for bits in covers),
    }


EXERCISE = Numbers(
    **own(globals()),
    title="Count the tables",
    units={"all": "KiB"} | dict.fromkeys((*_BITS, "full"), "tables of 4 KiB"),
    look={
        "PUD": "Which regions lie in the same 512 GiB, and which cross its border?",
        "PMD": "Which regions lie in the same 1 GiB, and which cross its border?",
        "PTE": "Which regions lie in the same 2 MiB, and which cross its border?",
        "all": "Every table takes a frame, the root too.",
        "full": "How many tables of the lowest level, and how many above them?",
    },
    mistakes={
        instead(PUD=1, PMD=1, PTE=1, all=16): "there is one table a level. That is the price of "
        "*one* page: another page needs another table wherever it leaves the region that the first "
        "one's table covers.",
        bug(shared=False): "each region is counted by itself, and then all are added up. Regions "
        "that lie in the same 2 MiB, 1 GiB or 512 GiB share the table of that region.",
        bug(placed=False): "the lengths are divided by 512 and rounded up. A region need not start "
        "where a table starts: 2 pages on both sides of a 2 MiB border take two tables.",
        bug(up=9): "entries in use are counted, not tables. An entry of one level *is* a table of "
        "the next, so these numbers stand one level too high.",
        instead(all=lambda right, data: right["all"] - 4): "the root is left out of the sum. The "
        "PGD is a table as well, and takes its frame.",
        bug(upper=0): "only the tables of the lowest level are counted for the full address space. "
        "They alone are as large as the flat table, and the levels above come on top: multi-level "
        "is not always smaller.",
    },
    start="Begin at the top: in how many different regions of 512 GiB do these pages lie? Each has "
    "a PUD table. Then the same for 1 GiB, and for 2 MiB.",
    right="Full, the tree is dearer than the flat table, by about one part in 511. It wins because "
    "nobody's address space is full.",
    untested="huge pages, other modes, and the frames of the pages themselves.",
    hints=(
        "A PTE table covers 2 MiB (0x20_0000), a PMD table 1 GiB (0x4000_0000), a PUD table 512 "
        "GiB (0x80_0000_0000). Two addresses share a table if dividing by its span gives the same "
        "whole number.",
        "First and last page of each region tell you everything: `start // 0x20_0000` to `last // "
        "0x20_0000`, and the same for the larger spans. Put them into one `set` per level. The "
        "last page is the first plus (pages − 1) × 0x1000. A table is a frame of 4 KiB.",
        "Full: the lowest level needs (bytes mapped) / 2 MiB tables. Each level above needs a "
        "512th of the level below it, and the root is one.",
    ),
)
