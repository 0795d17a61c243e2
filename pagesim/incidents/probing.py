"""A table that is probed over and over, and what the TLB makes of it.

The trace goes round the table's pages in one random order, as a join does that probes in the order
in which it built. A set of TLBs that is one page too small finds nothing in such a round.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ..reuse import Hierarchy
from ..traces import chase, collapse

DTLB, STLB = (64, 4), (1536, 12)  # entries and ways: Skylake's, as in notebook 06
FIRST, SECOND, WALK = 1, 9, 35  # cycles; the walk is the middle of 20 to 50 (grade C)
ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Probed:
    """What a number of probes came to.

    Attributes
    ----------
    loads, misses, walks : int
        Probes; those that the first level missed; those that the second missed as well.
    """

    loads: int
    misses: int
    walks: int

    @property
    def cycles(self) -> float:
        """Cycles of translation for one probe."""
        total = FIRST * self.loads + SECOND * self.misses + WALK * self.walks
        return total / self.loads


@lru_cache(maxsize=512)
def probe(pages: int, page_shift: int, order: int) -> Probed:
    """Go round a table of 4 KiB pages, mapped with pages of a size; the first round is not counted.

    Parameters
    ----------
    pages : int
        Of 4 KiB.
    page_shift : {12, 21}
        With what pages it is mapped.
    order : int
        Seed of the order.

    Examples
    --------
    >>> probe(1000, 12, order=1).walks, probe(4000, 12, order=1).walks
    (0, 4000)
    """
    whole = Hierarchy(collapse(chase(pages, ROUNDS * pages, order)))
    first = Hierarchy(collapse(chase(pages, pages, order)))
    once, all_ = (
        each.simulate(dtlb=DTLB, stlb=STLB, page_shift=page_shift) for each in (first, whole)
    )
    return Probed(
        (ROUNDS - 1) * pages, all_.dtlb_misses - once.dtlb_misses, all_.walks - once.walks
    )


def perf(probed: Probed, minor: int, major: int) -> str:
    """Write what `perf stat` prints of it."""
    lines = {
        "dTLB-loads": probed.loads,
        "dTLB-load-misses": probed.misses,
        "dtlb_load_misses.walk_completed": probed.walks,
        "minor-faults": minor,
        "major-faults": major,
    }
    return "".join(f"{number:>18,}      {event}\n" for event, number in lines.items())
