"""TLBs in levels: a small fast one is asked first, and behind it a larger one.

Within a level the work may be parted: instruction fetches from data, pages of 4 KiB from 2 MiB.
An access asks those TLBs of a level that serve its kind, for one page size after the other, since
nobody knows the size before the page is found. What a level did not have, it is given afterwards.

A walk cache is the same thing: a TLB whose "pages" are as large as the reach of a PDE or PDPTE, and
whose entries lead to the next table.

Source: Intel SDM vol. 3A sec. 5.10.2 (TLBs) and 5.10.3 (paging-structure caches).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..arch import Pte
from .tlb import Tlb
from .values import Lookup, TlbEntry


class Found(NamedTuple):
    """Where a page was found.

    Attributes
    ----------
    level : int
        The level that had it, counted from 1; 0 if none had.
    entry : TlbEntry or None
        What it knows.
    lookups : list of Lookup
        Everything that was asked; the last one is the hit, if there was one.
    """

    level: int
    entry: TlbEntry | None
    lookups: list[Lookup]


class TlbLevels:
    """The TLBs of one core, the level that is asked first at the front.

    Parameters
    ----------
    levels : sequence of (Tlb or sequence of Tlb)
        Each level is one TLB, or several that part its work.

    Raises
    ------
    ValueError
        If something is no `Tlb`, or two of a level hold the same pages for the same accesses.

    Examples
    --------
    >>> small, huge, second = Tlb(4, 4), Tlb(4, 4, page_shift=21), Tlb(16, 4, page_shift=(12, 21))
    >>> tlbs = TlbLevels([(small, huge), second])
    >>> tlbs.find(0x1234, "r", asid=0).level
    0
    >>> tlbs.fill(0x1234, "r", asid=0, page_shift=12, pte=Pte(present=True, pfn=7))
    >>> found = tlbs.find(0x1238, "r", asid=0)
    >>> found.level, found.entry.pte.pfn
    (1, 7)
    """

    def __init__(self, levels: Sequence[Tlb | Sequence[Tlb]] = ()) -> None:
        self.levels = tuple(_level(level) for level in levels)
        # Who is asked for what: for each kind of access and each level, TLBs and page sizes.
        self._asked = {access: [_asked(each, access) for each in self.levels] for access in "rwx"}
        for asked in self._asked.values():
            for number, pairs in enumerate(asked, 1):
                shifts = [shift for _, shift in pairs]
                for shift in shifts:
                    if shifts.count(shift) > 1:
                        names = " and ".join(tlb.name for tlb, held in pairs if held == shift)
                        raise ValueError(
                            f"level {number}: {names} both hold pages of 2**{shift} bytes"
                        )

    def __len__(self) -> int:
        return len(self.levels)

    @property
    def page_shifts(self) -> set[int]:
        """Every page size that some TLB holds."""
        return {shift for level in self.levels for tlb in level for shift in tlb.page_shifts}

    def find(self, va: int, access: str, asid: int) -> Found:
        """Ask level by level until one has the page of `va`."""
        lookups = []
        for level, pairs in enumerate(self._asked[access], 1):
            for tlb, shift in pairs:
                lookups.append(tlb.lookup(va >> shift, asid, shift))
                if lookups[-1].hit:
                    return Found(level, lookups[-1].entry, lookups)
        return Found(0, None, lookups)

    def ask(self, va: int, access: str, asid: int) -> list[Lookup]:
        """Ask all of them at once, whoever hits."""
        asked = (pair for pairs in self._asked[access] for pair in pairs)
        return [tlb.lookup(va >> shift, asid, shift) for tlb, shift in asked]

    def fill(
        self, va: int, access: str, asid: int, page_shift: int, pte: Pte, levels: int | None = None
    ) -> None:
        """Give a translation to the TLBs that hold such pages, in the first `levels` levels."""
        for pairs in self._asked[access][:levels]:
            for tlb, shift in pairs:
                if shift == page_shift:
                    tlb.insert(va >> shift, pte, asid, shift)

    def invlpg(self, va: int, asid: int) -> None:
        """Drop the page of an address everywhere."""
        for level in self.levels:
            for tlb in level:
                tlb.invlpg(va, asid)

    def flush(self, asid: int | None = None, global_: bool = False) -> None:
        """Drop all entries, or those of one address space; see `Tlb.flush`."""
        for level in self.levels:
            for tlb in level:
                tlb.flush(asid, global_)


def _level(level: Tlb | Sequence[Tlb]) -> tuple[Tlb, ...]:
    tlbs = tuple(level) if isinstance(level, Sequence) else (level,)
    for tlb in tlbs:
        if not isinstance(tlb, Tlb):
            raise ValueError(f"{tlb!r} is not a Tlb")
    return tlbs


def _asked(level: tuple[Tlb, ...], access: str) -> list[tuple[Tlb, int]]:
    """List who is asked for what, the smallest pages first."""
    pairs = [(tlb, shift) for tlb in level if access in tlb.serves for shift in tlb.page_shifts]
    return sorted(pairs, key=lambda pair: pair[1])
