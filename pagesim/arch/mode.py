"""Paging modes: how an address is cut.

A virtual address is cut from the left into one index per level and an offset:

    X86_64      | 16 copies of bit 47 | PGD 9 | PUD 9 | PMD 9 | PTE 9 | offset 12 |
    SV39        | 25 copies of bit 38 |       | PGD 9 | PMD 9 | PTE 9 | offset 12 |
    TOY15       |                     |               | PGD 5 | PTE 5 | offset  5 |
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from ..checks import bounded, whole
from .pte import PteFormat

_LEVEL_NAMES = {
    1: ("PTE",),
    2: ("PGD", "PTE"),
    3: ("PGD", "PMD", "PTE"),
    4: ("PGD", "PUD", "PMD", "PTE"),
    5: ("PGD", "P4D", "PUD", "PMD", "PTE"),
}


_X86 = PteFormat()


@dataclass(frozen=True)
class PagingMode:
    """How a machine cuts a virtual address.

    Parameters
    ----------
    name : str
        What messages and pictures call it.
    index_bits : tuple of int
        Bits of each level's index, from the root down.
    page_shift : int
        Bits of the offset: pages have ``2**page_shift`` bytes.
    pte : PteFormat
        Layout of an entry.
    huge_levels : tuple of int
        Levels (0 is the root) whose entries may map a huge page.
    canonical : bool
        Whether 64-bit addresses repeat the top bit upwards (x86-64, RISC-V).

    Raises
    ------
    ValueError
        If there is no level, a width is out of range, the address exceeds 64 bits, or a level is
        huge in a format that cannot say so.

    Examples
    --------
    >>> from pagesim import X86_64
    >>> X86_64.va_bits, X86_64.levels, X86_64.page_bytes
    (48, 4, 4096)
    >>> X86_64.split(0x7F3A_1C6D_5E48)
    ((254, 232, 227, 213), 3656)
    >>> hex(X86_64.join((254, 232, 227, 213), 3656))
    '0x7f3a1c6d5e48'
    """

    name: str
    index_bits: tuple[int, ...]
    page_shift: int = 12
    pte: PteFormat = _X86
    huge_levels: tuple[int, ...] = ()
    canonical: bool = False

    def __post_init__(self) -> None:
        name = self.name
        for row in (self.index_bits, self.huge_levels):
            if not isinstance(row, Iterable):
                raise ValueError(f"{name}: {row!r} is not a row of numbers, such as (9, 9)")
        widths = tuple(bounded("index bits", bits, 1, 40, name) for bits in self.index_bits)
        if not widths:
            raise ValueError(f"{name}: a mode needs at least one level")
        shift = bounded("page_shift", self.page_shift, 0, 64 - sum(widths), name)
        last = len(widths) - 1
        huge = tuple(bounded("huge level", level, 0, last - 1, name) for level in self.huge_levels)
        if huge and not self.pte.can_be_huge:
            raise ValueError(f"{name}: huge levels {huge}, but no bit of an entry says huge")
        for field, value in (("index_bits", widths), ("page_shift", shift), ("huge_levels", huge)):
            object.__setattr__(self, field, value)

    @cached_property
    def va_bits(self) -> int:
        """Width of a virtual address that is translated."""
        return sum(self.index_bits) + self.page_shift

    @cached_property
    def levels(self) -> int:
        """How many tables a full walk reads."""
        return len(self.index_bits)

    @property
    def page_bytes(self) -> int:
        """Bytes of the smallest page."""
        return 1 << self.page_shift

    @property
    def level_names(self) -> tuple[str, ...]:
        """Linux's name of each level, from the root down."""
        names = _LEVEL_NAMES.get(self.levels)
        return names or tuple(f"level {self.levels - i}" for i in range(self.levels))

    @property
    def page_sizes(self) -> tuple[int, ...]:
        """Every page size in bytes, smallest first."""
        return self.page_bytes, *sorted(self.span(level) for level in self.huge_levels)

    def shift(self, level: int) -> int:
        """Give the position of the lowest bit of a level's index (0 is the root)."""
        return self._shifts[bounded("level", level, 0, self.levels - 1, self.name)]

    @cached_property
    def _shifts(self) -> tuple[int, ...]:
        below = range(1, self.levels + 1)
        return tuple(self.page_shift + sum(self.index_bits[level:]) for level in below)

    def span(self, level: int) -> int:
        """Give the bytes of virtual addresses that one entry of a level covers.

        >>> from pagesim import X86_64
        >>> [X86_64.span(level) >> 12 for level in range(4)]
        [134217728, 262144, 512, 1]
        """
        return 1 << self.shift(level)

    def table_bytes(self, level: int) -> int:
        """Give the size of one table of a level in bytes."""
        bounded("level", level, 0, self.levels - 1, self.name)
        return self.pte.bytes << self.index_bits[level]

    def low_bits(self, va: int) -> int:
        """Return the translated bits of an address, refusing one that this mode cannot hold.

        Raises
        ------
        ValueError
            If `va` is no integer, negative, or too wide.

        Examples
        --------
        >>> from pagesim import TOY15
        >>> TOY15.low_bits(0x8000)
        Traceback (most recent call last):
        ValueError: va 0x8000 does not fit in 15 bits (TOY15)
        """
        va = whole("va", va)
        if 0 <= va < 1 << self.va_bits:
            return va
        # the upper half, as 64-bit programs and kernels write it: bits above repeat the top one
        if self.canonical and (1 << 64) - (1 << (self.va_bits - 1)) <= va < 1 << 64:
            return va & ((1 << self.va_bits) - 1)
        raise ValueError(f"va {va:#x} does not fit in {self.va_bits} bits ({self.name})")

    def split(self, va: int) -> tuple[tuple[int, ...], int]:
        """Cut an address into its indices, from the root down, and the offset.

        Raises
        ------
        ValueError
            If `va` does not fit.
        """
        rest = self.low_bits(va)
        offset = rest & (self.page_bytes - 1)
        rest >>= self.page_shift
        indices = []
        for bits in reversed(self.index_bits):
            indices.append(rest & ((1 << bits) - 1))
            rest >>= bits
        return tuple(reversed(indices)), offset

    def join(self, indices: tuple[int, ...], offset: int = 0) -> int:
        """Put indices and offset together again: the inverse of `split`.

        Raises
        ------
        ValueError
            If there are too few or too many indices, or one is too large.
        """
        if len(indices) != self.levels:
            raise ValueError(f"{len(indices)} indices for {self.levels} levels ({self.name})")
        va = 0
        for name, bits, index in zip(self.level_names, self.index_bits, indices, strict=True):
            va = va << bits | bounded(f"{name} index", index, 0, (1 << bits) - 1, self.name)
        return va << self.page_shift | bounded("offset", offset, 0, self.page_bytes - 1, self.name)
