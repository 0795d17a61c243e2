"""The walk for whole arrays of addresses: one level at a time, for all of them at once.

It has no opinion of its own: what an entry is, the same `EntryRules` say, and tests hold it equal
to `RadixTable.walk`, address for address.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..arch import EntryRules, PagingMode
from .frames import TableFrames

_Words = NDArray[np.uint64]


def translate(table: TableFrames, vas: NDArray[np.integer]) -> NDArray[np.int64]:
    """Translate addresses; see `RadixTable.translate`."""
    mode, width, memory = table.mode, table.mode.pte.bytes, table.memory
    todo, low = _translated(mode, np.asarray(vas))  # which addresses are walking, their bits,
    pfn = np.full(low.size, table.root, np.int64)  # and in which table each of them stands
    # Entries at every address where one may begin: a frame of a toy is smaller than an entry.
    step = min(width, memory.frame_bytes)
    starts = (memory.bytes.size - width) // step + 1
    words = np.ndarray((starts,), f"<u{width}", memory.bytes, strides=(step,))
    result = np.full(len(vas), -1, np.int64)
    for level, rules in enumerate(mode.rules):
        index = (low >> mode.shift(level)) & ((1 << mode.index_bits[level]) - 1)
        entry = words[(pfn * memory.frame_bytes + index * width) // step].astype(np.uint64)
        fmt = rules.format
        pfn = (entry >> np.uint64(fmt.pfn_shift)).astype(np.int64) & ((1 << fmt.pfn_bits) - 1)
        page, on = _kinds(rules, entry)
        found, at = pfn[page], low[page] & (mode.span(level) - 1)
        if rules.pat:
            found &= ~1
        if (found >> (63 - mode.page_shift)).any():
            far = found.max()
            raise ValueError(f"the address of frame {far:#x} does not fit in 63 bits ({mode.name})")
        result[todo[page]] = (found << mode.page_shift) | at
        todo, low, pfn, index = todo[on], low[on], pfn[on], index[on]
        if not todo.size:
            break
        worst = int(pfn.argmax())
        table.check_table(level, int(index[worst]), int(pfn[worst]))
    return result


def _kinds(rules: EntryRules, entry: _Words) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which entries are a page's and which lead to a table: `EntryRules.read`, for arrays."""
    present, page = rules.present(entry), rules.page(entry)
    reserved = rules.reserved_in_page(entry)
    if rules.write_only.mask:
        reserved |= rules.write_only(entry)
    return present & page & ~reserved, present & ~page & ~rules.reserved_in_table(entry)


def _translated(
    mode: PagingMode, vas: NDArray[np.integer]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the addresses that are canonical, and cut them to the bits that are translated.

    An array is refused at its first address that is none at all.
    """
    if vas.ndim != 1 or vas.dtype.kind not in "iu":
        raise ValueError(f"addresses of shape {vas.shape} and type {vas.dtype}: a row of integers")
    wide, bits = vas.astype(np.uint64), mode.va_bits
    fits = np.ones(vas.size, bool)
    if not mode.canonical and bits < 64:
        fits = wide < np.uint64(1 << bits)
    if vas.dtype.kind == "i":
        fits &= vas >= 0
    if not fits.all():
        mode.translated_bits(int(vas[int(fits.argmin())]))  # raises, in the same words
    low = (wide & np.uint64((1 << bits) - 1)).astype(np.int64)
    if not mode.canonical:
        return np.arange(vas.size), low
    half = 1 << (bits - 1)
    regular = np.flatnonzero((wide < np.uint64(half)) | (wide >= np.uint64((1 << 64) - half)))
    return regular, low if regular.size == vas.size else low[regular]
