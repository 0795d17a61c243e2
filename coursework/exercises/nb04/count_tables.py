"""Count the tables that a set of mappings needs on x86-64, level by level."""

from __future__ import annotations

from random import Random

from pagesim import X86_64

from ...legacy import Data, Exercise, Mistake

_LEVELS = X86_64.level_names  # PGD, PUD, PMD, PTE
_GIB, _PGD_SPAN = 1 << 18, 1 << 27  # in pages of 4 KiB


def draw(rng: Random) -> Data:
    """Draw four regions that share some tables and cross some borders, in pages."""
    near, far = rng.sample(range(1, 256), 2)  # of the user half's 256 PGD entries
    here = near * _PGD_SPAN + rng.randrange(4, 500) * _GIB
    heap = here + rng.randrange(20, 100) * 512 + rng.randrange(100, 500)
    regions = [
        [heap, rng.randrange(600, 1600)],  # crosses a 2 MiB border or more
        [here + rng.randrange(200, 400) * 512 + rng.randrange(9), rng.randrange(2, 300)],
        [here + 2 * _GIB - rng.randrange(9, 200), rng.randrange(210, 300)],  # crosses 1 GiB
        [far * _PGD_SPAN + rng.randrange(_PGD_SPAN), 1],
    ]
    return {"regions": regions, "full_tib": rng.choice((2, 4, 8, 16, 32, 64))}


def text(data: Data) -> str:
    """List the regions."""
    rows = [
        f"    {start << 12:#014x}  {pages:>5} page{'s' * (pages > 1)}"
        for start, pages in data["regions"]
    ]
    return (
        "A process on x86-64 (9 + 9 + 9 + 9 + 12 bits) has mapped four regions in 4 KiB pages:"
        "\n\n" + "\n".join(rows) + "\n\n"
        'How many tables does it have of each level? And, as "full": how many tables in all would '
        f"it take to map *every* page of the first {data['full_tib']} TiB?"
    )


def _below(level: int) -> int:
    """Give the bits of a page number that a table of this level covers."""
    return X86_64.shift(level) + X86_64.index_bits[level] - X86_64.page_shift


def _prefixes(data: Data, bits: int) -> int:
    """Count the different values that all page numbers have without their lowest bits."""
    return len(
        {
            prefix
            for start, pages in data["regions"]
            for prefix in range(start >> bits, (start + pages - 1 >> bits) + 1)
        }
    )


def _full(data: Data) -> int:
    return sum(max((data["full_tib"] << 28) >> _below(level), 1) for level in range(4))


def reference(data: Data, key: str) -> int:
    """Count the different regions that a table covers: each that is lived in is one table."""
    return _full(data) if key == "full" else _prefixes(data, _below(_LEVELS.index(key)))


def _one_each(data: Data, key: str) -> int:
    return _full(data) if key == "full" else 1


def _unshared(data: Data, key: str) -> int:
    if key == "full":
        return _full(data)
    below = _below(_LEVELS.index(key))
    return sum(
        (start + pages - 1 >> below) - (start >> below) + 1 for start, pages in data["regions"]
    )


def _rounded(data: Data, key: str) -> int:
    if key == "full":
        return _full(data)
    if key != "PTE":
        return reference(data, key)
    return sum(-(-pages // 512) for _, pages in data["regions"])


def _entries(data: Data, key: str) -> int:
    if key == "full":
        return _full(data)
    return _prefixes(data, X86_64.shift(_LEVELS.index(key)) - X86_64.page_shift)


def _never_larger(data: Data, key: str) -> int:
    return reference(data, key) if key != "full" else data["full_tib"] << 28 >> 9


def locate(data: Data, key: str, expected: int, got: int) -> str:
    """Say on which side of the truth a count lies."""
    side = "too few" if got < expected else "too many"
    if key == "full":
        return f"That is {side}. How many tables of the lowest level, and how many above them?"
    span = _SPAN[key]
    return f"That is {side}. Which regions lie in the same {span}, and which cross its border?"


_SPAN = {"PGD": "256 TiB", "PUD": "512 GiB", "PMD": "1 GiB", "PTE": "2 MiB"}

EXERCISE = Exercise(
    id="count-tables",
    notebook="04",
    title="Count the tables",
    points=2,
    kind="number",
    draw=draw,
    text=text,
    form=dict.fromkeys((*_LEVELS, "full"), int),
    reference=reference,
    describe=lambda data, key: f"`{key}`",
    locate=locate,
    mistakes=(
        Mistake(
            name="one table a level",
            message="One table per level is the price of *one* page. Another page needs another "
            "table wherever it leaves the region that the first one's table covers.",
            solve=_one_each,
        ),
        Mistake(
            name="nothing shared",
            message="You counted each region by itself and added up. Regions that lie in the same "
            "2 MiB, 1 GiB or 512 GiB share the table of that region; there is only one root.",
            solve=_unshared,
        ),
        Mistake(
            name="length only",
            message="You divided the lengths by 512 and rounded up. A region need not start where "
            "a table starts: 2 pages on both sides of a 2 MiB border take two tables.",
            solve=_rounded,
        ),
        Mistake(
            name="entries for tables",
            message="You counted entries in use, not tables. An entry of one level *is* a table of "
            "the next, so your numbers stand one level too high.",
            solve=_entries,
        ),
        Mistake(
            name="always smaller",
            message="Multi-level is not always smaller. With every page mapped, the lowest level "
            "alone is as large as the flat table, and the levels above it come on top.",
            solve=_never_larger,
        ),
    ),
    start="Begin at the top: the PGD is a single table. Then ask for each level: in how many "
    "different regions of 512 GiB, of 1 GiB, of 2 MiB do these pages lie?",
    right="Full, the tree is dearer than the flat table, by about one part in 511. It wins because "
    "nobody's address space is full.",
    untested="huge pages, other modes, and the frames of the pages themselves.",
    hints=(
        "A PTE table covers 2 MiB (0x20_0000), a PMD table 1 GiB (0x4000_0000), a PUD table "
        "512 GiB (0x80_0000_0000). Two addresses share a table if dividing by its span gives the "
        "same whole number.",
        "First and last page of each region tell you everything: `start // 0x20_0000` to `last "
        "// 0x20_0000`, and the same for the larger spans. Put them into one `set` per level.",
        "Full: the lowest level needs (bytes mapped) / 2 MiB tables. Each level above needs a "
        "512th of the level below it, and never less than one.",
    ),
)
