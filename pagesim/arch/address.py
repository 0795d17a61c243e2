"""How an address is cut, and which addresses there are.

A virtual address is cut from the left into one index per level and an offset:

    X86_64      | 16 copies of bit 47 | PGD 9 | PUD 9 | PMD 9 | PTE 9 | offset 12 |
    SV39        | 25 copies of bit 38 |       | PGD 9 | PMD 9 | PTE 9 | offset 12 |
    TOY15       |                     |               | PGD 5 | PTE 5 | offset  5 |
"""

from __future__ import annotations

from functools import cached_property

from ..checks import bounded, whole

_LEVEL_NAMES = {
    1: ("PTE",),
    2: ("PGD", "PTE"),
    3: ("PGD", "PMD", "PTE"),
    4: ("PGD", "PUD", "PMD", "PTE"),
    5: ("PGD", "P4D", "PUD", "PMD", "PTE"),
}


class NotCanonical(ValueError):
    """An address whose upper bits do not repeat the top translated one: no address at all.

    Parameters
    ----------
    va : int
        The address.
    mode : AddressCuts
        Whose rule it breaks.
    """

    def __init__(self, va: int, mode: AddressCuts) -> None:
        super().__init__(va, mode)
        self.va, self.mode = va, mode

    def __str__(self) -> str:
        return (
            f"va {self.va:#x} is not canonical: bits 63 to {self.mode.va_bits - 1} must be equal "
            f"({self.mode.name})"
        )


class AddressCuts:
    """The pieces of a virtual address; `PagingMode` says how many bits each has."""

    name: str
    index_bits: tuple[int, ...]
    page_shift: int
    canonical: bool

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
        if 0 <= va < self._end:
            return va
        # the upper half, as 64-bit programs and kernels write it: bits above repeat the top one
        if self.canonical and (1 << 64) - self._half <= va < 1 << 64:
            return va & (self._end - 1)
        raise ValueError(f"va {va:#x} does not fit in {self.va_bits} bits ({self.name})")

    def translated_bits(self, va: int) -> int:
        """Return the bits of an address that the hardware translates.

        Raises
        ------
        NotCanonical
            If the bits above do not repeat the top one of these, as they must.
        ValueError
            If `va` is no integer, negative, or too wide.

        Examples
        --------
        >>> from pagesim import X86_64
        >>> hex(X86_64.translated_bits(0xFFFF_8000_0000_0000))
        '0x800000000000'
        >>> X86_64.translated_bits(0x8000_0000_0000)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        pagesim.arch.address.NotCanonical: va 0x800000000000 is not canonical: bits 63 to 47 ...
        """
        va = whole("va", va)
        if not self.canonical:
            return self.low_bits(va)
        if 0 <= va < self._half:
            return va
        if not 0 <= va < 1 << 64:
            raise ValueError(f"va {va:#x} does not fit in 64 bits ({self.name})")
        if not self.is_canonical(va):
            raise NotCanonical(va, self)
        return va & (self._end - 1)

    def is_canonical(self, va: int) -> bool:
        """Tell whether the bits above the translated ones repeat the top one, where they must."""
        return not self.canonical or not self._half <= va < (1 << 64) - self._half

    def extend(self, low: int) -> int:
        """Return the address that has these translated bits: the inverse of `translated_bits`."""
        return low | -self._end & (1 << 64) - 1 if self.canonical and low & self._half else low

    @cached_property
    def _end(self) -> int:
        return 1 << self.va_bits

    @cached_property
    def _half(self) -> int:
        return self._end >> 1

    def split(self, va: int) -> tuple[tuple[int, ...], int]:
        """Cut an address into its indices, from the root down, and the offset.

        Of the upper half the translated bits alone will do.

        Raises
        ------
        ValueError
            If `va` does not fit.
        """
        low = self.low_bits(va)
        return self.indices(low), low & (self.page_bytes - 1)

    def indices(self, low: int) -> tuple[int, ...]:
        """Cut the translated bits of an address into the indices, from the root down."""
        return tuple([low >> shift & mask for shift, mask in self._cuts])

    @cached_property
    def _cuts(self) -> tuple[tuple[int, int], ...]:
        masks = [(1 << bits) - 1 for bits in self.index_bits]
        return tuple(zip(self._shifts, masks, strict=True))

    def join(self, indices: tuple[int, ...], offset: int = 0) -> int:
        """Put indices and offset together again, to the address that has them.

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
        offset = bounded("offset", offset, 0, self.page_bytes - 1, self.name)
        return self.extend(va << self.page_shift | offset)
