"""What a TLB holds and what it did, as values that pictures, prose and checks share."""

from __future__ import annotations

from typing import NamedTuple

from ..arch import Pte


class TlbEntry(NamedTuple):
    """A translation that a TLB keeps.

    Attributes
    ----------
    vpn : int
        Number of the virtual page, counted in pages of its own size.
    page_shift : int
        Base-2 logarithm of that size in bytes.
    asid : int
        The address space it belongs to.
    pte : Pte
        Where it leads and what it allows: the leaf entry, minus what the levels above take away.
    """

    vpn: int
    page_shift: int
    asid: int
    pte: Pte


class Lookup(NamedTuple):
    """What one lookup did.

    Attributes
    ----------
    tlb : str
        Name of the TLB.
    vpn, asid, page_shift : int
        What was asked for.
    set_index, tag : int
        How the page number was cut.
    compared : tuple of TlbEntry or None
        What stood in the ways of the set.
    way : int or None
        The way that matched, None on a miss.
    victim : int or None
        On a miss, the way that a new entry would take.
    """

    tlb: str
    vpn: int
    asid: int
    page_shift: int
    set_index: int
    tag: int
    compared: tuple[TlbEntry | None, ...]
    way: int | None
    victim: int | None

    @property
    def hit(self) -> bool:
        """Whether some way matched."""
        return self.way is not None

    @property
    def entry(self) -> TlbEntry | None:
        """The entry that matched, None on a miss."""
        return None if self.way is None else self.compared[self.way]


class Fill(NamedTuple):
    """Where an entry was put, and which other page had to leave for it (None if none had to)."""

    set_index: int
    way: int
    evicted: TlbEntry | None
