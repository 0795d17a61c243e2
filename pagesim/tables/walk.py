"""What a walk did, as values: pictures, prose and checks all show the same thing."""

from __future__ import annotations

from dataclasses import dataclass

from ..arch import Pte


@dataclass(frozen=True, slots=True)
class WalkStep:
    """One read of a walk: which table (its PFN), which index in it, and the entry found there.

    `level` counts from the root, which is 0.
    """

    level: int
    table_pfn: int
    index: int
    pte: Pte


@dataclass(frozen=True, slots=True)
class WalkFault:
    """Why a walk stopped, and at which level (0 is the root): one of the three reasons below."""

    level: int
    reason: str

    def __str__(self) -> str:
        return f"level {self.level}: {self.reason}"


NOT_PRESENT = "not present"
RESERVED = "reserved bit set"
NOT_CANONICAL = "not canonical"


@dataclass(frozen=True, slots=True)
class Walk:
    """What a walk did: its steps, and where it arrived.

    Attributes
    ----------
    va : int
        The address that was asked for.
    steps : tuple of WalkStep
        Every entry that was read, the root's first.
    pa : int or None
        The physical address, None if the walk stopped early.
    page_bytes : int
        Bytes of the page it arrived in, 0 if it stopped early.
    fault : WalkFault or None
        Why and where it stopped early.
    """

    va: int
    steps: tuple[WalkStep, ...]
    pa: int | None = None
    page_bytes: int = 0
    fault: WalkFault | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a tree: its level (0 is the root), its PFN, and the first address it covers."""

    level: int
    pfn: int
    va: int
