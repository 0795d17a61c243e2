"""Memory cgroups: processes that share a limit, and what is counted for them.

A page is charged to the group of whoever brought it in, and stays charged to it, whoever else maps
it, until its frame is free. Page tables count as well. When a group is at its limit its own pages
have to leave; the rest of memory may be empty meanwhile.

Source: Linux 6.18 mm/memcontrol.c (`try_charge_memcg`), Documentation/admin-guide/cgroup-v2.rst.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from .space import AddressSpace


class MemoryCgroup:
    """A memory cgroup (version 2) below the root.

    Parameters
    ----------
    name : str
        Its directory in /sys/fs/cgroup.
    limit : int or None
        memory.max in pages; None for "max".

    Attributes
    ----------
    charged : Counter
        Pages charged to it, by kind.
    spaces : dict of AddressSpace to None
        Whose page tables count, in the order in which they joined.
    events : Counter
        memory.events ("max", "oom", "oom_kill"), and what memory.stat counts.

    Examples
    --------
    >>> group = MemoryCgroup("web", limit=100)
    >>> group.charged["anon"] += 60
    >>> group.pages, group.exceeds(40), group.exceeds(41)
    (60, False, True)
    """

    def __init__(self, name: str, limit: int | None) -> None:
        self.name, self.limit = name, limit
        self.charged: Counter[str] = Counter()
        self.spaces: dict[AddressSpace, None] = {}
        self.events: Counter[str] = Counter()

    def __repr__(self) -> str:
        return f"MemoryCgroup({self.name!r})"

    @property
    def tables(self) -> int:
        """Pages of page tables, the roots included."""
        return sum(space.table.user_tables + 1 for space in self.spaces)

    @property
    def pages(self) -> int:
        """Pages that count against the limit: memory.current."""
        return self.charged.total() + self.tables

    @property
    def swapped(self) -> int:
        """Pages that its processes have in swap: memory.swap.current."""
        return sum(space.swapped for space in self.spaces)

    def exceeds(self, more: int) -> bool:
        """Tell whether so many more pages are too many."""
        return self.limit is not None and self.pages + more > self.limit


def of_space(groups: Iterable[MemoryCgroup], space: AddressSpace) -> MemoryCgroup | None:
    """Find the group that an address space belongs to; None for the root."""
    return next((group for group in groups if space in group.spaces), None)
