"""What the kernel counts about this process, and how to read a count that is exact.

`/proc` writes "kB" and means KiB; so do the numbers here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType

from .areas import parse
from .linux import LINUX, Unavailable, libc, proc

if LINUX:  # elsewhere the module is missing, or a mock that counts nothing
    import resource

Count = int | Sequence[int]  # of a step, or of each of its touches
Pick = Callable[[Sequence[int]], int]
_SURE, _MOST_RUNS, _MOST_REFUSED = 3, 30, 5


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


def faults_of(touches: Sequence[Callable[[], object]]) -> tuple[list[int], list[int]]:
    """Do each of several touches, and count its faults: the minor ones, and the major ones.

    Raises
    ------
    Unavailable
        If this is not Linux.
    """
    libc()
    usage, thread = resource.getrusage, resource.RUSAGE_THREAD
    # Nothing may grow while we count, and no line below may run for the first time: its code would
    # be what faults. So the first touch is none.
    touches = [_nothing, *touches]
    minor, major = [0] * len(touches), [0] * len(touches)
    # what is noted finds a place among these, and no touch is the first to need a page for it
    kept = [usage(thread) for _ in range(64)]
    del kept[::2]
    before = usage(thread)
    for number, touch in enumerate(touches):
        touch()
        now = usage(thread)
        minor[number] = now.ru_minflt - before.ru_minflt
        major[number] = now.ru_majflt - before.ru_majflt
        before = now
    return minor[1:], major[1:]


def minor_faults_of(touches: Sequence[Callable[[], object]]) -> list[int]:
    """Do each of several touches, and count its minor faults."""
    return faults_of(touches)[0]


def major_faults_of(touches: Sequence[Callable[[], object]]) -> list[int]:
    """Do each of several touches, and count its major faults."""
    return faults_of(touches)[1]


def _nothing() -> None:
    """Touch nothing."""


def status(line: str, text: str | None = None) -> int:
    """Look up a line of /proc/self/status (VmSize, VmRSS, VmPTE, ...), in KiB.

    Parameters
    ----------
    line : str
        The line's name, without the colon.
    text : str, optional
        What was read of the file; by default it is read now.

    Raises
    ------
    Unavailable
        If this kernel has no such line.

    Examples
    --------
    >>> status("VmRSS", "VmSize:\t 8192 kB\\nVmRSS:\t 4096 kB")
    4096
    """
    for row in (proc("self/status") if text is None else text).split("\n"):
        name, _, value = row.partition(":")
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
    for area in parse(proc("self/smaps")):
        if area.start <= address < area.end:
            return dict(area.kib)
    raise ValueError(f"nothing is mapped at {address:#x}")


@contextmanager
def one_cpu() -> Iterator[None]:
    """Keep this thread where it is: pages that another CPU is still listing are not sent out."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def exactly(once: Callable[[], Count], pick: Pick = min) -> int:
    """Read one count that is exact; see `exactly_each`.

    Examples
    --------
    >>> noisy = iter([66, 64, 67, 64, 65, 64])
    >>> exactly(lambda: next(noisy))
    64
    """
    return exactly_each(lambda: {"count": once()}, {"count": pick})["count"]


def exactly_each(
    once: Callable[[], Mapping[str, Count]], picks: Mapping[str, Pick] = MappingProxyType({})
) -> dict[str, int]:
    """Repeat an experiment until each of its counts has settled, and return them.

    While we count, the interpreter touches pages of its own (its heap grows, a reference count is
    copied after a fork, code runs for the first time), and the kernel may stop us. Such noise goes
    one way: it *adds* to faults, and *takes away* from bytes seen and pages sent out; a fault that
    is interrupted while it waits for the disk ends as a minor one. So the least is taken of each
    count, or the most where `picks` says so, once three runs have agreed on it. A step that counts
    touch by touch is settled touch by touch: noise rarely strikes twice at the same touch.

    Parameters
    ----------
    once : callable
        Does all steps once, on memory that nothing has touched before, and returns the count of
        each: a number, or one for each touch. A run that raises `Unavailable` is done again.
    picks : mapping
        `max` for steps from which noise takes away, `statistics.mode` where it goes both ways.

    Returns
    -------
    dict of str to int
        The count of each step: of one that counts touch by touch, the sum.

    Raises
    ------
    Unavailable
        If the counts have not settled after 30 runs, or 5 runs could not be done.

    Examples
    --------
    >>> noisy = iter([{"read": 64, "sent out": 5}, {"read": 65, "sent out": 8},
    ...               {"read": 64, "sent out": 8}, {"read": 64, "sent out": 8}])
    >>> exactly_each(lambda: next(noisy), {"sent out": max})
    {'read': 64, 'sent out': 8}
    >>> touches = iter([[1, 2, 1], [1, 1, 1], [2, 1, 1], [1, 1, 3], [1, 1, 1]])
    >>> exactly(lambda: next(touches))
    3
    """
    runs: list[Mapping[str, Count]] = []
    refused = 0
    while len(runs) < _MOST_RUNS:
        try:
            runs.append(once())
        except Unavailable:
            refused += 1
            if refused == _MOST_REFUSED:
                raise
            continue
        settled = {
            step: _settled([run[step] for run in runs], picks.get(step, min)) for step in runs[0]
        }
        sums = {step: count for step, count in settled.items() if count is not None}
        if len(sums) == len(settled):
            return sums
    open_step = next(step for step, count in settled.items() if count is None)
    seen = [_sum(run[open_step]) for run in runs]
    raise Unavailable(
        f"its counts did not settle in {_MOST_RUNS} runs "
        f"({open_step}: between {min(seen)} and {max(seen)})"
    )


def _settled(readings: Sequence[Count], pick: Pick) -> int | None:
    """Add up what each touch has settled on; None if one has not."""
    if len(readings) < _SURE:
        return None
    total = 0
    for touch in zip(*map(_touches, readings), strict=True):
        value = pick(touch)
        if touch.count(value) < _SURE:
            return None
        total += value
    return total


def _touches(count: Count) -> Sequence[int]:
    return (count,) if isinstance(count, int) else count


def _sum(count: Count) -> int:
    return sum(_touches(count))
