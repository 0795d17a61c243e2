"""A process: what it touches, what it counts, how it multiplies and ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..checks import bounded
from ..mmu import Access
from . import forking
from .calls import MemoryCalls
from .counters import Counters, Smaps, of_process, of_range
from .outcome import Outcome
from .space import AddressSpace
from .vma import Vma

if TYPE_CHECKING:
    from .kernel import Kernel


class Process(MemoryCalls):
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

    def __init__(
        self, kernel: Kernel, pid: int, space: AddressSpace, parent: Process | None = None
    ) -> None:
        self.kernel, self.pid, self._space, self.parent = kernel, pid, space, parent
        self.minflt = self.majflt = 0

    def __repr__(self) -> str:
        return f"Process({self.pid})"

    @property
    def space(self) -> AddressSpace:
        """Its areas and its page table.

        Raises
        ------
        ValueError
            If it has ended.
        """
        if self.pid not in self.kernel.processes:
            raise ValueError(f"process {self.pid} has ended")
        return self._space

    # -- looking -------------------------------------------------------------------------------

    @property
    def areas(self) -> tuple[Vma, ...]:
        """All areas, in the order of their addresses."""
        return tuple(self.space.areas)

    @property
    def maps(self) -> str:
        """The areas, as /proc/PID/maps prints them."""
        return "\n".join(
            f"{area.start:08x}-{area.end:08x} {area.perms} "
            f"{area.offset * self.space.page:08x} {area.name}".rstrip()
            for area in self.areas
        )

    @property
    def counters(self) -> Counters:
        """What it has caused and what it has, under Linux's names."""
        return of_process(self.space, self.minflt, self.majflt)

    def smaps(self, where: Vma | int, length: int | None = None) -> Smaps:
        """Read what an area, or a part of one, has in memory and in swap."""
        return of_range(self.space, *self._range(where, length, "smaps", holes=True))

    # -- touching ------------------------------------------------------------------------------

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
            The same, in the kernel's mode.
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
        """Fetch an instruction; raises what `read` raises."""
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
        """Write to the stack, this many pages below the lowest one that it has so far."""
        stack = next(area for area in self.space.areas if area.role == "stack")
        return self.write(stack.start - pages_below * self.space.page)

    # -- its life ------------------------------------------------------------------------------

    def fork(self) -> Process:
        """Start a child with the same memory, which neither of them has to copy yet.

        Raises
        ------
        OutOfMemory
            If the child's page table does not fit; there is no child then.
        """
        child = self.kernel.new_process(parent=self)
        try:
            forking.copy(self.space, child.space)
        except BaseException:
            child.exit()
            raise
        return child

    def execve(self) -> None:
        """Replace the program: all memory goes, and a fresh program is laid out."""
        self._clear()
        self.kernel.lay_out(self)

    def exit(self) -> None:
        """End; all memory goes."""
        self._clear()
        self.kernel.end(self)

    def _clear(self) -> None:
        self.space.unmap(0, 1 << self.space.table.mode.va_bits)
