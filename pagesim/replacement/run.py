"""Run a policy over a reference string."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..checks import bounded
from .policies import POLICIES
from .resident import ResidentSet
from .result import Replacement
from .start import Start

Pages = Sequence[int] | NDArray[np.integer]
_EMPTY = Start()


def simulate(
    pages: Pages,
    frames: int,
    policy: str,
    seed: int = 0,
    *,
    writes: Sequence[bool] | NDArray[np.bool_] | None = None,
    start: Start = _EMPTY,
    tick: int | None = None,
) -> Replacement:
    """Run a reference string through a number of frames.

    Parameters
    ----------
    pages : sequence or array of int, shape (n,)
        Page numbers, 0 or more, in the order in which they are used.
    frames : int
        How many pages fit into memory.
    policy : str
        Who has to leave: a name in `POLICIES`.
    seed : int
        Of "random"; the same seed gives the same victims.
    writes : sequence of bool, shape (n,), optional
        Which accesses are writes; none if left out.
    start : Start
        What is in memory before the first access; nothing if left out.
    tick : int, optional
        After how many accesses the clock ticks, for policies that use it; as many as there are
        frames, if left out.

    Raises
    ------
    ValueError
        If a page is negative or no integer, there is no frame, or the policy is unknown; if
        `writes` has another length, or the start does not fit.

    Examples
    --------
    Belady's anomaly: one more frame, one more fault.

    >>> belady = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5]
    >>> [simulate(belady, frames, "fifo").faults for frames in (3, 4)]
    [9, 10]
    >>> simulate(belady, 3, "opt")
    Replacement(policy='opt', frames=3)

    A clock in the middle of its work, and who leaves for page 9:

    >>> start = Start([3, 5, 8], hand=1, referenced=[0, 1, 0])
    >>> simulate([9], 3, "clock", start=start).victims.tolist()
    [8]
    """
    if policy not in POLICIES:
        raise ValueError(f"policy {policy!r} is not one of {', '.join(POLICIES)}")
    frames = bounded("frames", frames, 1, 1 << 40)
    tick = frames if tick is None else bounded("tick", tick, 1, 1 << 40)
    start.fit(frames)
    string = reference_string(pages)
    written = np.zeros(string.size, bool) if writes is None else np.asarray(writes, bool)
    if written.shape != string.shape:
        raise ValueError(f"writes has length {written.size}, and pages has length {string.size}")
    rule = POLICIES[policy]
    if rule.loop and not start.pages:
        # A page that is used again at once hits under every policy and changes nothing.
        runs = np.flatnonzero(np.diff(string, prepend=-1))
        trace, distinct = _numbered(string[runs])
        at, frame = rule.loop(trace.tolist(), distinct, min(frames, distinct), seed)
        fault_at = runs[at]
    else:
        memory = ResidentSet(rule, frames, string.tolist(), start, tick, seed)
        accesses = zip(string.tolist(), written.tolist(), strict=True)
        used = [memory.access(page, write) for page, write in accesses]
        fault_at = np.flatnonzero([each.fault for each in used])
        frame = [each.frame for each in used if each.fault]
    return Replacement(
        policy, frames, string, written, start, tick, seed, fault_at, np.array(frame, np.int64)
    )


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
