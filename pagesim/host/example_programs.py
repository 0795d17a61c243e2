"""Nine small programs in five contests: which of the two goes to fewer pages?

Numbers of 8 bytes, 512 on a page. The same function runs in the lab, in the recording that is
shipped and in the timing; only the sizes differ. All keys are drawn from a seed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
ON_A_PAGE = 512
_BITS = 18  # of a position in what is searched: 2 MiB, 512 pages
KEYS = 1 << _BITS
_HASH, _WORD = 0x9E3779B97F4A7C15, (1 << 64) - 1  # Knuth's multiplier, for 64 bits


class Size(NamedTuple):
    """How much a program does.

    Attributes
    ----------
    pages : int
        Of the matrix.
    searches : int
        Look-ups in what is searched.
    wide : int
        Pages of the table that is read here and there.
    reads : int
        How often it is read.
    """

    pages: int
    searches: int
    wide: int
    reads: int


LAB = Size(pages=8, searches=100, wide=512, reads=1_000)
TRACE = Size(pages=96, searches=1_000, wide=6144, reads=60_000)
TIME = Size(pages=4096, searches=500, wide=16_384, reads=300_000)


class Example(NamedTuple):
    """A program, and the array that it runs on."""

    words: str
    array: Callable[[Size], NDArray[Any]]
    run: Callable[[Any, Size], object]
    steps: Callable[[Size], int]  # of what is timed: reads, or searches


def rows(a: Ints) -> int:
    """Add up a matrix, one row after the other."""
    return sum(int(a[row].sum()) for row in range(a.shape[0]))


def columns(a: Ints) -> int:
    """Add up a matrix, one column after the other."""
    return sum(int(a[:, column].sum()) for column in range(a.shape[1]))


def binary_search(a: Ints, key: int) -> int:
    """Find where a key stands in a sorted array."""
    low, high = 0, len(a)
    while low < high:
        middle = (low + high) // 2
        if a[middle] == key:
            return middle
        if a[middle] < key:
            low = middle + 1
        else:
            high = middle
    return -1


def eytzinger_search(a: Ints, key: int) -> int:
    """Find a key in a search tree written level by level: node n has the children 2n, 2n + 1."""
    node = 1
    while node < len(a):
        if a[node] == key:
            return node
        node = 2 * node + int(a[node] < key)
    return 0


def hash_search(a: Ints, key: int) -> int:
    """Find a key in a hash table: from its slot on, to the next one if that is taken."""
    slot = int(slot_of(key))
    while a[slot] != key:
        slot = (slot + 1) % len(a)
    return slot


def b_tree_search(a: Ints, key: int, fan_out: int) -> int:
    """Find a key in a B-tree: in each node, the last key that is not larger leads on."""
    place = 0
    for start in b_tree_levels(fan_out):
        node = a[start + place * fan_out : start + (place + 1) * fan_out]
        place = place * fan_out + int(np.searchsorted(node, key, side="right")) - 1
    return place


def gather(a: Ints, places: Ints) -> Ints:
    """Read numbers wherever they stand."""
    return a[places]


def slot_of(key: Any) -> Any:
    """Hash a key, or an array of keys."""
    if isinstance(key, np.ndarray):
        return (key.astype(np.uint64) * np.uint64(_HASH) >> np.uint64(64 - _BITS)).astype(np.int64)
    return (int(key) * _HASH & _WORD) >> 64 - _BITS


def b_tree_levels(fan_out: int) -> list[int]:
    """List where the levels of a B-tree begin, the root first; the leaves stand at 0.

    >>> b_tree_levels(512), b_tree_levels(16)
    ([262144, 0], [279616, 279552, 278528, 262144, 0])
    """
    starts, length = [0], KEYS
    while length > fan_out:
        starts.append(starts[-1] + length)
        length //= fan_out
    return starts[::-1]


@cache
def keys_of(size: Size) -> list[int]:
    """Draw the keys that are looked for: all of them are there."""
    return [2 * int(at) for at in np.random.default_rng(11).integers(1, KEYS // 2, size.searches)]


@cache
def places_of(size: Size, in_order: bool = False) -> Ints:
    """Draw where the wide table is read."""
    drawn: Ints = np.random.default_rng(12).integers(0, size.wide * ON_A_PAGE, size.reads)
    return np.sort(drawn) if in_order else drawn


@cache
def sorted_keys() -> Ints:
    """Give the keys, 2, 4, 6, ..., in order."""
    return np.arange(1, KEYS, dtype=np.int64) * 2


@cache
def eytzinger_keys() -> Ints:
    """Write the keys level by level; place 0 stays empty."""
    tree = np.zeros(KEYS, np.int64)
    for level in range(_BITS):
        width = 1 << level
        ranks = (2 * np.arange(width) + 1 << _BITS - 1 - level) - 1
        tree[width : 2 * width] = sorted_keys()[ranks]
    return tree


@cache
def hash_table() -> Ints:
    """Fill half of a hash table with the lower half of the keys."""
    table, waiting = np.zeros(KEYS, np.int64), sorted_keys()[: KEYS // 2]
    slots = slot_of(waiting)
    while waiting.size:
        # whoever comes first takes a free slot, and the others try the next
        first = np.unique(slots, return_index=True)[1]
        first = first[table[slots[first]] == 0]
        table[slots[first]] = waiting[first]
        slots = np.delete(slots, first) + 1 & KEYS - 1
        waiting = np.delete(waiting, first)
    return table


@cache
def b_tree(fan_out: int) -> Ints:
    """Write the keys as the leaves, and above them each first key of a node."""
    levels = [np.concatenate([[0], sorted_keys()])]
    while len(levels[-1]) > fan_out:
        levels.append(levels[-1][::fan_out])
    return np.concatenate(levels)


def _matrix(size: Size) -> Ints:
    return np.ones((size.pages, ON_A_PAGE), np.int64)


def _wide(size: Size) -> Ints:
    return np.ones(size.wide * ON_A_PAGE, np.int64)


def _each(search: Callable[..., int], *more: int) -> Callable[[Any, Size], object]:
    return lambda a, size: [search(a, key, *more) for key in keys_of(size)]


def _numbers(size: Size) -> int:
    return size.pages * ON_A_PAGE


def _searches(size: Size) -> int:
    return size.searches


def _reads(size: Size) -> int:
    return size.reads


EXAMPLES: dict[str, Example] = {
    "rows": Example("a matrix, row by row", _matrix, lambda a, size: rows(a), _numbers),
    "columns": Example("the same, column by column", _matrix, lambda a, size: columns(a), _numbers),
    "binary-search": Example(
        "searches in a sorted array", lambda _: sorted_keys(), _each(binary_search), _searches
    ),
    "eytzinger": Example(
        "in the order of Eytzinger", lambda _: eytzinger_keys(), _each(eytzinger_search), _searches
    ),
    "hash-table": Example("in a hash table", lambda _: hash_table(), _each(hash_search), _searches),
    "b-tree-16": Example(
        "in a B-tree of fan-out 16", lambda _: b_tree(16), _each(b_tree_search, 16), _searches
    ),
    "b-tree-512": Example(
        "in a B-tree of fan-out 512", lambda _: b_tree(512), _each(b_tree_search, 512), _searches
    ),
    "gather": Example(
        "reads in random order", _wide, lambda a, size: gather(a, places_of(size)), _reads
    ),
    "sorted-gather": Example(
        "the same reads, sorted",
        _wide,
        lambda a, size: gather(a, places_of(size, True)),
        _reads,
    ),
}
