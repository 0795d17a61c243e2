"""What the kernel counts about this process, and how to read a count that is exact.

`/proc` writes "kB" and means KiB; so do the numbers here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .linux import LINUX, Unavailable, libc

if LINUX:  # elsewhere the module is missing, or a mock that counts nothing
    import resource


def minor_faults() -> int:
    """Count the minor faults of this thread so far: those that needed no disk.

    Raises
    ------
    Unavailable
        If this is not Linux.
    """
    libc()
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt


def major_faults() -> int:
    """Count the major faults of this thread so far: those that waited for a disk.

    Raises
    ------
    Unavailable
        If this is not Linux.
    """
    libc()
    return resource.getrusage(resource.RUSAGE_THREAD).ru_majflt


def minor_faults_of(action: Callable[[], object]) -> int:
    """Count the minor faults of this thread while `action()` runs."""
    before = minor_faults()
    action()
    return minor_faults() - before


def major_faults_of(action: Callable[[], object]) -> int:
    """Count the major faults of this thread while `action()` runs."""
    before = major_faults()
    action()
    return major_faults() - before


def status(line: str) -> int:
    """Look up a line of /proc/self/status, in KiB (VmSize, VmRSS, VmPTE, ...).

    Raises
    ------
    Unavailable
        If this kernel has no such line.
    """
    libc()
    for text in Path("/proc/self/status").read_text().splitlines():
        name, _, value = text.partition(":")
        if name == line:
            return int(value.split()[0])
    raise Unavailable(f"its /proc/self/status has no line {line}")


def smaps(address: int) -> dict[str, int]:
    """Read the lines of /proc/self/smaps for the VMA that holds `address`, in KiB.

    Raises
    ------
    ValueError
        If nothing is mapped there.
    Unavailable
        If this kernel has no smaps.
    """
    libc()
    try:
        text = Path("/proc/self/smaps").read_text()
    except OSError as why:
        raise Unavailable(f"its /proc/self/smaps cannot be read ({why.strerror})") from None
    found: dict[str, int] = {}
    inside = False
    for words in map(str.split, text.splitlines()):
        if not words[0].endswith(":"):  # 7f12-7f34 rw-p 00000000 00:00 0
            low, high = (int(word, 16) for word in words[0].split("-"))
            inside = low <= address < high
        elif inside and words[-1] == "kB":
            found[words[0][:-1]] = int(words[1])
    if not found:
        raise ValueError(f"nothing is mapped at {address:#x}")
    return found


@contextmanager
def one_cpu() -> Iterator[None]:
    """Keep this thread where it is: pages that another CPU is still listing are not sent out."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def exactly(once: Callable[[], int], runs: int = 5) -> int:
    """Read a count that is exact: the least of several fresh repeats.

    The interpreter touches pages of its own while we count (its heap grows, a reference count is
    copied after a fork, a page of code runs for the first time). That noise only ever adds, and
    rarely twice in the same place; so the minimum is what the kernel did for us alone.

    Parameters
    ----------
    once : callable
        Counts once, on a region that nothing has touched before.
    runs : int
        How often.

    Raises
    ------
    ValueError
        If `runs` is less than 1.

    Examples
    --------
    >>> noisy = iter([64, 67, 64, 65, 64])
    >>> exactly(lambda: next(noisy))
    64
    """
    return exactly_each(lambda: {"count": once()}, runs)["count"]


def exactly_each(once: Callable[[], Mapping[str, int]], runs: int = 5) -> dict[str, int]:
    """Do the same for an experiment of several steps: the least count of each.

    Raises
    ------
    ValueError
        If `runs` is less than 1.

    Examples
    --------
    >>> noisy = iter([{"read": 64, "write": 66}, {"read": 65, "write": 64}])
    >>> exactly_each(lambda: next(noisy), runs=2)
    {'read': 64, 'write': 64}
    """
    if runs < 1:
        raise ValueError(f"runs {runs} is less than 1")
    counts = [once() for _ in range(runs)]
    return {step: min(count[step] for count in counts) for step in counts[0]}
