"""Which node a page comes from: memory policies of processes and of areas.

    default      the node of the processor that runs the process, then the next ones
    bind         only these nodes, whatever others have free
    interleave   these nodes in turn, page by page
    preferred    this node, then the next ones

A policy is asked when a page gets its frame, and never again: pages stay where they are.

Source: Linux 6.18 mm/mempolicy.c (`get_vma_policy`, `policy_nodemask`, `interleave_nid`,
`mpol_to_str`), mm/page_alloc.c (`zone_statistics`); set_mempolicy(2), mbind(2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from ..checks import bounded

Mode = Literal["default", "bind", "interleave", "preferred"]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a frame is taken from.

    Attributes
    ----------
    node : int
        The node to look at first; the others follow in turn.
    allowed : frozenset of int or None
        The nodes that may be used; all if None.
    local : int
        The node of the processor.
    interleaved : bool
        Whether the node was chosen by turns.
    """

    node: int = 0
    allowed: frozenset[int] | None = None
    local: int = 0
    interleaved: bool = False

    def first(self, nodes: int) -> int:
        """Tell which of so many nodes is wanted most."""
        turn = ((self.node + n) % nodes for n in range(nodes))
        return next(node for node in turn if self.allowed is None or node in self.allowed)


@dataclass(frozen=True, slots=True)
class MemoryPolicy:
    """How pages are placed.

    Attributes
    ----------
    mode : {"default", "bind", "interleave", "preferred"}
        As above.
    nodes : tuple of int
        Which nodes, rising.

    Examples
    --------
    >>> str(MemoryPolicy("interleave", (0, 1, 2, 4))), str(MemoryPolicy())
    ('interleave:0-2,4', 'default')
    >>> [MemoryPolicy("interleave", (0, 2)).place(page, local=1).node for page in range(3)]
    [0, 2, 0]
    """

    mode: Mode = "default"
    nodes: tuple[int, ...] = ()

    @classmethod
    def of(cls, mode: Mode, nodes: tuple[int, ...], there: int) -> MemoryPolicy:
        """Make a policy for a machine that has so many nodes.

        Raises
        ------
        ValueError
            If there is no such mode or node, or a mode has too few or too many of them.
        """
        if mode not in get_args(Mode):
            raise ValueError(f"policy {mode!r} is not one of {', '.join(get_args(Mode))}")
        for node in nodes:
            bounded("node", node, 0, there - 1, "machine")
        if (mode == "default") != (not nodes) or (mode == "preferred" and len(nodes) > 1):
            raise ValueError(f"policy {mode!r} with nodes {nodes}: default has none, preferred one")
        return cls(mode, tuple(sorted(set(nodes))))

    def place(self, page: int, local: int) -> Placement:
        """Place the page of this number, for a process that runs on a node."""
        if self.mode == "bind":
            return Placement(local, frozenset(self.nodes), local)
        if self.mode == "interleave":
            return Placement(self.nodes[page % len(self.nodes)], None, local, True)
        return Placement(self.nodes[0] if self.nodes else local, None, local)

    def __str__(self) -> str:
        name = "prefer" if self.mode == "preferred" else self.mode
        return f"{name}:{as_list(self.nodes)}" if self.nodes else name


def as_list(nodes: tuple[int, ...]) -> str:
    """Write node numbers as Linux lists them.

    >>> as_list((0, 1, 2, 5))
    '0-2,5'
    """
    runs: list[list[int]] = []
    for node in nodes:
        if runs and node == runs[-1][-1] + 1:
            runs[-1].append(node)
        else:
            runs.append([node])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
