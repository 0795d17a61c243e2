"""The working set: memory is as large as the program needs, not as many frames as it is given.

A page stays for as long as it was used among the last `window` accesses. The number of those pages
is the working set's size; it changes as the program moves from one phase to the next.

Source: Denning, "The working set model for program behavior", CACM 11(5), 1968.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..checks import bounded
from .run import Pages, reference_string


@dataclass(frozen=True)
class WorkingSet:
    """How large a program's working set was, and how often it missed a page.

    Attributes
    ----------
    window : int
        Accesses that count as recent.
    fault_at : array of int64, shape (faults,)
        Which accesses did not find their page.
    size : array of int64, shape (n,)
        Pages in the working set after each access.
    """

    window: int
    fault_at: NDArray[np.int64] = field(repr=False)
    size: NDArray[np.int64] = field(repr=False)

    @property
    def faults(self) -> int:
        """How many accesses found that their page had left, or had never been there."""
        return self.fault_at.size

    @property
    def hits(self) -> int:
        """How many accesses found their page."""
        return self.size.size - self.faults

    @property
    def mean_size(self) -> float:
        """Pages in the working set, on average over all accesses."""
        return float(self.size.mean()) if self.size.size else 0.0


def working_set(pages: Pages, window: int) -> WorkingSet:
    """Follow a program's working set through its reference string.

    Parameters
    ----------
    pages : sequence or array of int, shape (n,)
        Page numbers, 0 or more, in the order in which they are used.
    window : int
        A page used at access t is still in the set after access t + window - 1.

    Raises
    ------
    ValueError
        If a page is negative or no integer, or the window is not positive.

    Examples
    --------
    >>> phases = working_set([1, 2, 1, 2, 1, 2, 7, 7, 7, 7], window=4)
    >>> phases.size.tolist(), phases.faults
    ([1, 2, 2, 2, 2, 2, 3, 3, 2, 1], 3)
    """
    window = bounded("window", window, 1, 1 << 40)
    string = reference_string(pages)
    n = string.size
    order = np.argsort(string, kind="stable")  # the accesses of each page side by side, in order
    same = string[order[1:]] == string[order[:-1]]
    earlier, later = order[:-1][same], order[1:][same]
    last = np.full(n, -1, np.int64)  # the access that used the same page before
    last[later] = earlier
    missed = (last < 0) | (np.arange(n) - last > window)
    # Each access keeps its page in the set until that page's next use, for `window` at the most.
    until = np.minimum(np.arange(n) + window, n)
    until[earlier] = np.minimum(until[earlier], later)
    change = np.ones(n + 1, np.int64)
    change[n] = 0
    np.subtract.at(change, until, 1)
    return WorkingSet(window, np.flatnonzero(missed), np.cumsum(change[:n]))
