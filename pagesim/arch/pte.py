"""Page-table entries: which bit means what.

An entry holds a PFN (the number of a frame) and flags:

    x86-64      | NX 63 | … | PFN 51..12 | … | G 8 | PS 7 | D 6 | A 5 | … | U 2 | W 1 | P 0 |
    RISC-V      |       | … | PPN 53..10 | … | D 7 | A 6 | G 5 | U 4 | X 3 | W 2 | R 1 | V 0 |

What the bits do is a matter of the `Dialect`, and of the level at which an entry stands
(`EntryRules`).

Sources: Intel SDM vol. 3A sec. 5.5, RISC-V privileged spec 1.12 sec. 4.4, Arm ARM D8.3.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ..checks import bounded, whole
from .dialect import X86, Dialect

_FLAGS = ("present", "readable", "writable", "user", "accessed", "dirty", "huge", "global_", "nx")
# What an entry allows where its format has no bit to say otherwise.
_WITHOUT_BIT = {"readable": True, "writable": True, "user": True}
_MOST_UNPACKED = 1 << 16


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
    dialect: Dialect = field(default=X86, repr=False, compare=False)

    @property
    def flags(self) -> str:
        """The flags that are set, by the letters of their manual."""
        return " ".join(
            letter
            for letter, name in self.dialect.letters
            if getattr(self, name.removeprefix("~")) != name.startswith("~")
        )


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
    reserved : int
        Bits that must be 0 in an entry that is present, as a mask.
    dialect : Dialect
        What the bits do.

    Raises
    ------
    ValueError
        If a field lies outside the entry, two fields overlap, or the dialect lacks a bit by which
        it knows a page.

    Examples
    --------
    >>> hex(PteFormat().pack(present=True, pfn=0x1d3, writable=True))
    '0x1d3003'
    >>> PteFormat().unpack(0x1d3003).pfn == 0x1d3
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
    reserved: int = 0
    dialect: Dialect = X86
    # Entries unpacked before: a walk meets the same upper entries again and again.
    _unpacked: dict[int, Pte] = field(default_factory=dict, init=False, repr=False, compare=False)

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
        bounded("reserved", self.reserved, 0, (1 << width) - 1, f"entry of {width} bits")
        for bit in sorted(taken):
            if self.reserved >> bit & 1:
                raise ValueError(f"bit {bit} is both {taken[bit]} and reserved")
        needed = {"rights": ("readable", "writable", "nx"), "block": ("huge",), "PS": ()}
        for name in needed[self.dialect.leaf]:
            if getattr(self, name) is None:
                raise ValueError(f"{self.dialect.name} knows a page by bit {name}; there is none")

    def mask(self, name: str) -> int:
        """Return the bit of a flag as a mask, 0 where the format has none."""
        position: int | None = getattr(self, name)
        if position is None:
            return 0
        return 1 << (position if position >= 0 else ~position)

    def inverted(self, name: str) -> int:
        """Return the bit of a flag as a mask where it says the opposite, 0 elsewhere."""
        return self.mask(name) if (getattr(self, name) or 0) < 0 else 0

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
        unknown = set(changes) - {"pfn", *_FLAGS}
        if unknown:
            raise ValueError(f"an entry has no field {sorted(unknown)[0]!r}")
        full = replace(pte or Pte(), **changes)  # type: ignore[arg-type]
        pfn = whole("pfn", full.pfn)
        if not 0 <= pfn < 1 << self.pfn_bits:
            raise ValueError(f"pfn {pfn:#x} does not fit in {self.pfn_bits} bits")
        word = pfn << self.pfn_shift
        for name in _FLAGS:
            position, value = getattr(self, name), bool(getattr(full, name))
            if position is not None:
                bit, inverted = (position, False) if position >= 0 else (~position, True)
                word |= (value != inverted) << bit
        return word

    def rewrite(self, word: int, **changes: int) -> int:
        """Change fields of a packed entry; bits that this format gives no name keep their value.

        Raises
        ------
        ValueError
            If a field is unknown, its value has no bit to stand in, or a number does not fit.

        Examples
        --------
        >>> hex(PteFormat().rewrite(0xE07, dirty=True))  # 9-11 are the kernel's to use
        '0xe47'
        """
        before = self.unpack(word)
        new = int(word) ^ self.pack(before) ^ self.pack(before, **changes)
        after = self.unpack(new)
        for name, value in changes.items():
            if getattr(after, name) != value:
                raise ValueError(f"{name}={value} has no bit in this format")
        return new

    def unpack(self, word: int) -> Pte:
        """Read an entry from a number; a flag without a bit reads as what the hardware assumes.

        Raises
        ------
        ValueError
            If `word` does not fit in the entry.
        """
        known = self._unpacked.get(word)
        if known is not None:
            return known
        word = whole("entry", word)
        if not 0 <= word < 1 << (8 * self.bytes):
            raise ValueError(f"entry {word:#x} does not fit in {8 * self.bytes} bits")
        pfn = (word >> self.pfn_shift) & ((1 << self.pfn_bits) - 1)
        flags = {name: self.bit(word, name) for name in _FLAGS}
        pte = Pte(pfn=pfn, dialect=self.dialect, **flags)
        if len(self._unpacked) == _MOST_UNPACKED:
            self._unpacked.clear()
        self._unpacked[word] = pte
        return pte

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
        if self.dialect.leaf == "rights":  # R = W = X = 0 is what marks it
            return self.pack(present=True, pfn=pfn, nx=True)
        if self.dialect.hierarchical:
            return self.pack(present=True, pfn=pfn, writable=True, user=True)
        # Only the leaf decides: an inverted bit (Arm's read-only and not-global) means nothing
        # here and is 0.
        zeros = {name: bool(self.inverted(name)) for name in ("writable", "global_")}
        return self.pack(Pte(present=True, pfn=pfn), **zeros)
