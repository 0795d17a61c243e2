"""Swap: a disk for pages that have no file to go back to.

A page that was swapped out is a number in its page-table entry: the entry's present bit is 0, and
where the PFN stood now stands the slot. After a fork several entries can hold the same slot; the
first of them to be swapped in leaves the page in the *swap cache*, where the others find it.

Source: Linux mm/swapfile.c, mm/swap_state.c.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..memory import OutOfMemory

if TYPE_CHECKING:
    from .frames import Frame


class SwapFull(OutOfMemory):
    """Memory is full, what could leave has to go to swap, and swap is full too."""


@dataclass(slots=True, eq=False)
class Slot:
    """One page of the swap disk.

    Attributes
    ----------
    index : int
        Its number, from 1: slot 0 holds the disk's header, as in Linux.
    content : bytes
        The page that was written here.
    users : int
        How many page-table entries (or pages of a file in memory) hold its number.
    exclusive : bool
        Whether the page had a single owner, which may write to it at once when it is back.
    cached : Frame or None
        The frame that holds the same page, if it is in memory as well.
    """

    index: int
    content: bytes = b""
    users: int = 0
    exclusive: bool = False
    cached: Frame | None = None


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
        self._free = list(range(1, slots + 1))

    @property
    def free(self) -> int:
        """How many slots are free."""
        return len(self._free)

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
        if not self._free:
            raise SwapFull(f"swap is full: all of its {self.slots} slots are in use")
        slot = Slot(heapq.heappop(self._free))
        self.used[slot.index] = slot
        return slot

    def give(self, slot: Slot) -> None:
        """Take a slot back."""
        del self.used[slot.index]
        heapq.heappush(self._free, slot.index)
