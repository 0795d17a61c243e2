"""What a process does to its memory: reads, writes, instruction fetches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ..checks import bounded
from ..mmu import Access
from .machine import Machine
from .outcome import Outcome
from .space import AddressSpace
from .task import Task
from .vma import Vma


class Accesses(Task):
    """A process that can access memory.

    Attributes
    ----------
    kernel : Machine
        The machine that it runs on.
    """

    def __init__(self, kernel: Machine, pid: int, space: AddressSpace) -> None:
        super().__init__(pid, space)
        self.kernel = kernel

    def read(self, va: int, user: bool = True) -> Outcome:
        """Read a byte; its value is the outcome's `value`.

        Parameters
        ----------
        va : int
            Virtual address.
        user : bool
            False for the kernel reading on the process's behalf, as write(2) does.

        Raises
        ------
        SegmentationFault, BusError
            If it may not be read, or there is nothing to read.
        BadAddress
            The same, in the kernel's mode; there no address of the kernel's own may be given.
        OutOfMemory
            If the page needs a frame, and nothing can leave.
        ValueError
            If `va` is not an address of this machine.
        """
        return self.kernel.processor.access(self, va, "r", user)

    def write(self, va: int, value: int = 1, user: bool = True) -> Outcome:
        """Write a byte; raises what `read` raises."""
        return self.kernel.processor.access(
            self, va, "w", user, bounded("value", value, 0, 255, "a byte")
        )

    def exec(self, va: int, user: bool = True) -> Outcome:
        """Fetch an instruction; raises what `read` raises, or `Oops` in the kernel's mode."""
        return self.kernel.processor.access(self, va, "x", user)

    def touch(
        self, area: Vma, access: Access = "w", pages: Iterable[int] | None = None
    ) -> Counter[str]:
        """Access the first byte of each page of an area, and count the outcomes by kind.

        Parameters
        ----------
        area : Vma
            The area, as `mmap` returned it.
        access : {"r", "w", "x"}
            What to do; writes store a 1.
        pages : iterable of int, optional
            Which of its pages, in this order; all of them if left out.
        """
        page = self.space.page
        last = area.length // page - 1
        tally: Counter[str] = Counter()
        for index in range(last + 1) if pages is None else pages:
            va = area.start + bounded("page", index, 0, last, "area") * page
            tally[
                self.kernel.processor.access(
                    self, va, access, True, 1 if access == "w" else None
                ).kind
            ] += 1
        return tally

    def stack_touch(self, pages_below: int = 1) -> Outcome:
        """Write to the stack, this many pages below the lowest one that it has so far.

        Raises
        ------
        ValueError
            If there is no stack, or no such address.
        SegmentationFault
            If the stack may not grow that far.
        """
        stack = next((area for area in self.space.areas if area.role == "stack"), None)
        if stack is None:
            raise ValueError(f"{self} has no stack")
        return self.write(stack.start - pages_below * self.space.page)
