"""Requests that touch memory, and what they wait for.

Times are computed from counts: a request works for `WORK_US` and waits for its faults.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from ..costs import LATENCIES

WORK_US = 20.0  # of a request without a fault: an assumption
ALERT = (
    "After each start the service does fewer requests than usual. It takes a while until it is as "
    "fast as before."
)
SECONDS = 12  # that are watched
THREADS = 96  # of the public case
MINOR_US = LATENCIES["minor fault"].ns / 1000
MAJOR_US = LATENCIES["major fault"].ns / 1000


def draw(rng: Random) -> dict[str, int]:
    """Draw the memory used in production; and the replica's pages, and its requests' order."""
    return {
        "gib": rng.randrange(24, 200, 4),
        "pages": rng.randrange(50, 70),
        "requests": rng.randrange(10, 14),
        "order": rng.randrange(1 << 16),
    }


def spent(requests: int, minor: int, major: int, threads: int = 1) -> float:
    """Tell how long requests take, in microseconds.

    Parameters
    ----------
    requests, minor, major : int
        How many there were, and the faults that they took.
    threads : int
        How many work side by side. A fault is served under a lock that all of them need.
    """
    return requests * WORK_US / threads + minor * MINOR_US + major * MAJOR_US


def rate(requests: int, spent_us: float) -> float:
    """Tell how many requests are done in a second, from the time that some took."""
    return requests / spent_us * 1e6


def question(facts: Mapping[str, int]) -> str:
    """Ask how many faults it will take in all."""
    return (
        f"In production {facts['gib']} GiB will have been used once, page by page, on a machine "
        "set up like this one. How many faults is that, by what you diagnosed?"
    )


def numbers(facts: Mapping[str, int]) -> tuple[int, int, int]:
    """Return MiB, KiB of a MiB, and KiB that a fault brings."""
    return facts["gib"] * 1024, 1024, 4


def slips(facts: Mapping[str, int]) -> dict[str, int]:
    """Return what comes out of known slips."""
    mib = facts["gib"] * 1024
    return {"size": mib // 2, "twice": mib * 512, "around": mib * 16}
