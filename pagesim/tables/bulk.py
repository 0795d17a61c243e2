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
    words = memory.bytes.view(f"<u{fmt.bytes}")
    entries_per_frame = memory.frame_bytes // fmt.bytes
    result = np.full(low.shape, -1, np.int64)
    todo = np.arange(low.size)  # which addresses are still walking,
    pfn = np.full(low.size, table.root, np.int64)  # and in which table each of them stands
    for level in range(mode.levels):
        va = low[todo]
        index = (va >> mode.shift(level)) & ((1 << mode.index_bits[level]) - 1)
        entry = words[pfn * entries_per_frame + index].astype(np.uint64)
        pfn = (entry >> np.uint64(fmt.pfn_shift)).astype(np.int64) & ((1 << fmt.pfn_bits) - 1)
        present, leaf = _flag(entry, fmt.present), _leaves(mode, level, entry)
        span = mode.span(level)
        arrived = present & leaf & _legal(mode, level, pfn, entry)
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


def _flag(entry: _Words, position: int | None) -> NDArray[np.bool_]:
    if position is None:
        return np.zeros(entry.size, bool)
    bit = position if position >= 0 else ~position
    wanted = np.uint64(position >= 0)
    same: NDArray[np.bool_] = np.equal((entry >> np.uint64(bit)) & np.uint64(1), wanted)
    return same


def _maps(fmt: PteFormat, entry: _Words) -> NDArray[np.bool_]:
    """`PteFormat.is_leaf`, for packed entries."""
    if fmt.readable is not None:
        runs = ~_flag(entry, fmt.nx)
        return np.logical_or(_flag(entry, fmt.readable) | _flag(entry, fmt.writable), runs)
    return _flag(entry, fmt.huge)


def _leaves(mode: PagingMode, level: int, entry: _Words) -> NDArray[np.bool_]:
    if level == mode.levels - 1:
        return np.ones(entry.size, bool)
    return _maps(mode.pte, entry)


def _legal(
    mode: PagingMode, level: int, pfn: NDArray[np.int64], entry: _Words
) -> NDArray[np.bool_]:
    """Tell where a leaf has no reserved bit set: `RadixTable`'s rule, for arrays."""
    no = np.zeros(entry.size, bool)
    if level == mode.levels - 1:
        return _maps(mode.pte, entry) if mode.pte.readable is not None else ~no
    frames = mode.span(level) >> mode.page_shift
    return np.equal(pfn & (frames - 1), 0) if level in mode.huge_levels else no
