"""The walk for whole arrays of addresses: one level at a time, for all of them at once.

It has no opinion of its own: tests hold it equal to `RadixTable.walk`, address for address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..arch import PagingMode, PteFormat

if TYPE_CHECKING:
    from .radix import RadixTable

_Words = NDArray[np.uint64]


def translate(table: RadixTable, vas: NDArray[np.integer]) -> NDArray[np.int64]:
    """Translate addresses; see `RadixTable.translate`."""
    mode, fmt, memory = table.mode, table.mode.pte, table.memory
    low = _low_bits(mode, np.asarray(vas))
    # Entries at every address where one may begin: a frame of a toy is smaller than an entry.
    step = min(fmt.bytes, memory.frame_bytes)
    starts = (memory.bytes.size - fmt.bytes) // step + 1
    words = np.ndarray((starts,), f"<u{fmt.bytes}", memory.bytes, strides=(step,))
    result = np.full(low.shape, -1, np.int64)
    todo = np.arange(low.size)  # which addresses are still walking,
    pfn = np.full(low.size, table.root, np.int64)  # and in which table each of them stands
    for level in range(mode.levels):
        va = low[todo]
        index = (va >> mode.shift(level)) & ((1 << mode.index_bits[level]) - 1)
        entry = words[(pfn * memory.frame_bytes + index * fmt.bytes) // step].astype(np.uint64)
        pfn = (entry >> np.uint64(fmt.pfn_shift)).astype(np.int64) & ((1 << fmt.pfn_bits) - 1)
        present, leaf = _flag(fmt, entry, "present"), _leaves(mode, level, entry)
        span = mode.span(level)
        arrived = present & leaf & _legal(mode, level, pfn, entry)
        if (pfn[arrived] >> (63 - mode.page_shift)).any():
            far = pfn[arrived].max()
            raise ValueError(f"the address of frame {far:#x} does not fit in 63 bits ({mode.name})")
        result[todo[arrived]] = (pfn[arrived] << mode.page_shift) | (va[arrived] & (span - 1))
        if level == mode.levels - 1:
            break
        on = present & ~leaf
        todo, pfn, index = todo[on], pfn[on], index[on]
        if not todo.size:
            break
        worst = int(pfn.argmax())
        table.check_table(level, int(index[worst]), int(pfn[worst]))
    return result


def _low_bits(mode: PagingMode, vas: NDArray[np.integer]) -> NDArray[np.int64]:
    """Cut a whole array to the translated bits, refusing it at its first bad address."""
    if vas.ndim != 1 or vas.dtype.kind not in "iu":
        raise ValueError(f"addresses of shape {vas.shape} and type {vas.dtype}: a row of integers")
    wide = vas.astype(np.uint64)
    fits = wide < np.uint64(1 << mode.va_bits) if mode.va_bits < 64 else np.ones(vas.size, bool)
    if vas.dtype.kind == "i":
        fits &= vas >= 0
    if mode.canonical:
        upper = wide >= np.uint64((1 << 64) - (1 << (mode.va_bits - 1)))
        fits |= upper & (vas.dtype.kind == "u")
    if not fits.all():
        mode.low_bits(int(vas[int(fits.argmin())]))  # raises, in the same words
    return (wide & np.uint64((1 << mode.va_bits) - 1)).astype(np.int64)


def _flag(fmt: PteFormat, entry: _Words, name: str) -> NDArray[np.bool_]:
    """`PteFormat.bit`, for packed entries."""
    position = getattr(fmt, name)
    if position is None:
        return np.full(entry.size, fmt.bit(0, name))
    bit = position if position >= 0 else ~position
    wanted = np.uint64(position >= 0)
    same: NDArray[np.bool_] = np.equal((entry >> np.uint64(bit)) & np.uint64(1), wanted)
    return same


def _maps(fmt: PteFormat, entry: _Words) -> NDArray[np.bool_]:
    """`PteFormat.is_leaf`, for packed entries."""
    if fmt.readable is not None:
        runs = ~_flag(fmt, entry, "nx")
        return _flag(fmt, entry, "readable") | _flag(fmt, entry, "writable") | runs
    return _flag(fmt, entry, "huge")


def _leaves(mode: PagingMode, level: int, entry: _Words) -> NDArray[np.bool_]:
    if level == mode.levels - 1:
        return np.ones(entry.size, bool)
    return _maps(mode.pte, entry)


def _legal(
    mode: PagingMode, level: int, pfn: NDArray[np.int64], entry: _Words
) -> NDArray[np.bool_]:
    """Tell where a leaf has no reserved bit set: `RadixTable`'s rule, for arrays."""
    fmt, last = mode.pte, level == mode.levels - 1
    legal = np.full(entry.size, last or level in mode.huge_levels)
    if not last:
        legal &= pfn & ((mode.span(level) >> mode.page_shift) - 1) == 0
    if fmt.readable is not None:
        legal &= _maps(fmt, entry)
        legal &= _flag(fmt, entry, "readable") | ~_flag(fmt, entry, "writable")
    elif last and fmt.huge is not None and fmt.huge < 0:
        legal &= ~_flag(fmt, entry, "huge")
    return legal
