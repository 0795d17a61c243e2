"""The page walker: it reads the table in memory, from the root or from where a walk cache leads.

A walk cache keeps upper entries. Its "pages" are as large as what such an entry covers, 2 MiB for
a PDE of x86-64, and what it knows of one is the next table's frame and the rights so far:

    va | PGD 9 | PUD 9 | PMD 9 | PTE 9 | offset |
       |---- tag of a PDE -----|                    hit: only the PTE is left to read
       |tag of a PDPTE-|                            hit: PMD entry and PTE are left

All are asked at once, which counts as a use of what they have, and the deepest that hits has the
last word. What the walk then reads they keep; entries above, which it did not read, they are not
given. Sources: Intel SDM vol. 3A sec. 5.10.3; Barr, Cox, Rixner, "Translation Caching: Skip, Don't
Walk (the Page Table)", ISCA 2010; for what is kept, ChampSim's src/ptw.cc (see
`pagesim.reuse.walks`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ..arch import PagingMode, Pte
from ..tables import RadixTable, Walk
from ..tlb import Lookup, Tlb, TlbLevels


class Walked(NamedTuple):
    """What a walk found.

    Attributes
    ----------
    walk : Walk
        The entries that were read.
    rights : list of Pte
        The same entries, each minus what those above it take away.
    lookups : list of Lookup
        What the walk caches said.
    """

    walk: Walk
    rights: list[Pte]
    lookups: list[Lookup]


class Walker:
    """The page walker of a core, with its walk caches.

    Parameters
    ----------
    caches : sequence of Tlb
        Their `page_shift` is what an upper entry covers.

    Raises
    ------
    ValueError
        If something is no `Tlb`, or two hold the same entries.
    """

    def __init__(self, caches: Sequence[Tlb]) -> None:
        self.caches = TlbLevels([caches] if caches else [])

    def fit(self, mode: PagingMode) -> None:
        """Take on a mode, refusing one that has no such upper entries as a cache holds.

        Raises
        ------
        ValueError
            If there are none.
        """
        upper = {mode.shift(level): level for level in range(mode.levels - 1)}
        for shift in sorted(self.caches.page_shifts - upper.keys()):
            raise ValueError(
                f"no entry above the last level of {mode.name} covers 2**{shift} bytes, as those "
                "of a walk cache do"
            )
        self._below = {shift: level + 1 for shift, level in upper.items()}

    def walk(self, table: RadixTable, va: int, low: int, access: str, asid: int) -> Walked:
        """Walk from the deepest table that a cache leads to.

        Parameters
        ----------
        table : RadixTable
            The table of the address space.
        va, low : int
            The address, and its translated bits.
        access, asid
            What the caches are asked with.

        Raises
        ------
        ValueError
            If an entry names a table outside memory.
        """
        fmt = table.mode.pte
        lookups = self.caches.ask(low, access, asid)
        entry = next((lookup.entry for lookup in lookups if lookup.hit), None)
        level, start = 0, table.root
        if entry is not None:
            level, start = self._below[entry.page_shift], entry.pte.pfn
        walk = table.walk_below(va, low, level, start)
        above = entry and entry.pte
        rights: list[Pte] = []
        for step in walk.steps:
            above = _restrict(step.pte, above) if above and fmt.dialect.hierarchical else step.pte
            rights.append(above)
        return Walked(walk, rights, lookups)

    def keep(self, mode: PagingMode, va: int, access: str, asid: int, walked: Walked) -> None:
        """Give the upper entries that were read to the caches."""
        if self.caches:
            for step, pte in zip(walked.walk.steps[:-1], walked.rights, strict=False):
                upper = replace(pte, global_=False)  # it means something in a leaf only
                self.caches.fill(va, access, asid, mode.shift(step.level), upper)


def _restrict(pte: Pte, above: Pte) -> Pte:
    """Take away what the entries above do not allow: no level can give it back."""
    if above.writable and above.user and not above.nx:
        return pte
    return replace(
        pte,
        writable=pte.writable and above.writable,
        user=pte.user and above.user,
        nx=pte.nx or above.nx,
    )
