"""What a core knows of page tables between two accesses: the one in use, TLBs and walk caches."""

from __future__ import annotations

from collections.abc import Sequence

from ..arch import NotCanonical
from ..checks import bounded
from ..tables import RadixTable
from ..tlb import MAX_ASID, Tlb, TlbLevels
from .rights import Rights
from .walker import Walker


class MmuState:
    """A table to walk, what was kept of tables, and how to forget it.

    Parameters
    ----------
    table : RadixTable
        The table that CR3 points to.
    tlbs, walk_caches
        As for `Mmu`.
    rights : Rights
        What this core allows.

    Raises
    ------
    ValueError
        If one of these does not fit the table's mode.
    """

    def __init__(
        self,
        table: RadixTable,
        tlbs: Sequence[Tlb | Sequence[Tlb]],
        walk_caches: Sequence[Tlb],
        rights: Rights,
    ) -> None:
        self._tlbs, self._walker, self.rights = TlbLevels(tlbs), Walker(walk_caches), rights
        self.switch(table)

    @property
    def tlbs(self) -> tuple[tuple[Tlb, ...], ...]:
        """The TLBs of each level."""
        return self._tlbs.levels

    @property
    def walk_caches(self) -> tuple[Tlb, ...]:
        """The caches of upper entries."""
        return self._walker.caches.levels[0] if self._walker.caches else ()

    @property
    def table(self) -> RadixTable:
        """The table in use."""
        return self._table

    @table.setter
    def table(self, table: RadixTable) -> None:
        self.switch(table, self.asid)

    def switch(self, table: RadixTable, asid: int = 0, flush: bool = True) -> None:
        """Load CR3: go to another table.

        Parameters
        ----------
        table : RadixTable
            The table of the address space.
        asid : int
            Its ASID (PCID); entries of others stay, but do not match.
        flush : bool
            Whether to forget what was kept under this ASID.

        Raises
        ------
        ValueError
            If the ASID is out of range, or TLBs or rights do not fit the table's mode.
        """
        mode, asid = table.mode, bounded("asid", asid, 0, MAX_ASID)
        pages = {size.bit_length() - 1 for size in mode.page_sizes}
        for shift in sorted(self._tlbs.page_shifts - pages):
            raise ValueError(f"{mode.name} has no pages of 2**{shift} bytes, as those of a TLB are")
        self.rights.fit(mode)
        self._walker.fit(mode)
        self._table, self.asid = table, asid
        if flush:
            self.flush(asid)

    def invlpg(self, va: int, asid: int | None = None) -> None:
        """Forget one page and all upper entries, in one address space; see `Tlb.invlpg`.

        Parameters
        ----------
        va : int
            Any address in the page; nothing happens if it is not canonical.
        asid : int, optional
            The current address space if left out.

        Raises
        ------
        ValueError
            If `va` does not fit the mode, or the ASID is out of range.
        """
        asid = self.asid if asid is None else asid
        try:
            low = self.table.mode.translated_bits(va)
        except NotCanonical:
            return
        self._tlbs.invlpg(low, asid)
        self._walker.caches.flush(asid)

    def flush(self, asid: int | None = None, global_: bool = False) -> None:
        """Forget everything, or one address space; see `Tlb.flush`."""
        self._tlbs.flush(asid, global_)
        self._walker.caches.flush(asid, global_)
