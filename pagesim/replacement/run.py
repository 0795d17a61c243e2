"""Run a policy over a reference string, and keep what it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..checks import bounded
from .policies import POLICIES
from .timeline import Timeline, replay

Pages = Sequence[int] | NDArray[np.integer]


@dataclass(frozen=True)
class Replacement:
    """What one policy did with one reference string.

    Attributes
    ----------
    policy : str
        Who decided.
    frames : int
        How many pages fit.
    pages : array of int64, shape (n,)
        The reference string.
    fault_at : array of int64, shape (faults,)
        Which accesses faulted.
    frame : array of int64, shape (faults,)
        The frame that each fault filled.
    """

    policy: str
    frames: int
    pages: NDArray[np.int64] = field(repr=False)
    fault_at: NDArray[np.int64] = field(repr=False)
    frame: NDArray[np.int64] = field(repr=False)

    @property
    def faults(self) -> int:
        """How many accesses did not find their page; the first of each page is one of them."""
        return self.fault_at.size

    @property
    def hits(self) -> int:
        """How many accesses found their page."""
        return self.pages.size - self.faults

    @cached_property
    def victims(self) -> NDArray[np.int64]:
        """The pages that had to leave, in order."""
        loaded = self.pages[self.fault_at]
        order = np.argsort(self.frame, kind="stable")  # each frame's loads side by side, in order
        before = np.full(self.faults, -1, np.int64)  # what stood in the frame until that fault
        same = self.frame[order[1:]] == self.frame[order[:-1]]
        before[order[1:][same]] = loaded[order[:-1][same]]
        return before[before >= 0]

    @cached_property
    def timeline(self) -> Timeline:
        """What was in memory after every access, worked out when it is first asked for.

        Raises
        ------
        ValueError
            If accesses times frames exceed what a picture could show.
        """
        return replay(self.policy, self.frames, self.pages, self.fault_at, self.frame)


def simulate(pages: Pages, frames: int, policy: str, seed: int = 0) -> Replacement:
    """Run a reference string through `frames` frames that start empty.

    Parameters
    ----------
    pages : sequence or array of int, shape (n,)
        Page numbers, 0 or more, in the order in which they are used.
    frames : int
        How many pages fit into memory.
    policy : {"fifo", "lru", "clock", "second-chance", "opt", "random"}
        Who has to leave.
    seed : int
        Of "random"; the same seed gives the same victims.

    Raises
    ------
    ValueError
        If a page is negative or no integer, there is no frame, or the policy is unknown.

    Examples
    --------
    Belady's anomaly: one more frame, one more fault.

    >>> belady = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5]
    >>> [simulate(belady, frames, "fifo").faults for frames in (3, 4)]
    [9, 10]
    >>> simulate(belady, 3, "opt")
    Replacement(policy='opt', frames=3)
    """
    if policy not in POLICIES:
        raise ValueError(f"policy {policy!r} is not one of {', '.join(POLICIES)}")
    frames = bounded("frames", frames, 1, 1 << 40)
    string = reference_string(pages)
    # A page that is used again at once hits under every policy and changes nothing.
    runs = np.flatnonzero(np.diff(string, prepend=-1))
    trace, distinct = _numbered(string[runs])
    at, frame = POLICIES[policy](trace.tolist(), distinct, min(frames, distinct), seed)
    return Replacement(policy, frames, string, runs[at], np.array(frame, np.int64))


def reference_string(pages: Pages) -> NDArray[np.int64]:
    """Check page numbers and make them an array.

    Raises
    ------
    ValueError
        If a page is negative or no integer, or they are not in a row.
    """
    string = np.asarray(pages) if len(pages) else np.zeros(0, np.int64)
    if string.ndim != 1 or string.dtype.kind not in "iu":
        raise ValueError(f"pages of {string.dtype} in shape {string.shape}: not a row of integers")
    if string.size and not 0 <= string.min() <= string.max() < 1 << 63:
        worst = string.min() if string.min() < 0 else string.max()
        raise ValueError(f"page {worst} is outside 0..{(1 << 63) - 1}")
    return string.astype(np.int64)


def _numbered(pages: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """Give pages small numbers, and a bound on them; sorting is skipped where they have them."""
    bound = int(pages.max(initial=0)) + 1
    if bound <= 4 * pages.size:
        return pages, bound
    known, small = np.unique(pages, return_inverse=True)
    return small.astype(np.int64), max(known.size, 1)
