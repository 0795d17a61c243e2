"""Predict what a program does to its memory, and what Linux will count at each of its steps.

A program has a piece of address space for each of its areas, with a guard page on either side, so
that nothing else shares its tables and no neighbour is merged with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .kernel import Kernel
from .pages import File as KernelFile
from .process import Process
from .steps import (
    Advise,
    File,
    Fork,
    Lock,
    Map,
    Op,
    Program,
    Protect,
    Reading,
    Stack,
    Touch,
    Unlock,
    Unmap,
    run_of,
)
from .vma import Vma

HOME = 0x1000_0000_0000  # where the first area goes,
APART = 1 << 39  # and how far the next one is from it: 512 GiB, one entry of the root


def predict(program: Program) -> tuple[Reading, ...]:
    """Run a program in a simulated machine with enough of everything.

    Examples
    --------
    >>> from pagesim.kernel.steps import Map, Program, Touch
    >>> steps = Map("a", 8), Touch("a", "r"), Touch("a", "w")
    >>> for reading in predict(Program("read, then write", steps)):
    ...     print(reading.minflt, reading.rss, reading.tables)
    0 0 0
    8 0 12
    8 32 0
    """
    process = Kernel(ram="512 MiB", swap="64 MiB").spawn()
    process.stack_touch(0)  # a program that runs has used its stack
    return tuple(_Run(process, "parent", {}, {}).play(program.steps))


@dataclass
class _Run:
    """One process on its way through a program."""

    process: Process
    who: str
    areas: dict[str, Vma]
    files: dict[str, KernelFile]

    def play(self, steps: Iterable[Op]) -> Iterator[Reading]:
        """Do steps, and count what each of them costs."""
        for step in steps:
            if isinstance(step, File):
                self.files[step.name] = self.process.kernel.file(
                    step.name,
                    bytes(step.pages * self._page),
                    on_disk=step.where != "memory",
                    cache=step.where == "cache",
                )
            elif isinstance(step, Fork):
                child = _Run(self.process.fork(), "child", dict(self.areas), self.files)
                yield from child.play(step.child)
                yield from self.play(step.parent)
                child.process.exit()
            else:
                before = self.process.counters
                self._do(step)
                change = self.process.counters - before
                rss = sum(self.process.smaps(area).Rss for area in self.areas.values())
                yield Reading(self.who, change.minflt, change.majflt, rss, change.VmPTE)

    @property
    def _page(self) -> int:
        return self.process.space.page

    def _do(self, step: Map | Touch | Advise | Protect | Lock | Unlock | Unmap | Stack) -> None:
        process, page = self.process, self._page
        if isinstance(step, Map):
            self.areas[step.area] = self._map(step)
        elif isinstance(step, Touch):
            process.touch(self.areas[step.area], step.access, step.pages)
        elif isinstance(step, Stack):
            low = next(area for area in process.areas if area.role == "stack").start
            for below in step.pages:
                process.write(low - below * page)
        else:
            area = self.areas[step.area]
            start, length = run_of(step.pages, area.start, area.length // page, page)
            if isinstance(step, Advise):
                process.madvise(start, step.advice, length)
            elif isinstance(step, Protect):
                process.mprotect(start, step.prot, length)
            elif isinstance(step, Lock):
                process.mlock(start, length)
            elif isinstance(step, Unlock):
                process.munlock(start, length)
            else:
                process.munmap(start, length)

    def _map(self, step: Map) -> Vma:
        page, size = self._page, step.pages * self._page
        start = HOME + len(self.areas) * APART + step.shift * page
        self.process.mmap(size + 2 * page, "", addr=start - page)  # the guard pages
        return self.process.mmap(
            size,
            step.prot,
            step.kind,
            self.files.get(step.file),
            addr=start,
            populate=step.populate,
        )
