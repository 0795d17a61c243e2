"""Memory with a near and a far side: NUMA nodes, and pages that stay where they were first touched.

Each node has processors and memory of its own. A page gets its frame with the first access, from
the node of the processor that made it (a full node borrows from the next). After that it stays,
whoever uses it: this is Linux's default policy.

Source: Linux Documentation/admin-guide/mm/numa_memory_policy.rst and set_mempolicy(2).
"""

from __future__ import annotations

from ..checks import bounded
from .physical import PhysicalMemory


class NumaSpace:
    """The pages of one program on a machine with several nodes.

    Parameters
    ----------
    memory : PhysicalMemory
        The machine's memory; its `nodes` says how many nodes there are.

    Attributes
    ----------
    frame : dict of int to int
        The PFN of every page that was touched.
    local, remote : int
        Accesses counted so far from the page's own node, and from another.

    Examples
    --------
    One thread touches all pages first, then a thread on each of two nodes uses its half:

    >>> space = NumaSpace(PhysicalMemory(frames=16, nodes=2))
    >>> for page in range(8):
    ...     space.touch(page, node=0)
    >>> [space.access(page, node=page // 4) for page in (0, 3, 4, 7)]
    [True, True, False, False]
    >>> space.local_share, space.mean_ns(local_ns=80, remote_ns=120)
    (0.5, 100.0)
    """

    def __init__(self, memory: PhysicalMemory) -> None:
        self.memory = memory
        self.frame: dict[int, int] = {}
        self.local = self.remote = 0

    def touch(self, page: int, node: int) -> None:
        """Give a page its frame, from this node if it has one free, unless it has one already.

        Raises
        ------
        OutOfMemory
            If no node has a free frame.
        ValueError
            If a number is out of range.
        """
        page = bounded("page", page, 0, 1 << 52)
        node = bounded("node", node, 0, self.memory.nodes - 1, "memory")
        if page not in self.frame:
            self.frame[page] = self.memory.alloc(node=node)

    def access(self, page: int, node: int, count: int = 1) -> bool:
        """Count accesses to a page from a processor; the first of all is its first touch.

        Parameters
        ----------
        page : int
            Virtual page number.
        node : int
            Node of the processor.
        count : int
            How many times.

        Returns
        -------
        bool
            Whether the page lies on that node.

        Raises
        ------
        OutOfMemory
            If the page has no frame yet and no node has one free.
        ValueError
            If a number is out of range.
        """
        count = bounded("count", count, 0, 1 << 62)
        self.touch(page, node)
        is_local = self.node_of(page) == node
        if is_local:
            self.local += count
        else:
            self.remote += count
        return is_local

    def node_of(self, page: int) -> int | None:
        """Tell which node a page lies on; None if nobody has touched it."""
        pfn = self.frame.get(page)
        return None if pfn is None else self.memory.node_of(pfn)

    @property
    def local_share(self) -> float:
        """The share of accesses so far that stayed on their own node; 1 before the first."""
        total = self.local + self.remote
        return self.local / total if total else 1.0

    def mean_ns(self, local_ns: float, remote_ns: float) -> float:
        """Mean time of the accesses so far, given the time of each kind.

        Raises
        ------
        ValueError
            If a time is negative.
        """
        if not (local_ns >= 0 and remote_ns >= 0):
            raise ValueError(f"times {local_ns} and {remote_ns} ns must not be negative")
        return self.local_share * local_ns + (1 - self.local_share) * remote_ns
