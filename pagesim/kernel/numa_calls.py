"""The system calls that place memory on nodes: set_mempolicy, mbind, and where a process runs."""

from __future__ import annotations

from dataclasses import replace

from ..checks import bounded
from .numa import MemoryPolicy, Mode
from .remapping import Remapping
from .vma import Vma


class NumaCalls(Remapping):
    """A process that says where its pages shall come from.

    Examples
    --------
    >>> from pagesim.kernel import Kernel
    >>> kernel = Kernel(nodes=2)
    >>> process = kernel.spawn()
    >>> area = process.mmap(8 * 4096)
    >>> process.mbind(area, "interleave", (0, 1))
    >>> _ = process.touch(area)
    >>> kernel.cat("/proc/1/numa_maps").splitlines()[3].split()[1:]
    ['interleave:0-1', 'anon=8', 'dirty=8', 'active=0', 'N0=4', 'N1=4', 'kernelpagesize_kB=4']
    """

    def run_on(self, node: int) -> None:
        """Run on a processor of a node from now on (sched_setaffinity)."""
        self.space.node = bounded("node", node, 0, self.kernel.memory.nodes - 1, "machine")

    def set_mempolicy(self, mode: Mode = "default", nodes: tuple[int, ...] = ()) -> None:
        """Say where pages come from that get their frame from now on.

        Parameters
        ----------
        mode : {"default", "bind", "interleave", "preferred"}
            See `pagesim.kernel.numa`.
        nodes : tuple of int
            Which nodes; none for "default", one for "preferred".

        Raises
        ------
        ValueError
            If there is no such mode or node.
        """
        self.space.policy = MemoryPolicy.of(mode, nodes, self.kernel.memory.nodes)

    def mbind(
        self,
        where: Vma | int,
        mode: Mode = "default",
        nodes: tuple[int, ...] = (),
        length: int | None = None,
    ) -> None:
        """Say it for an area or a range; pages that are there already stay where they are.

        Raises
        ------
        ValueError
            If there is no such mode or node, or part of the range is not mapped.
        """
        policy = MemoryPolicy.of(mode, nodes, self.kernel.memory.nodes)
        start, end = self._range(where, length, "mbind")
        areas = self.space.areas
        for part in areas.within(start, end):
            areas.remove(part.start, part.end)
            areas.insert(replace(part, policy=None if mode == "default" else policy))
