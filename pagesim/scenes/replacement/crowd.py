"""What a crowd of processes gets done: requests a second, from the share of pages that fits.

A request computes for 1 ms, touches 100 pages of its process's working set, all alike, and waits
9 ms for its client. With all pages alike, and the touches of all processes interleaved, the share
of touches that fault is the share of pages that is out, whoever leaves. Processor and disk serve
one at a time; the mean time at each follows from how many are there on average when one more
arrives (mean value analysis).

Source: Reiser and Lavenberg, "Mean-value analysis of closed multichain queuing networks",
Journal of the ACM 27(2), 1980.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

COMPUTE_MS, CLIENT_MS, TOUCHES = 1.0, 9.0, 100


@dataclass(frozen=True, slots=True)
class Work:
    """Requests a second, faults a request, and the shares of time both devices are busy."""

    rate: float
    faults: float
    cpu: float
    disk: float


@lru_cache(maxsize=8192)
def work(processes: int, pages: int, ram: int, fault_ms: float) -> Work:
    """Give what `processes` of `pages` pages each get done in `ram` frames.

    Examples
    --------
    Alone, a process turns over one request in 10 ms.

    >>> work(processes=1, pages=100, ram=1000, fault_ms=0.14)
    Work(rate=100.0, faults=0.0, cpu=0.1, disk=0.0)
    """
    return done(processes, TOUCHES * max(0.0, 1 - ram / (processes * pages)), fault_ms)


@lru_cache(maxsize=8192)
def done(processes: int, faults: float, fault_ms: float) -> Work:
    """Give what `processes` get done that fault so often in a request.

    Examples
    --------
    >>> done(processes=1, faults=100.0, fault_ms=0.9)
    Work(rate=10.0, faults=100.0, cpu=0.01, disk=0.9)
    """
    needs = (COMPUTE_MS, faults * fault_ms)
    queues, rate = [0.0, 0.0], 0.0
    for crowd in range(1, processes + 1):
        times = [need * (1 + queue) for need, queue in zip(needs, queues, strict=True)]
        rate = crowd / (CLIENT_MS + sum(times))  # a millisecond
        queues = [rate * time for time in times]
    return Work(1000 * rate, faults, rate * needs[0], rate * needs[1])
