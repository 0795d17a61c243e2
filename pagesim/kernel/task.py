"""What the kernel keeps of a process: its number, its memory, and the faults that it took."""

from __future__ import annotations

from .cgroup import MemoryCgroup
from .space import AddressSpace

MEMLOCK = 8 << 20  # Linux's default since 5.16 (include/uapi/linux/resource.h, MLOCK_LIMIT)


class Task:
    """A process, as the kernel knows it.

    Parameters
    ----------
    pid : int
        Its number, from 1.
    space : AddressSpace
        Its areas and its page table.

    Attributes
    ----------
    minflt, majflt : int
        Faults that it took, without and with a disk read.
    comm : str
        Its name, as /proc/PID/comm has it.
    ppid : int
        The number of its parent, 0 if it has none.
    memlock : int or None
        How many bytes it may lock in memory (ulimit -l); None for one with CAP_IPC_LOCK.
    oom_score_adj : int
        How much likelier it is to be killed, -1000 to 1000; -1000 spares it.
    cgroup : MemoryCgroup or None
        The memory cgroup that it is in; None for the root.
    ended : bool
        Whether it is gone.
    """

    def __init__(self, pid: int, space: AddressSpace) -> None:
        self.pid, self._space, self.ended = pid, space, False
        self.comm, self.ppid = "program", 0
        self.memlock: int | None = MEMLOCK
        self.oom_score_adj = 0
        self.cgroup: MemoryCgroup | None = None
        self.minflt = self.majflt = 0

    @property
    def space(self) -> AddressSpace:
        """Its areas and its page table.

        Raises
        ------
        ValueError
            If it has ended.
        """
        if self.ended:
            raise ValueError(f"process {self.pid} has ended")
        return self._space
