"""Runs: accesses in a row that stay on one page, as one entry with their number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Runs:
    """A stream of accesses, one entry for each stretch that stays on the same page.

    Only the first access of a run can miss: LRU, FIFO, CLOCK and OPT all keep the page that was
    used last, so the others are hits that change nothing.

    Attributes
    ----------
    vpn : array of int64, shape (n,)
        The page of each run.
    length : array of integers, shape (n,)
        How many accesses it has.
    time : array of integers, shape (n,)
        The index of its first access in the whole trace, rising.
    """

    vpn: NDArray[np.int64] = field(repr=False)
    length: NDArray[np.integer[Any]] = field(repr=False)
    time: NDArray[np.integer[Any]] = field(repr=False)

    def __len__(self) -> int:
        return self.vpn.size

    @property
    def accesses(self) -> int:
        """Accesses in all runs together."""
        return int(self.length.sum(dtype=np.int64))

    def expand(self) -> NDArray[np.int64]:
        """Give one page number for each access again.

        Returns
        -------
        array of int64, shape (accesses,)
        """
        return np.repeat(self.vpn, self.length)


def collapse(pages: ArrayLike) -> Runs:
    """Drop every access that stays on the page of the one before.

    Exact for LRU, FIFO, CLOCK and OPT, which have the same misses at the same times without them;
    the accesses dropped are hits: ``runs.accesses - len(runs)`` of them.

    Parameters
    ----------
    pages : sequence or array of int, shape (n,)
        A page number for each access, 0 <= page < 2**63.

    Raises
    ------
    ValueError
        If `pages` is empty, has more than one dimension, or holds anything but page numbers.

    Examples
    --------
    >>> runs = collapse([7, 7, 7, 3, 7])
    >>> runs.vpn.tolist(), runs.length.tolist(), runs.time.tolist()
    ([7, 3, 7], [3, 1, 1], [0, 3, 4])
    >>> runs.expand().tolist()
    [7, 7, 7, 3, 7]
    """
    string = page_numbers(pages)
    time = np.flatnonzero(np.diff(string, prepend=-1))
    return Runs(string[time], np.diff(time, append=string.size), time)


def page_numbers(pages: ArrayLike) -> NDArray[np.int64]:
    """Check a reference string and make it an array.

    Parameters
    ----------
    pages : sequence or array of int, shape (n,)
        A page number for each access. A virtual page number of a 64-bit machine has 52 bits or
        fewer; up to 63 are kept exactly.

    Raises
    ------
    ValueError
        If there is no access, the pages aren't integers in a row, or one lies outside
        0 <= page < 2**63.

    Examples
    --------
    >>> page_numbers([3, -1, 4])
    Traceback (most recent call last):
    ValueError: page -1 is outside 0..9223372036854775807
    """
    string = reference_string(pages)
    # Seen as unsigned, a negative page is the larger one: one look finds it.
    if string.dtype == np.int64 and int(string.view(np.uint64).max()) < 1 << 63:
        return string
    low, high = int(string.min()), int(string.max())
    if low < 0 or high >= 1 << 63:
        raise ValueError(f"page {low if low < 0 else high} is outside 0..{(1 << 63) - 1}")
    return string.astype(np.int64, copy=False)


def reference_string(pages: ArrayLike) -> NDArray[Any]:
    """Make integers in a row an array, and leave it to others to look at each of them.

    Raises
    ------
    ValueError
        If there is no access, or the pages aren't integers in a row.
    """
    string = np.asarray(pages)
    if string.size == 0:
        raise ValueError("pages is empty: a reference string has at least one access")
    if string.ndim != 1 or string.dtype.kind not in "iu":
        raise ValueError(
            f"pages is an array of {string.dtype} with shape {string.shape}: "
            "a reference string is a row of integers"
        )
    return string
