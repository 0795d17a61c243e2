"""What an entry is to the hardware, at the level at which it stands.

The same bits mean different things at different levels. Bit 7 of x86-64 (PS) is

    PML4E   reserved: there are no pages of 512 GiB
    PDPTE   1: a page of 1 GiB, whose bits 29..13 are then reserved, and bit 12 is PAT
    PDE     1: a page of 2 MiB, whose bits 20..13 are then reserved, and bit 12 is PAT
    PTE     PAT, which picks a memory type

So each level of a mode has its rules: a few tests of bits, that serve one entry and arrays of them.

Sources: Intel SDM vol. 3A sec. 5.3-5.5 and tables 5-4 to 5-6 (32-bit), 5-8 to 5-11 (PAE), 5-14 to
5-20 (4-level and 5-level paging); RISC-V privileged spec 1.12 sec. 4.3.1, 4.3.2 (steps 3 to 6) and
4.4.1; Arm ARM D8.3.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from functools import cached_property
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from .pte import Pte, PteFormat

_Words = NDArray[np.uint64]
_MOST_READ = 1 << 16


class Kind(Enum):
    """What an entry is: absent, a pointer to a table, a page, or broken by a reserved bit."""

    ABSENT = auto()
    TABLE = auto()
    PAGE = auto()
    RESERVED = auto()


class AnyOf(NamedTuple):
    """A test: does any of these bits, with some of them turned over first, stand at 1?

    >>> AnyOf(0b101)(0b100), AnyOf(0b101, flip=0b100)(0b100)
    (True, False)
    """

    mask: int
    flip: int = 0

    @overload
    def __call__(self, word: int) -> bool: ...
    @overload
    def __call__(self, word: _Words) -> NDArray[np.bool_]: ...
    def __call__(self, word: Any) -> Any:
        return (word ^ self.flip) & self.mask != 0


class Exactly(NamedTuple):
    """A test: are these bits exactly so? With no bits to look at, it always fails."""

    mask: int = 0
    value: int = 1

    @overload
    def __call__(self, word: int) -> bool: ...
    @overload
    def __call__(self, word: _Words) -> NDArray[np.bool_]: ...
    def __call__(self, word: Any) -> Any:
        return word & self.mask == self.value


@dataclass(frozen=True)
class EntryRules:
    """The rules for the entries of one level.

    Parameters
    ----------
    format : PteFormat
        Where the bits stand.
    last : bool
        Whether this is the last level, where every entry is a page's.
    huge : bool
        Whether an entry of a level above may map a (huge) page.
    spare : int
        PFN bits that a page of this level does not need, because it is aligned to its size.
    pfn_bits : int
        PFN bits that the machine's physical addresses leave; those above must be 0.

    Examples
    --------
    >>> from pagesim import X86_64
    >>> kind, pte = X86_64.rules[2].read(0x2010E7)  # a page of 2 MiB; bit 12 is PAT, no address
    >>> kind.name, hex(pte.pfn)
    ('PAGE', '0x200')
    >>> X86_64.rules[0].read(0x2010E7)[0].name
    'RESERVED'
    """

    format: PteFormat
    last: bool
    huge: bool
    spare: int
    pfn_bits: int
    # Entries read before: a walk meets the same upper entries again and again.
    _read: dict[int, tuple[Kind, Pte]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @cached_property
    def present(self) -> AnyOf:
        """Whether an entry is there at all."""
        return AnyOf(self.format.mask("present"), self.format.inverted("present"))

    @cached_property
    def page(self) -> AnyOf:
        """Whether an entry that is present maps a page, rather than pointing to a table."""
        fmt, leaf = self.format, self.format.dialect.leaf
        if leaf == "rights":
            names = ("readable", "writable", "nx")
            mask = sum(map(fmt.mask, names))
            # nx says the opposite of X: it is turned over unless its bit is
            return AnyOf(mask, sum(map(fmt.inverted, names)) ^ fmt.mask("nx"))
        if not self.last:
            return AnyOf(fmt.mask("huge"), fmt.inverted("huge"))
        if leaf == "block":  # a page of the last level is what is no block
            return AnyOf(fmt.mask("huge"), fmt.mask("huge") ^ fmt.inverted("huge"))
        return self.present

    @cached_property
    def reserved_in_page(self) -> AnyOf:
        """Whether a reserved bit of a page's entry is set."""
        if not self.last and not self.huge:  # no page may be here: what makes it one is reserved
            return self.page
        ignored = self.pat
        misaligned = ((1 << self.spare) - 1) << self.format.pfn_shift
        return AnyOf(self.format.reserved | self._beyond | misaligned & ~ignored)

    @cached_property
    def reserved_in_table(self) -> AnyOf:
        """Whether a reserved bit of a pointer to a table is set."""
        if self.last:  # there is none below: being there is enough
            return self.present
        fmt = self.format
        zeros = fmt.dialect.pointer_zeros
        flip = sum(map(fmt.inverted, zeros))
        return AnyOf(fmt.reserved | self._beyond | sum(map(fmt.mask, zeros)), flip)

    @cached_property
    def write_only(self) -> Exactly:
        """Whether an entry is writable but not readable, which RISC-V reserves."""
        fmt = self.format
        if fmt.dialect.leaf != "rights":
            return Exactly()
        both = fmt.mask("readable") | fmt.mask("writable")
        wanted = fmt.mask("writable") ^ fmt.inverted("writable") ^ fmt.inverted("readable")
        return Exactly(both, wanted)

    @cached_property
    def pat(self) -> int:
        """The PFN bit of a huge page that is no address bit, as a mask; 0 if there is none."""
        if self.last or not self.spare or not self.format.dialect.pat:
            return 0
        return 1 << self.format.pfn_shift

    @cached_property
    def _beyond(self) -> int:
        """PFN bits above the physical addresses."""
        fmt = self.format
        return ((1 << fmt.pfn_bits) - (1 << self.pfn_bits)) << fmt.pfn_shift

    def read(self, word: int) -> tuple[Kind, Pte]:
        """Read an entry: what it is, and its fields.

        Raises
        ------
        ValueError
            If `word` does not fit in the entry.
        """
        known = self._read.get(word)
        if known is not None:
            return known
        pte = self.format.unpack(word)
        word = int(word)
        if not self.present(word):
            kind = Kind.ABSENT
        elif self.page(word):
            reserved = self.reserved_in_page(word) or self.write_only(word)
            kind = Kind.RESERVED if reserved else Kind.PAGE
            if self.pat and word & self.pat:
                pte = replace(pte, pfn=pte.pfn ^ 1)
        else:
            kind = Kind.RESERVED if self.reserved_in_table(word) else Kind.TABLE
        if len(self._read) == _MOST_READ:
            self._read.clear()
        self._read[word] = kind, pte
        return kind, pte
