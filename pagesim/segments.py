"""Memory before paging: every process in one piece, found by two registers, placed by a free list.

Base and bounds: the hardware compares each address with one register and adds the other.

    va < bounds   ->  pa = base + va
    otherwise     ->  a fault, and the kernel decides

A free list holds the *holes* between the pieces, in the order of their addresses. Holes that touch
coalesce into one. What is asked for is cut from the low end of a hole; which hole is the
allocator's *fit*:

    first   the lowest that is large enough
    best    the smallest that is large enough
    worst   the largest

Sources: OSTEP ch. 15 (base and bounds, dynamic relocation) and ch. 17 (free-space management);
Knuth, TAOCP vol. 1, sec. 2.5 (first fit, best fit, boundary tags).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

from .checks import bounded, whole
from .memory import OutOfMemory

Fit = Literal["first", "best", "worst"]
FITS: tuple[Fit, ...] = get_args(Fit)
_MOST = 1 << 64


class OutOfBounds(Exception):
    """The hardware refused an address: it is not below the bounds register.

    Examples
    --------
    >>> raise OutOfBounds(4400, 4096)
    Traceback (most recent call last):
    pagesim.segments.OutOfBounds: address 4400 is not below the bounds register, 4096
    """

    def __init__(self, va: int, bounds: int) -> None:
        super().__init__(va, bounds)
        self.va, self.bounds = va, bounds

    def __str__(self) -> str:
        return f"address {self.va} is not below the bounds register, {self.bounds}"


@dataclass(frozen=True, slots=True)
class BaseBounds:
    """The two registers of the process that runs; a context switch loads others.

    Parameters
    ----------
    base : int
        Physical address of the process's first byte.
    bounds : int
        Its size in bytes: the first virtual address that it does not have.

    Raises
    ------
    ValueError
        If either is negative or no whole number.

    Examples
    --------
    OSTEP's process of 4 KiB, loaded at 16 KiB:

    >>> registers = BaseBounds(base=16 << 10, bounds=4 << 10)
    >>> registers.translate(0), registers.translate(3000)
    (16384, 19384)
    >>> registers.translate(4400)
    Traceback (most recent call last):
    pagesim.segments.OutOfBounds: address 4400 is not below the bounds register, 4096
    """

    base: int
    bounds: int

    def __post_init__(self) -> None:
        bounded("base", self.base, 0, _MOST)
        bounded("bounds", self.bounds, 0, _MOST)

    def translate(self, va: int) -> int:
        """Return the physical address of a virtual one.

        Raises
        ------
        OutOfBounds
            If the address is not below `bounds`.
        ValueError
            If it is negative: addresses are not.
        """
        va = bounded("va", va, 0, _MOST)
        if va >= self.bounds:
            raise OutOfBounds(va, self.bounds)
        return self.base + va


class Hole(NamedTuple):
    """A free run of addresses."""

    start: int
    size: int


class FreeList:
    """Hand out pieces of one range of addresses, each in one piece, and take them back.

    Parameters
    ----------
    size : int
        How large the range is (bytes, or whatever is counted).
    fit : {"first", "best", "worst"}
        Which hole to take; of equally good ones the lowest.
    start : int
        Its first address.

    Raises
    ------
    ValueError
        If a size is out of range or the fit is unknown.

    Examples
    --------
    Forty free, and no room for thirty:

    >>> free = FreeList(60)
    >>> pieces = [free.alloc(20) for _ in range(3)]
    >>> free.free(pieces[0]); free.free(pieces[2])
    >>> free.free_bytes, free.largest_hole, free.fragmentation
    (40, 20, 0.5)
    >>> free.alloc(30)
    Traceback (most recent call last):
    pagesim.memory.buddy.OutOfMemory: no hole of 30: the largest of 2 has 20, all together 40
    """

    def __init__(self, size: int, fit: Fit = "first", start: int = 0) -> None:
        self.size = bounded("size", size, 1, _MOST)
        self.start = bounded("start", start, 0, _MOST)
        if fit not in FITS:
            raise ValueError(f"fit {fit!r} is not one of {', '.join(FITS)}")
        self.fit = fit
        self._holes = [Hole(self.start, self.size)]
        self._blocks: dict[int, int] = {}

    @property
    def holes(self) -> tuple[Hole, ...]:
        """The free list, in the order of addresses."""
        return tuple(self._holes)

    @property
    def blocks(self) -> Mapping[int, int]:
        """The size of each piece that was handed out, by its first address."""
        return MappingProxyType(self._blocks)

    @property
    def free_bytes(self) -> int:
        """How much is free, all holes together."""
        return sum(hole.size for hole in self._holes)

    @property
    def largest_hole(self) -> int:
        """The most that can be had in one piece."""
        return max((hole.size for hole in self._holes), default=0)

    @property
    def fragmentation(self) -> float:
        """The share of free memory that is not in the largest hole: 0 if it is all in one piece."""
        return 1 - self.largest_hole / self.free_bytes if self._holes else 0.0

    def find(self, size: int) -> Hole | None:
        """Return the hole that a piece of this size would be cut from, or None."""
        size = bounded("size", size, 1, _MOST)
        fitting = [hole for hole in self._holes if hole.size >= size]
        if not fitting:
            return None
        if self.fit == "first":
            return fitting[0]
        # min and max keep the first of equals, which is the lowest
        choose = min if self.fit == "best" else max
        return choose(fitting, key=lambda hole: hole.size)

    def alloc(self, size: int) -> int:
        """Hand out a piece, and return its first address.

        Raises
        ------
        OutOfMemory
            If no hole is large enough, however much is free in all.
        ValueError
            If `size` is below 1.
        """
        hole = self.find(size)
        if hole is None:
            raise OutOfMemory(
                f"no hole of {size}: the largest of {len(self._holes)} has {self.largest_hole}, "
                f"all together {self.free_bytes}"
            )
        size = whole("size", size)
        at = self._holes.index(hole)
        rest = Hole(hole.start + size, hole.size - size)
        self._holes[at : at + 1] = [rest] if rest.size else []
        self._blocks[hole.start] = size
        return hole.start

    def free(self, start: int) -> None:
        """Take a piece back and coalesce it with the holes on both sides.

        Raises
        ------
        ValueError
            If no piece that was handed out starts there.
        """
        start = whole("start", start)
        if start not in self._blocks:
            raise ValueError(f"start {start} is not a piece that was handed out")
        self._holes.append(Hole(start, self._blocks.pop(start)))
        merged: list[Hole] = []
        for hole in sorted(self._holes):
            if merged and merged[-1].start + merged[-1].size == hole.start:
                merged[-1] = Hole(merged[-1].start, merged[-1].size + hole.size)
            else:
                merged.append(hole)
        self._holes = merged

    def compact(self) -> dict[int, int]:
        """Push all pieces together at the low end, so that one hole is left.

        Possible only because a process keeps no physical address: its base register changes, and
        every byte that moves has to be copied.

        Returns
        -------
        dict of int to int
            Where each piece has gone, for those that had to move.

        Examples
        --------
        >>> free = FreeList(60)
        >>> pieces = [free.alloc(20) for _ in range(3)]
        >>> free.free(pieces[0]); free.free(pieces[2])
        >>> free.compact(), free.holes
        ({20: 0}, (Hole(start=20, size=40),))
        """
        moved, packed, end = {}, {}, self.start
        for start, size in sorted(self._blocks.items()):
            if start != end:
                moved[start] = end
            packed[end] = size
            end += size
        rest = self.start + self.size - end
        self._blocks, self._holes = packed, [Hole(end, rest)] if rest else []
        return moved
