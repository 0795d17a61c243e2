"""A process: what it touches, what it counts, how it multiplies and ends."""

from __future__ import annotations

from . import commit, forking
from .cgroup import MemoryCgroup
from .counters import Counters, Smaps, of_process, of_range
from .loader import load_program
from .machine import Machine
from .numa_calls import NumaCalls
from .vma import Vma


class Process(NumaCalls):
    """A running program; `Kernel.spawn` starts one.

    Wherever a call takes an area, it also takes an address, together with a length.

    Attributes
    ----------
    pid : int
        Its number, from 1.
    parent : Process or None
        Who forked it.

    Examples
    --------
    >>> from pagesim.kernel import Kernel
    >>> process = Kernel().spawn()
    >>> area = process.mmap(1000 * 4096)
    >>> process.touch(area, "r")
    Counter({'minor': 1000})
    >>> process.touch(area, "w")
    Counter({'minor': 1000})
    >>> process.touch(area, "w")
    Counter({'hit': 1000})
    """

    def __init__(self, kernel: Machine, parent: Process | None = None) -> None:
        super().__init__(kernel, *kernel.new_space())
        self.parent = parent
        if parent:
            self.comm, self.ppid, self.memlock = parent.comm, parent.pid, parent.memlock
            self.oom_score_adj = parent.oom_score_adj
            self.space.node, self.space.policy = parent.space.node, parent.space.policy
            self.join(parent.cgroup)
        kernel.processes[self.pid] = self

    def __repr__(self) -> str:
        return f"Process({self.pid})"

    # -- looking -------------------------------------------------------------------------------

    @property
    def areas(self) -> tuple[Vma, ...]:
        """All areas, in the order of their addresses."""
        return tuple(self.space.areas)

    @property
    def maps(self) -> str:
        """The areas, as /proc/PID/maps prints them."""
        return "\n".join(area.line(self.space.page) for area in self.areas)

    @property
    def counters(self) -> Counters:
        """What it has caused and what it has, under Linux's names."""
        return of_process(self.space, self.minflt, self.majflt)

    def smaps(self, where: Vma | int, length: int | None = None) -> Smaps:
        """Read what an area, or a part of one, has in memory and in swap."""
        return of_range(self.space, *self._range(where, length, "smaps", holes=True))

    def join(self, cgroup: MemoryCgroup | None) -> None:
        """Go into a memory cgroup, or back to the root; what was charged before stays charged.

        Page tables count for the group that the process is in.
        """
        if self.cgroup:
            del self.cgroup.spaces[self.space]
        self.cgroup = cgroup
        if cgroup:
            cgroup.spaces[self.space] = None

    # -- its life ------------------------------------------------------------------------------

    def fork(self) -> Process:
        """Start a child with the same memory, which neither of them has to copy yet.

        Raises
        ------
        OutOfMemory
            If the child's page table does not fit; there is no child then.
        SystemCallError
            ENOMEM if vm.overcommit_memory forbids to promise it as much; there is no child either.
        """
        self.kernel.reclaim.serve(self.cgroup)
        self.kernel.processor.running = self
        child = Process(self.kernel, parent=self)
        try:
            forking.copy(
                self.kernel.reclaim,
                self.space,
                child.space,
                lambda more: commit.promise(self.kernel, self.space, more, "fork"),
            )
        except BaseException:
            child.exit()
            raise
        return child

    def execve(self) -> None:
        """Replace the program: all memory goes, and a fresh program is laid out."""
        self._clear()
        self.space.peak = self.space.peak_rss = 0
        self.space.locks = self.space.lock_future = False
        load_program(self)

    def exit(self) -> None:
        """End; all memory goes."""
        self._clear()
        self.kernel.end(self)

    def _clear(self) -> None:
        self.space.unmap(0, 1 << self.space.table.mode.va_bits)
