"""Swap: a disk for pages that have no file to go back to.

A page that was swapped out is a number in its page-table entry: the entry's present bit is 0, and
where the PFN stood now stands the slot. After a fork several entries can hold the same slot; the
first of them to be swapped in leaves the page in the *swap cache*, where the others find it.

Source: Linux mm/swapfile.c, mm/swap_state.c.
"""

from __future__ import annotations

import heapq

from ..memory import OutOfMemory
from .pages import Slot


class SwapFull(OutOfMemory):
    """Memory is full, what could leave has to go to swap, and swap is full too."""


class Swap:
    """The slots of the swap disk.

    Parameters
    ----------
    slots : int
        How many pages it can hold.

    Examples
    --------
    >>> swap = Swap(slots=2)
    >>> swap.take().index, swap.take().index, swap.free
    (1, 2, 0)
    """

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.used: dict[int, Slot] = {}
        self._given_back: list[int] = []  # a heap of slots below the first one never used
        self._unused = 1

    @property
    def free(self) -> int:
        """How many slots are free."""
        return self.slots - len(self.used)

    @property
    def half_full(self) -> bool:
        """Whether Linux would no longer keep copies of pages that are back in memory."""
        return self.free * 2 < self.slots

    def take(self) -> Slot:
        """Hand out the lowest free slot.

        Raises
        ------
        SwapFull
            If there is none.
        """
        if not self.free:
            raise SwapFull(f"swap is full: all of its {self.slots} slots are in use")
        if self._given_back:
            slot = Slot(heapq.heappop(self._given_back))
        else:
            slot = Slot(self._unused)
            self._unused += 1
        self.used[slot.index] = slot
        return slot

    def give(self, slot: Slot) -> None:
        """Take a slot back."""
        del self.used[slot.index]
        heapq.heappush(self._given_back, slot.index)
