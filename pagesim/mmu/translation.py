"""What a translation did and what it cost, as values that pictures, prose and checks share."""

from __future__ import annotations

from dataclasses import dataclass

from ..checks import bounded
from ..tables import Walk
from ..tlb import Lookup


@dataclass(frozen=True, slots=True)
class Translation:
    """A successful translation: where it led, and how it was found.

    Attributes
    ----------
    va, pa : int
        The address that was asked for, and the physical one.
    walk : Walk
        The entries that were read: none on a TLB hit, fewer if a walk cache helped.
    lookups : tuple of Lookup
        What the TLBs and walk caches said, in the order in which they were asked.
    level : int
        The TLB level that had it, counted from 1; 0 if it took a walk.
    cycles : int or None
        What it cost, None if the `Mmu` was not told what to charge.
    """

    va: int
    pa: int
    walk: Walk
    lookups: tuple[Lookup, ...] = ()
    level: int = 0
    cycles: int | None = None

    @property
    def reads(self) -> int:
        """How many entries were read from memory on the way."""
        return len(self.walk.steps)

    @property
    def found(self) -> str:
        """Where it was found: "L1", "L2", ... or "walk"."""
        return f"L{self.level}" if self.level else "walk"


@dataclass(frozen=True, slots=True)
class Cycles:
    """What a translation costs.

    Parameters
    ----------
    lookup : tuple of int
        Cycles that each TLB level adds to an access that has to ask it.
    read : int
        Cycles of reading one entry of the table during a walk.

    Raises
    ------
    ValueError
        If a number is negative, or `lookup` is None because the machine's source does not tell.

    Examples
    --------
    >>> from pagesim.machines import MACHINES
    >>> Cycles(MACHINES["ChampSim"].lookup_cycles, read=20)
    Cycles(lookup=(1, 8), read=20)
    """

    lookup: tuple[int, ...] | None
    read: int

    def __post_init__(self) -> None:
        if self.lookup is None:
            raise ValueError("lookup cycles are not known for this machine")
        for cycles in (*self.lookup, self.read):
            bounded("cycles", cycles, 0, 1 << 32)
