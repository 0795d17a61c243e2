"""Which way of a set leaves when a new entry needs its place.

An object of these classes belongs to one set. It is told of every *hit* and every *fill*, and can
always be asked for the next *victim*, which changes nothing.

Tree-PLRU keeps one bit for each pair of halves instead of an order of all ways. Each bit points to
the half that was used longer ago; an access turns the bits on its path away from itself:

    bits[1]             0 points left, 1 points right
    bits[2]   bits[3]
    0    1    2    3    the ways

Sources: Hennessy and Patterson, Computer Architecture, app. B.1 (LRU, FIFO, random); Handy, The
Cache Memory Book, ch. 2 (tree-PLRU).
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Protocol


class Policy(Protocol):
    """What a set asks of its policy; ways count from 0."""

    def hit(self, way: int) -> None:
        """Note that the entry in `way` was used."""

    def fill(self, way: int) -> None:
        """Note that a new entry was put into `way`."""

    def victim(self) -> int:
        """Tell which way leaves next if all are taken."""


class Fifo:
    """First in, first out: whoever came first leaves first, used or not.

    Examples
    --------
    >>> policy = Fifo(2)
    >>> policy.fill(0)
    >>> policy.fill(1)
    >>> policy.hit(0)
    >>> policy.victim()
    0
    """

    def __init__(self, ways: int) -> None:
        self._order = list(range(ways))  # who leaves first stands first

    def hit(self, way: int) -> None:
        """Ignore it."""

    def fill(self, way: int) -> None:
        """Send the way to the end of the queue."""
        self._order.remove(way)
        self._order.append(way)

    def victim(self) -> int:
        """Name the head of the queue."""
        return self._order[0]


class Lru(Fifo):
    """Least recently used: a hit counts like coming in anew.

    Examples
    --------
    >>> policy = Lru(2)
    >>> policy.fill(0)
    >>> policy.fill(1)
    >>> policy.hit(0)
    >>> policy.victim()
    1
    """

    def hit(self, way: int) -> None:
        """Send the way to the end of the queue."""
        self.fill(way)


class TreePlru:
    """Pseudo-LRU by a tree of bits; `ways` must be a power of two.

    Examples
    --------
    >>> policy = TreePlru(4)
    >>> for way in (0, 1, 2, 3, 0):
    ...     policy.hit(way)
    >>> policy.victim()  # LRU would name 1
    2
    """

    def __init__(self, ways: int) -> None:
        self._ways = ways
        self._bits = [0] * ways  # bits[0] is unused, so that node n has the children 2n and 2n+1

    def hit(self, way: int) -> None:
        """Turn every bit on the path to the way to its other side."""
        node = self._ways + way
        while node > 1:
            self._bits[node // 2] = 1 - node % 2
            node //= 2

    def fill(self, way: int) -> None:
        """Count it as a use."""
        self.hit(way)

    def victim(self) -> int:
        """Follow the bits down to a way."""
        node = 1
        while node < self._ways:
            node = 2 * node + self._bits[node]
        return node - self._ways


class RandomWay:
    """Any way, drawn from a seeded generator that the sets of a TLB share."""

    def __init__(self, ways: int, generator: Random) -> None:
        self._ways, self._generator = ways, generator
        self._next = generator.randrange(ways)

    def hit(self, way: int) -> None:
        """Ignore it."""

    def fill(self, way: int) -> None:
        """Draw the next victim."""
        self._next = self._generator.randrange(self._ways)

    def victim(self) -> int:
        """Name the way that was drawn."""
        return self._next


POLICIES: dict[str, Callable[[int, Random], Policy]] = {
    "lru": lambda ways, _: Lru(ways),
    "fifo": lambda ways, _: Fifo(ways),
    "plru": lambda ways, _: TreePlru(ways),
    "random": RandomWay,
}
"""How each policy is made for a set of so many ways."""
