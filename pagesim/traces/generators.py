"""Reference strings with one known property each; the same seed gives the same string."""

from __future__ import annotations

from math import isfinite

import numpy as np
from numpy.typing import NDArray

from ..checks import bounded

MOST = 1 << 27  # pages or accesses: a string of a gibibyte

ReferenceString = NDArray[np.int64]


def sequential(pages: int, length: int) -> ReferenceString:
    """Scan `pages` pages once from the first to the last byte, in `length` even steps.

    Parameters
    ----------
    pages : int
        Pages of the array that is scanned.
    length : int
        Accesses.

    Returns
    -------
    array of int64, shape (length,)

    Raises
    ------
    ValueError
        If either is below 1 or above `MOST`.

    Examples
    --------
    >>> sequential(3, 9).tolist()
    [0, 0, 0, 1, 1, 1, 2, 2, 2]
    """
    pages, length = _counts(pages, length)
    return np.arange(length, dtype=np.int64) * pages // length


def strided(pages: int, length: int, stride: int) -> ReferenceString:
    """Jump ahead by `stride` pages at each access, round and round in `pages` pages.

    Parameters
    ----------
    pages, length : int
        Pages of the array, and accesses.
    stride : int
        Pages from one access to the next; a power of two falls into few sets.

    Returns
    -------
    array of int64, shape (length,)

    Raises
    ------
    ValueError
        If any of them is below 1 or above `MOST`.

    Examples
    --------
    >>> strided(16, 6, stride=4).tolist()
    [0, 4, 8, 12, 0, 4]
    """
    pages, length = _counts(pages, length)
    return np.arange(length, dtype=np.int64) * bounded("stride", stride, 1, MOST) % pages


def loop(pages: int, length: int) -> ReferenceString:
    """Touch `pages` pages in order, again and again: LRU's worst case.

    Parameters
    ----------
    pages, length : int
        Pages of one round, and accesses altogether.

    Returns
    -------
    array of int64, shape (length,)

    Raises
    ------
    ValueError
        If either is below 1 or above `MOST`.

    Examples
    --------
    >>> loop(3, 7).tolist()
    [0, 1, 2, 0, 1, 2, 0]
    """
    return strided(pages, length, 1)


def zipf(pages: int, length: int, s: float = 1.0, seed: int = 0) -> ReferenceString:
    """Draw each access by Zipf's law: rank r is used ``1 / r**s`` as often as rank 1.

    Parameters
    ----------
    pages, length : int
        Pages that can be drawn, and accesses. Ranks are dealt to page numbers at random.
    s : float
        The exponent: 0 draws all pages alike, 1 is typical of caches.
    seed : int
        The same seed gives the same string.

    Returns
    -------
    array of int64, shape (length,)

    Raises
    ------
    ValueError
        If `pages` or `length` is below 1, or `s` negative or not finite.

    Examples
    --------
    >>> string = zipf(100, 10_000)
    >>> counts = np.sort(np.bincount(string))[::-1]
    >>> bool(counts[0] > 1.5 * counts[1] > 1.5 * counts[3])
    True
    """
    pages, length = _counts(pages, length)
    if not (isfinite(s) and s >= 0):
        raise ValueError(f"s {s} is not a finite exponent of 0 or more")
    rng = np.random.default_rng(seed)
    weight = np.cumsum(np.arange(1, pages + 1, dtype=float) ** -s)
    rank = np.searchsorted(weight, rng.random(length) * weight[-1], side="right")
    string: ReferenceString = rng.permutation(pages)[rank]
    return string


def phases(pages: int, length: int, count: int, seed: int = 0) -> ReferenceString:
    """Work on `pages` pages at random, then on as many others: `count` phases of equal length.

    Parameters
    ----------
    pages, length : int
        Pages of one phase, and accesses of all phases together.
    count : int
        Phases; phase k uses the pages from ``k * pages`` on.
    seed : int
        The same seed gives the same string.

    Returns
    -------
    array of int64, shape (length,)

    Raises
    ------
    ValueError
        If `pages`, `length` or `count` is below 1 or above `MOST`.

    Examples
    --------
    >>> string = phases(10, 400, count=4)
    >>> [int(part.min()) // 10 == int(part.max()) // 10 for part in np.split(string, 4)]
    [True, True, True, True]
    """
    pages, length = _counts(pages, length)
    phase = sequential(bounded("count", count, 1, MOST), length)
    return phase * pages + np.random.default_rng(seed).integers(0, pages, length)


def chase(pages: int, length: int, seed: int = 0) -> ReferenceString:
    """Follow pointers: one random cycle through all pages, walked again and again.

    Parameters
    ----------
    pages, length : int
        Pages of the cycle, and accesses.
    seed : int
        The same seed gives the same string.

    Returns
    -------
    array of int64, shape (length,)

    Raises
    ------
    ValueError
        If `pages` or `length` is below 1 or above `MOST`.

    Examples
    --------
    Every page comes once in a round, and always the same one after it.

    >>> first, second = np.split(chase(1000, 2000), 2)
    >>> len(set(first.tolist())), bool((first == second).all())
    (1000, True)
    """
    pages, length = _counts(pages, length)
    cycle = np.random.default_rng(seed).permutation(pages)
    return np.resize(cycle, length)


def _counts(pages: int, length: int) -> tuple[int, int]:
    return bounded("pages", pages, 1, MOST), bounded("length", length, 1, MOST)
