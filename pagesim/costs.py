"""What paging costs, in closed form, and what named machines were measured to take.

A tree needs a table wherever at least one page below it is mapped: counting tables is counting
distinct prefixes of page addresses, level by level:

    tables at level k  =  how many different values  va >> shift(k-1)  takes   (1 at the root)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .arch import PagingMode
from .checks import bounded, whole


@dataclass(frozen=True, slots=True)
class Latency:
    """How long something took on a named machine, and who says so.

    `grade`: A a vendor's or kernel's document, B a named author's measurement, C secondary.
    """

    what: str
    ns: float
    machine: str
    source: str
    grade: str


LATENCIES = {
    "minor fault": Latency(
        "minor fault, first touch (median)",
        1013,
        "Core i7 11th gen, Linux 6.6",
        "ddumbying.vercel.app/experiments/pagefault-latency",
        "B",
    ),
    "major fault": Latency(
        "major fault from an NVMe disk (80-200 µs)", 140_000, "NVMe", "systemoverflow.com", "C"
    ),
    "hard disk": Latency(
        "major fault from a hard disk (5-10 ms)", 7_500_000, "hard disk", "systemoverflow.com", "C"
    ),
    "local memory": Latency(
        "read from this node's memory", 80, "two-socket server", "systemoverflow.com NUMA", "C"
    ),
    "remote memory": Latency(
        "read from another node", 120, "two-socket server", "systemoverflow.com NUMA", "C"
    ),
}


def linear_table_bytes(va_bits: int, page_shift: int = 12, pte_bytes: int = 8) -> int:
    """Size of a table with one entry for every page of an address space.

    Parameters
    ----------
    va_bits : int
        Width of a virtual address, up to 64.
    page_shift : int
        Bits of the offset.
    pte_bytes : int
        Bytes of an entry.

    Raises
    ------
    ValueError
        If a width is out of range, or the page is larger than the address space.

    Examples
    --------
    >>> linear_table_bytes(32, 12, 4) >> 20, linear_table_bytes(48) >> 30
    (4, 512)
    """
    va_bits = bounded("va_bits", va_bits, 1, 64)
    page_shift = bounded("page_shift", page_shift, 0, va_bits, f"address of {va_bits} bits")
    return bounded("pte_bytes", pte_bytes, 1, 64) << (va_bits - page_shift)


def tables_for_stride(mode: PagingMode, pages: int, stride: int) -> tuple[int, ...]:
    """Count the tables of each level for `pages` pages, one every `stride` bytes from address 0.

    Parameters
    ----------
    mode : PagingMode
        How addresses are cut.
    pages : int
        How many pages, 1 or more.
    stride : int
        Distance in bytes, a power of two and at least a page.

    Returns
    -------
    tuple of int
        Tables at each level, the root (always 1) first.

    Raises
    ------
    ValueError
        If a number is out of range or the last page lies outside the address space.

    Examples
    --------
    >>> from pagesim import X86_64
    >>> tables_for_stride(X86_64, 1 << 18, 4096), tables_for_stride(X86_64, 256, 1 << 39)
    ((1, 1, 1, 512), (1, 256, 256, 256))
    """
    stride = bounded("stride", stride, mode.page_bytes, 1 << mode.va_bits, mode.name)
    if stride & (stride - 1):
        raise ValueError(f"stride {stride} is not a power of two")
    most = (1 << mode.va_bits) // stride
    pages = bounded("pages", pages, 1, most, f"{mode.name}, stride {stride}")
    counts = [1]
    for level in range(1, mode.levels):
        reach = mode.span(level - 1)  # bytes below one table of this level
        counts.append(pages if stride >= reach else -(-pages * stride // reach))
    return tuple(counts)


def tables_for_regions(mode: PagingMode, regions: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """Count the tables of each level for a process that has touched whole regions.

    Parameters
    ----------
    mode : PagingMode
        How addresses are cut.
    regions : iterable of (start, length)
        Byte ranges; they may touch or overlap.

    Returns
    -------
    tuple of int
        Tables at each level, the root (always 1) first.

    Raises
    ------
    ValueError
        If a region is empty or does not fit.

    Examples
    --------
    >>> from pagesim import X86_64
    >>> tables_for_regions(X86_64, [(0x40_0000, 4096), (0x7FFC_0000_0000, 8192)])
    (1, 2, 2, 2)
    """
    spans = []
    for start, length in regions:
        start, length = whole("start", start), whole("length", length)
        if length < 1:
            raise ValueError(f"region of {length} bytes at {start:#x}; a region has 1 or more")
        first, last = mode.low_bits(start), mode.low_bits(start + length - 1)
        if last - first != length - 1:
            raise ValueError(f"region of {length} bytes at {start:#x} is no piece of {mode.name}")
        spans.append((first, last))
    spans.sort()
    counts = [1]
    for level in range(1, mode.levels):
        shift, tables, done = mode.shift(level - 1), 0, -1
        for first, last in spans:
            low, high = max(first >> shift, done + 1), last >> shift
            if high >= low:
                tables, done = tables + high - low + 1, high
        counts.append(tables)
    return tuple(counts)


def table_bytes(mode: PagingMode, counts: Sequence[int]) -> int:
    """Add up the bytes of so many tables at each level, the root's first.

    Entries only: a table smaller than a frame (the 16-byte root of `ARM64_16K`) counts as what its
    entries take, while `RadixTable.table_bytes` counts the whole frame it stands in.

    Parameters
    ----------
    mode : PagingMode
        How addresses are cut.
    counts : sequence of int
        Tables at each level, the root's first.

    Raises
    ------
    ValueError
        If there is not one count, 0 or more, for each level.

    Examples
    --------
    >>> from pagesim import X86_64
    >>> table_bytes(X86_64, (1, 1, 1, 1))
    16384
    """
    if len(counts) != mode.levels:
        raise ValueError(f"{len(counts)} counts for {mode.levels} levels ({mode.name})")
    return sum(
        bounded("count", count, 0, 1 << mode.va_bits, mode.name) * mode.table_bytes(level)
        for level, count in enumerate(counts)
    )


def best_page_size(size: float, pte_bytes: int = 8) -> float:
    """Page size that minimises table plus waste for one segment: sqrt(2 · size · entry).

    Parameters
    ----------
    size : float
        Bytes of the average segment.
    pte_bytes : int
        Bytes of an entry.

    Raises
    ------
    ValueError
        If a size is not positive.

    Notes
    -----
    Table ``size·entry/page``, plus half a page wasted at the end; the sum is least where its
    derivative is 0. Source: Tanenbaum, Modern Operating Systems, "Page size".

    Examples
    --------
    >>> best_page_size(1 << 20, 8)
    4096.0
    """
    if not (size > 0 and pte_bytes > 0):
        raise ValueError(f"size {size} and entry of {pte_bytes} bytes must both be above 0")
    return math.sqrt(2 * size * pte_bytes)


def effective_access_time(
    hit_ratio: float,
    memory_ns: float,
    lookup_ns: float = 0.0,
    levels: int = 1,
    cache_hit_ratio: float = 0.0,
    cache_ns: float = 0.0,
) -> float:
    """Mean time of an access through one TLB in front of a walk of `levels` reads.

    Parameters
    ----------
    hit_ratio : float
        Share of accesses that find their translation in the TLB, 0 to 1.
    memory_ns, lookup_ns : float
        Time of one memory read, and of the TLB lookup.
    levels : int
        Reads of a walk; entries are read from memory.
    cache_hit_ratio, cache_ns : float
        Share of data that is found in a cache, 0 to 1, and the time to look there.

    Raises
    ------
    ValueError
        If a ratio is not between 0 and 1 or a time is negative.

    Notes
    -----
    Source: Silberschatz, Galvin, Gagne, Operating System Concepts, "Translation Look-Aside Buffer".

    Examples
    --------
    >>> effective_access_time(0.8, memory_ns=10), effective_access_time(0.8, 100, 20)
    (12.0, 140.0)
    >>> round(effective_access_time(0.96, 10, 1, levels=2, cache_hit_ratio=0.9, cache_ns=1), 9)
    3.8
    """
    for what, ratio in (("hit ratio", hit_ratio), ("cache hit ratio", cache_hit_ratio)):
        if not 0 <= ratio <= 1:
            raise ValueError(f"{what} {ratio} is outside 0..1")
    if not (memory_ns >= 0 and lookup_ns >= 0 and cache_ns >= 0):
        raise ValueError(f"times {memory_ns}, {lookup_ns} and {cache_ns} ns must not be negative")
    bounded("levels", levels, 1, 8)
    walk = (1 - hit_ratio) * levels * memory_ns
    return lookup_ns + walk + cache_ns + (1 - cache_hit_ratio) * memory_ns
