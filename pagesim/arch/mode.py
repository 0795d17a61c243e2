"""Paging modes: how an address is cut, and what stands in the entries of each level."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from ..checks import bounded
from .address import AddressCuts
from .pte import PteFormat
from .rules import EntryRules

_X86 = PteFormat()


@dataclass(frozen=True)
class PagingMode(AddressCuts):
    """How a machine cuts a virtual address, and lays out the entries of its tables.

    Parameters
    ----------
    name : str
        What messages and pictures call it.
    index_bits : tuple of int
        Bits of each level's index, from the root down.
    page_shift : int
        Bits of the offset: pages have ``2**page_shift`` bytes.
    pte : PteFormat
        Layout of an entry, at the last level and, unless `upper` says otherwise, at all others.
    huge_levels : tuple of int
        Levels (0 is the root) whose entries may map a huge page.
    canonical : bool
        Whether addresses have 64 bits, of which those above must repeat the top translated one
        (x86-64, RISC-V).
    upper : tuple of PteFormat
        Layouts of the levels above the last, from the root down, where they differ (PAE).
    pa_bits : int
        Width of a physical address (MAXPHYADDR). An entry that names more is malformed: x86 finds
        a reserved bit, Arm an address size fault, RISC-V an access fault; a walk calls all three
        reserved. 0, the default, stands for as many as an entry can name: 52 on x86-64, where real
        machines have 39, 46 or 48; ``dataclasses.replace(X86_64, pa_bits=46)`` makes one of those.

    Attributes
    ----------
    rules : tuple of EntryRules
        What an entry of each level is to the hardware, from the root down.

    Raises
    ------
    ValueError
        If there is no level, a width is out of range, an address exceeds 64 bits, formats and
        levels differ in number, entries in size, or a level is huge in a format that cannot say so.

    Examples
    --------
    >>> from pagesim import X86_64
    >>> X86_64.va_bits, X86_64.pa_bits, X86_64.levels, X86_64.page_bytes
    (48, 52, 4, 4096)
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
    upper: tuple[PteFormat, ...] = ()
    pa_bits: int = 0

    def __post_init__(self) -> None:
        name = self.name
        for row in (self.index_bits, self.huge_levels, self.upper):
            if not isinstance(row, Iterable):
                raise ValueError(f"{name}: {row!r} is not a row of numbers, such as (9, 9)")
        widths = tuple(bounded("index bits", bits, 1, 40, name) for bits in self.index_bits)
        if not widths:
            raise ValueError(f"{name}: a mode needs at least one level")
        if sum(widths) > 64:
            plus = " + ".join(map(str, widths))
            raise ValueError(f"index bits {plus} are more than the 64 of an address ({name})")
        shift = bounded("page_shift", self.page_shift, 0, 64 - sum(widths), name)
        upper = tuple(self.upper)
        if upper and len(upper) != len(widths) - 1:
            raise ValueError(f"{name}: {len(upper)} upper formats for {len(widths)} levels")
        for fmt in upper:
            if fmt.bytes != self.pte.bytes:
                raise ValueError(f"{name}: entries of {fmt.bytes} and of {self.pte.bytes} bytes")
        formats = *(upper or (self.pte,) * (len(widths) - 1)), self.pte
        if self.huge_levels and len(widths) == 1:
            raise ValueError(f"{name}: huge levels {self.huge_levels}, but only the last level")
        last = len(widths) - 1
        huge = tuple(bounded("huge level", level, 0, last - 1, name) for level in self.huge_levels)
        for level in huge:
            if formats[level].dialect.leaf != "rights" and formats[level].huge is None:
                raise ValueError(f"{name}: huge levels {huge}, but no bit of an entry says huge")
        most = min(fmt.pfn_bits for fmt in formats) + shift
        width = bounded("pa_bits", self.pa_bits or most, shift + 1, most, name)
        for field, value in (
            ("index_bits", widths),
            ("page_shift", shift),
            ("huge_levels", huge),
            ("upper", upper),
            ("pa_bits", width),
        ):
            object.__setattr__(self, field, value)

    @cached_property
    def rules(self) -> tuple[EntryRules, ...]:
        """What an entry of each level is to the hardware, from the root down."""
        formats = *(self.upper or (self.pte,) * (self.levels - 1)), self.pte
        return tuple(
            EntryRules(
                fmt,
                level == self.levels - 1,
                level in self.huge_levels,
                spare=self._shifts[level] - self.page_shift,
                pfn_bits=min(fmt.pfn_bits, self.pa_bits - self.page_shift),
            )
            for level, fmt in enumerate(formats)
        )

    @property
    def page_sizes(self) -> tuple[int, ...]:
        """Every page size in bytes, smallest first."""
        return self.page_bytes, *sorted(self.span(level) for level in self.huge_levels)

    def table_bytes(self, level: int) -> int:
        """Give the size of one table of a level in bytes."""
        bounded("level", level, 0, self.levels - 1, self.name)
        return self.pte.bytes << self.index_bits[level]
