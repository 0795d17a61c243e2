"""Paging modes: how an address is cut, and which bit of a page-table entry means what.

A virtual address is cut from the left into one index per level and an offset:

    X86_64      | 16 copies of bit 47 | PGD 9 | PUD 9 | PMD 9 | PTE 9 | offset 12 |
    SV39        | 25 copies of bit 38 |       | PGD 9 | PMD 9 | PTE 9 | offset 12 |
    TOY15       |                     |               | PGD 5 | PTE 5 | offset  5 |

A page-table entry holds a PFN (the number of a frame) and flags:

    x86-64      | NX 63 | … | PFN 51..12 | … | G 8 | PS 7 | D 6 | A 5 | … | U 2 | W 1 | P 0 |
    RISC-V      |       | … | PPN 53..10 | … | D 7 | A 6 | G 5 | U 4 | X 3 | W 2 | R 1 | V 0 |

Sources: Intel SDM vol. 3A ch. 5 (paging), RISC-V privileged spec 1.12 sec. 4.3-4.5,
Arm ARM D8 (VMSAv8-64, 16 KiB granule); the toys follow OSTEP, ch. 18-20 and homework.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from .units import bounded

_LEVEL_NAMES = {
    1: ("PTE",),
    2: ("PGD", "PTE"),
    3: ("PGD", "PMD", "PTE"),
    4: ("PGD", "PUD", "PMD", "PTE"),
    5: ("PGD", "P4D", "PUD", "PMD", "PTE"),
}
_FLAGS = ("present", "readable", "writable", "user", "accessed", "dirty", "huge", "global_", "nx")
_LETTERS = dict(zip(_FLAGS, ("P", "R", "W", "U", "A", "D", "PS", "G", "NX"), strict=True))
# What an entry allows where its format has no bit to say otherwise.
_WITHOUT_BIT = {"readable": True, "writable": True, "user": True}


@dataclass(frozen=True, slots=True)
class Pte:
    """One page-table entry, unpacked: the frame it names and its flags.

    Examples
    --------
    >>> Pte(present=True, pfn=0x1d3, writable=True).flags
    'P W'
    """

    present: bool = False
    pfn: int = 0
    readable: bool = False
    writable: bool = False
    user: bool = False
    accessed: bool = False
    dirty: bool = False
    huge: bool = False
    global_: bool = False
    nx: bool = False

    @property
    def flags(self) -> str:
        """The flags that are set, as their usual letters."""
        shown = [name for name in _FLAGS if name != "readable" and getattr(self, name)]
        return " ".join(_LETTERS[name] for name in shown)


@dataclass(frozen=True, slots=True)
class PteFormat:
    """Which bit of an entry means what.

    Parameters
    ----------
    bytes : int
        Size of an entry: 1, 2, 4 or 8.
    pfn_shift, pfn_bits : int
        Where the frame number stands, and how wide it is.
    present, readable, writable, user, accessed, dirty, huge, global_, nx : int or None
        Bit positions; None where the format has no such bit; ``~n`` where bit n says the opposite
        (RISC-V's X is ``nx=~3``, Arm's read-only bit is ``writable=~7``).
    hierarchical : bool
        Whether upper entries restrict lower ones (x86), or only the leaf decides (RISC-V).

    Raises
    ------
    ValueError
        If a field lies outside the entry or two fields overlap.

    Examples
    --------
    >>> hex(X86_64.pte.pack(present=True, pfn=0x1d3, writable=True))
    '0x1d3003'
    >>> X86_64.pte.unpack(0x1d3003).pfn == 0x1d3
    True
    """

    bytes: int = 8
    present: int = 0
    pfn_shift: int = 12
    pfn_bits: int = 40
    readable: int | None = None
    writable: int | None = 1
    user: int | None = 2
    accessed: int | None = 5
    dirty: int | None = 6
    huge: int | None = 7
    global_: int | None = 8
    nx: int | None = 63
    hierarchical: bool = True

    def __post_init__(self) -> None:
        if self.bytes not in (1, 2, 4, 8):
            raise ValueError(f"entry size {self.bytes} is not 1, 2, 4 or 8 bytes")
        width = 8 * self.bytes
        bounded("pfn_bits", self.pfn_bits, 1, width, f"entry of {width} bits")
        bounded("pfn_shift", self.pfn_shift, 0, width - self.pfn_bits, f"entry of {width} bits")
        taken = dict.fromkeys(range(self.pfn_shift, self.pfn_shift + self.pfn_bits), "pfn")
        for name in _FLAGS:
            position = getattr(self, name)
            if position is None:
                continue
            bit = position if position >= 0 else ~position
            bounded(f"bit {name}", bit, 0, width - 1, f"entry of {width} bits")
            if bit in taken:
                raise ValueError(f"bit {bit} is both {taken[bit]} and {name}")
            taken[bit] = name

    def pack(self, pte: Pte | None = None, **changes: int) -> int:
        """Write an entry as a number.

        Parameters
        ----------
        pte : Pte, optional
            The entry to start from; an empty one if left out.
        **changes : int or bool
            Fields of `Pte` that differ from it.

        Raises
        ------
        ValueError
            If a field is unknown or the PFN does not fit.
        """
        unknown = set(changes) - {field.name for field in fields(Pte)}
        if unknown:
            raise ValueError(f"an entry has no field {sorted(unknown)[0]!r}")
        full = replace(pte or Pte(), **changes)  # type: ignore[arg-type]
        limit = (1 << self.pfn_bits) - 1
        if not 0 <= full.pfn <= limit:
            raise ValueError(f"pfn {full.pfn:#x} does not fit in {self.pfn_bits} bits")
        word = full.pfn << self.pfn_shift
        for name in _FLAGS:
            position, value = getattr(self, name), bool(getattr(full, name))
            if position is not None:
                bit, inverted = (position, False) if position >= 0 else (~position, True)
                word |= (value != inverted) << bit
        return word

    def unpack(self, word: int) -> Pte:
        """Read an entry from a number; a flag without a bit reads as what the hardware assumes.

        Raises
        ------
        ValueError
            If `word` does not fit in the entry.
        """
        if not 0 <= word < 1 << (8 * self.bytes):
            raise ValueError(f"entry {word:#x} does not fit in {8 * self.bytes} bits")
        pfn = (word >> self.pfn_shift) & ((1 << self.pfn_bits) - 1)
        return Pte(pfn=pfn, **{name: self.bit(word, name) for name in _FLAGS})

    def bit(self, word: int, name: str) -> bool:
        """Read one flag of a packed entry."""
        position = getattr(self, name)
        if position is None:
            return _WITHOUT_BIT.get(name, False)
        if position >= 0:
            return bool(word >> position & 1)
        return not word >> ~position & 1

    def pointer(self, pfn: int) -> int:
        """Pack the entry that leads to the next table, restricting nothing by itself."""
        if self.readable is not None:  # RISC-V: R = W = X = 0 is what marks a pointer
            return self.pack(present=True, pfn=pfn, nx=True)
        return self.pack(present=True, pfn=pfn, writable=self.hierarchical, user=self.hierarchical)

    def is_leaf(self, pte: Pte) -> bool:
        """Tell whether an entry above the last level maps a (huge) page instead of a table."""
        if self.readable is not None:
            return pte.readable or pte.writable or not pte.nx
        return pte.huge


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
        If there is no level, a width is out of range, or the address exceeds 64 bits.

    Examples
    --------
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
    pte: PteFormat = PteFormat()
    huge_levels: tuple[int, ...] = ()
    canonical: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "index_bits", tuple(self.index_bits))
        if not self.index_bits:
            raise ValueError(f"{self.name}: a mode needs at least one level")
        for bits in self.index_bits:
            bounded("index bits", bits, 1, 40, self.name)
        bounded("page_shift", self.page_shift, 0, 64 - sum(self.index_bits), self.name)
        for level in self.huge_levels:
            bounded("huge level", level, 0, self.levels - 2, self.name)

    @property
    def va_bits(self) -> int:
        """Width of a virtual address that is translated."""
        return sum(self.index_bits) + self.page_shift

    @property
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
        return self.page_shift + sum(self.index_bits[level + 1 :])

    def span(self, level: int) -> int:
        """Give the bytes of virtual addresses that one entry of a level covers.

        >>> [X86_64.span(level) >> 12 for level in range(4)]
        [134217728, 262144, 512, 1]
        """
        return 1 << self.shift(level)

    def table_bytes(self, level: int) -> int:
        """Give the size of one table of a level in bytes."""
        return self.pte.bytes << self.index_bits[level]

    def low_bits(self, va: int) -> int:
        """Return the translated bits of an address, refusing one that this mode cannot hold.

        Raises
        ------
        ValueError
            If `va` is no integer, negative, or too wide.

        Examples
        --------
        >>> TOY15.low_bits(0x8000)
        Traceback (most recent call last):
        ValueError: va 0x8000 does not fit in 15 bits (TOY15)
        """
        try:
            if 0 <= va < 1 << self.va_bits:
                return int(va)
            # the upper half, as 64-bit programs and kernels write it: bits above repeat the top one
            if self.canonical and (1 << 64) - (1 << (self.va_bits - 1)) <= va < 1 << 64:
                return int(va) & ((1 << self.va_bits) - 1)
            shown = f"{va:#x}"
        except (TypeError, ValueError):
            raise ValueError(f"va {va!r} is not a whole number") from None
        raise ValueError(f"va {shown} does not fit in {self.va_bits} bits ({self.name})")

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
        return va << self.page_shift | bounded(
            "offset", offset, 0, self.page_bytes - 1, self.name
        )


_RISCV = PteFormat(
    pfn_shift=10, pfn_bits=44, readable=1, writable=2, nx=~3, user=4, global_=5,
    accessed=6, dirty=7, huge=None, hierarchical=False,
)  # fmt: skip
_X86_32 = PteFormat(bytes=4, pfn_bits=20, nx=None)
# Arm: bit 1 is 1 for a table or page and 0 for a block; AP[2] is read-only, nG is not-global.
_ARM_16K = PteFormat(
    pfn_shift=14, pfn_bits=34, huge=~1, user=6, writable=~7, accessed=10, global_=~11,
    dirty=51, nx=54, hierarchical=False,
)  # fmt: skip
_OSTEP = PteFormat(
    bytes=1, present=7, pfn_shift=0, pfn_bits=7, writable=None, user=None, accessed=None,
    dirty=None, huge=None, global_=None, nx=None,
)  # fmt: skip
_TOY = PteFormat(bytes=2, pfn_shift=8, pfn_bits=8, global_=None, nx=4, accessed=5)

X86_64 = PagingMode("X86_64", (9, 9, 9, 9), huge_levels=(1, 2), canonical=True)
X86_64_LA57 = PagingMode("X86_64_LA57", (9, 9, 9, 9, 9), huge_levels=(2, 3), canonical=True)
X86_32 = PagingMode("X86_32", (10, 10), pte=_X86_32, huge_levels=(0,))
SV39 = PagingMode("SV39", (9, 9, 9), pte=_RISCV, huge_levels=(0, 1), canonical=True)
SV48 = PagingMode("SV48", (9, 9, 9, 9), pte=_RISCV, huge_levels=(0, 1, 2), canonical=True)
ARM64_16K = PagingMode("ARM64_16K", (1, 11, 11, 11), page_shift=14, pte=_ARM_16K, huge_levels=(2,))
TOY6 = PagingMode("TOY6", (6,), page_shift=0, pte=_OSTEP)
TOY10 = PagingMode("TOY10", (3, 3), page_shift=4, pte=_TOY, huge_levels=(0,))
TOY15 = PagingMode("TOY15", (5, 5), page_shift=5, pte=_OSTEP)

MODES = (X86_64, X86_64_LA57, X86_32, SV39, SV48, ARM64_16K, TOY6, TOY10, TOY15)
