"""A million accesses through every policy: the goals are FIFO and CLOCK under 0.5 s, OPT under 2 s.

The string has no immediate repeats (they are free). Its pages are drawn from 100,000 by Zipf's law.
"""

from __future__ import annotations

from time import process_time

import numpy as np
from numpy.typing import NDArray

from pagesim.replacement import POLICIES, simulate, working_set

from ..goals import Goal, at_most

ACCESSES, PAGES = 1_000_000, 100_000
GOALS = {"fifo": 0.5, "clock": 0.5, "opt": 2.0}  # seconds


def reference_string() -> NDArray[np.integer]:
    """Draw the accesses; rank r is used 1/r as often as rank 1."""
    rng = np.random.default_rng(0)
    weight = np.cumsum(1 / np.arange(1, PAGES + 1))
    drawn = np.searchsorted(weight, rng.random(2 * ACCESSES) * weight[-1])
    pages = rng.permutation(PAGES)[drawn]
    distinct: NDArray[np.integer] = pages[np.flatnonzero(np.diff(pages, prepend=-1))]
    return distinct[:ACCESSES]


def goals(seconds: dict[str, float]) -> list[Goal]:
    """Hold the slowest number of frames to the goals."""
    return [
        at_most(f"a million accesses through {policy}", seconds[policy], goal, " s")
        for policy, goal in GOALS.items()
    ]


def main() -> dict[str, float]:
    """Print processor seconds (the better of two runs) and faults."""
    pages = reference_string()
    print(f"{pages.size:,} accesses to {np.unique(pages).size:,} pages")
    print(f"{'policy':<14}{'frames':>8}{'faults':>10}{'seconds':>9}{'goal':>7}")
    slowest: dict[str, float] = {}
    for frames in (64, 1024, 16384):
        for policy in (name for name, rule in POLICIES.items() if rule.loop):
            seconds, faults = [], 0
            for _ in range(2):
                start = process_time()
                faults = simulate(pages, frames, policy).faults
                seconds.append(process_time() - start)
            slowest[policy] = max(slowest.get(policy, 0.0), min(seconds))
            goal = GOALS.get(policy, "")
            print(f"{policy:<14}{frames:>8}{faults:>10}{min(seconds):>9.2f}{goal:>7}")
    start = process_time()
    faults = working_set(pages, 1024).faults
    print(f"{'working set':<14}{1024:>8}{faults:>10}{process_time() - start:>9.2f}")
    return slowest


if __name__ == "__main__":
    main()
