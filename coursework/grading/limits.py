"""What a submission may use while it is in the box."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bounds on one submission; whoever exceeds one loses that exercise, and nobody else does.

    Parameters
    ----------
    run_seconds : float
        Of the processor, for executing the notebook's cells once.
    answer_seconds : float
        Of the processor, for all inputs of one exercise together.
    patience : float
        How many times as long these two may take by the clock, on a busy machine or asleep.
    total_seconds : float
        By the clock, for the whole submission with all that has to be started anew.
    memory : int
        Bytes of address space of one process.
    resident : int
        Bytes of memory of all processes together.
    scratch : int
        Bytes of the private ``/tmp``.
    file : int
        Bytes of one file.
    processes, descriptors : int
        How many at a time.
    line, lines : int
        Bytes of one answer, and of all that is said about one exercise.
    submission : int
        Bytes of a notebook.

    Examples
    --------
    >>> Limits().processes
    32
    """

    run_seconds: float = 20.0
    answer_seconds: float = 5.0
    patience: float = 3.0
    total_seconds: float = 300.0
    memory: int = 1536 * MIB
    resident: int = 1024 * MIB
    scratch: int = 32 * MIB
    file: int = 16 * MIB
    processes: int = 32
    descriptors: int = 64
    line: int = 2 * MIB
    lines: int = 16 * MIB
    submission: int = 128 * MIB
