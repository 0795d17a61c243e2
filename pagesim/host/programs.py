"""The simulator's programs on the real machine: the same steps, counted by the real kernel.

`pagesim.kernel.program.predict` says what each step should cost; `count` lets this machine's kernel
count it, touch by touch, several times, until the counts have settled. Every step is done twice:
first on a decoy, areas of the same kind somewhere else, which takes the faults of code and of
reference counts that run or are copied for the first time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from statistics import mode
from typing import Any

from ..kernel.program import APART, HOME
from ..kernel.steps import (
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
    decode,
    encode,
    run_of,
)
from . import counters, linux
from .areas import parse_lines
from .files import cold_file, fill
from .forked import Channel, Child
from .helper import in_helper
from .huge_pages import check_huge_pages
from .linux import PAGE, require_4_kib_pages
from .region import Region
from .stack import require_room, stores_below, use_room
from .swap import check_swap

_DECOY = HOME + 32 * APART
_Counts = dict[str, Any]  # the fields of a Reading; faults are counted touch by touch
# An interrupted wait for the disk turns a major fault into a minor one; sizes of page tables are
# the whole process's, which may need a table of its own meanwhile, or free one.
_PICKS: dict[str, counters.Pick] = {"minflt": min, "majflt": max, "rss": mode, "tables": mode}


def count(program: Program) -> tuple[Reading, ...]:
    """Run a program on this machine, in a process of its own, and count each step.

    Raises
    ------
    Unavailable
        If this machine cannot run or count it.

    Examples
    --------
    >>> for reading in count(Program("write", (Map("a", 8), Touch("a", "w")))):
    ...     print(reading.minflt, reading.rss, reading.tables)
    0 0 0
    8 32 12
    """
    check(program)
    rows = in_helper(count_here, encode(program.steps))
    return tuple(Reading(**row) for row in rows)


def check(program: Program) -> None:
    """Refuse, quickly, a program that this machine cannot run."""
    require_4_kib_pages()
    counters.status("VmPTE")
    if "huge pages" in program.needs:
        check_huge_pages()
    if "disk" in program.needs:
        with cold_file(2):
            pass
    if "swap" in program.needs:
        check_swap()
    if any(isinstance(step, Stack) for step in program.steps):
        require_room()


def count_here(steps: Sequence[dict[str, Any]]) -> list[_Counts]:
    """Run encoded steps in this process several times, and settle on one count of each.

    Raises
    ------
    Unavailable
        If this machine cannot run them, or the counts do not settle.
    """
    program, who, picks = decode(steps), list[str](), dict[str, counters.Pick]()
    if any(isinstance(step, Stack) for step in program):
        use_room()

    def once() -> dict[str, counters.Count]:
        with ExitStack() as stack:
            run = _Run(_World(HOME, stack), _World(_DECOY, stack)).play(program)
        who[:] = [reading["who"] for reading in run]
        counts = {}
        for number, reading in enumerate(run):
            for name, pick in _PICKS.items():
                key = f"step {number}, {name}"
                counts[key], picks[key] = reading[name], pick
        return counts

    with counters.one_cpu():
        settled = counters.exactly_each(once, picks)
    return [
        {"who": each} | {name: settled[f"step {number}, {name}"] for name in _PICKS}
        for number, each in enumerate(who)
    ]


@dataclass
class _World:
    """The files and areas of a program, in one part of the address space."""

    home: int
    stack: ExitStack
    files: dict[str, int] = field(default_factory=dict)
    areas: dict[str, Region] = field(default_factory=dict)

    def make(self, step: File) -> None:
        """Make a file."""
        if step.where == "memory":
            file = os.memfd_create(step.name)
            self.stack.callback(os.close, file)
            fill(file, step.pages)
        else:
            file = self.stack.enter_context(cold_file(step.pages))
        if step.where == "cache":  # read one page at a time: the kernel makes no large folios then
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_RANDOM)
            for page in range(step.pages):
                os.pread(file, 1, page * PAGE)
        self.files[step.name] = file

    def plan(self, step: Op | None) -> Sequence[Callable[[], object]]:
        """Prepare a step, touch by touch, so that nothing but the step itself is left to do."""
        if isinstance(step, Map):
            return [partial(self._map, step)]
        if isinstance(step, Touch):
            return self.areas[step.area].touches(step.access, step.pages)
        if isinstance(step, Stack):
            return stores_below(step.pages)
        if isinstance(step, Advise | Protect | Lock | Unlock | Unmap):
            area = self.areas[step.area]
            start, length = run_of(step.pages, area.address, area.pages, PAGE)
            if isinstance(step, Advise):
                advice = getattr(linux, f"MADV_{step.advice.upper()}")
                return [partial(linux.advise, start, length, advice)]
            if isinstance(step, Protect):
                return [partial(linux.protect, start, length, linux.protection(step.prot))]
            call = {Lock: linux.lock, Unlock: linux.unlock, Unmap: linux.unmap}[type(step)]
            return [partial(call, start, length)]
        return []

    def _map(self, step: Map) -> None:
        at = self.home + len(self.areas) * APART + step.shift * PAGE
        self.areas[step.area] = self.stack.enter_context(
            Region(
                step.pages * PAGE,
                prot=step.prot,
                at=at,
                fd=self.files.get(step.file, -1),
                shared=step.kind == "shared",
                populate=step.populate,
            )
        )

    @property
    def rss(self) -> int:
        """Memory of all areas, in KiB, whatever pieces the kernel keeps them in."""
        return _resident(list(self.areas.values()))


@dataclass
class _Run:
    """One process on its way through a program, and through its decoy."""

    world: _World
    decoy: _World
    who: str = "parent"

    def play(self, steps: Sequence[Op]) -> list[_Counts]:
        """Do steps, and count what each of them costs."""
        readings: list[_Counts] = []
        for step in steps:
            if isinstance(step, File):
                self.decoy.make(step)
                self.world.make(step)
            elif isinstance(step, Fork):
                readings += self._fork(step)
            else:
                readings.append(self._measure(step))
        return readings

    def _measure(self, step: Op | None) -> _Counts:
        """Do a step on the decoy, then do it and count."""
        counts: _Counts = {}
        for world in (self.decoy, self.world):
            touches = world.plan(step)
            tables = counters.status("VmPTE")
            counts["minflt"], counts["majflt"] = counters.faults_of(touches)
            counts["tables"] = counters.status("VmPTE") - tables
        return {"who": self.who, "rss": self.world.rss} | counts

    def _warm_up(self) -> None:
        """Use all free memory of the heap, and measure nothing, after a fork: what that copies of
        our own pages will not be copied while it matters."""
        _ = [bytes(size) for size in range(1, 512, 16) for _ in range(500)]
        for _ in range(2):
            self._measure(None)

    def _fork(self, step: Fork) -> Iterator[_Counts]:
        def work(line: Channel) -> None:
            self.who = "child"
            self._warm_up()
            line.send(self.play(step.child))
            line.receive()  # stay until the parent has done its part

        child = Child(work)
        yield from child.receive()
        self._warm_up()
        yield from self.play(step.parent)
        child.send()
        child.wait()


def _resident(areas: Sequence[Region]) -> int:
    """Add up the Rss of the mappings that reach into areas; their guard pages have none."""
    total = 0
    with open(
        "/proc/self/smaps", encoding="utf-8", errors="surrogateescape", newline="\n"
    ) as lines:
        for one in parse_lines(lines):
            if all(one.start >= area.address + area.size for area in areas):
                break  # the rest lies above; the areas are among the lowest addresses
            if any(
                one.start < area.address + area.size and area.address < one.end for area in areas
            ):
                total += one.kib["Rss"]
    return total
