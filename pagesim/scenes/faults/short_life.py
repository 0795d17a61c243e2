"""A short program, and what is to be seen of it after a step: areas, entries, frames, counters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from ...kernel import Kernel, Outcome, Process, Vma, Why
from ...kernel.vma import Kind

PAGES = 4  # of each area that is shown
WHO = ("parent", "child")
SHOWN = ("memory", "file", "stack")
FAULTS = ("minflt", "majflt")
SIZES = ("VmSize", "VmRSS", "Pss", "VmPTE")  # in kB
COUNTERS = FAULTS + SIZES


class Entry(NamedTuple):
    """What one page-table entry holds: a frame by the order of its first use, and its rights."""

    frame: int  # 0: the zero page; -1: the entry is empty; -2: there is no area
    rights: str


@dataclass(frozen=True)
class Moment:
    """Everything after one step.

    Attributes
    ----------
    words, result : str
        The step, and what the kernel did.
    areas : dict of str to int
        How many areas each process has.
    entries : dict of (who, area) to list of Entry
        The entries that are shown.
    frames : dict of int to tuple of str
        Who has each frame seen so far: processes, else the page cache, else nobody.
    counters : dict of str to dict
        What each process has caused, and what it has.
    """

    words: str
    result: str
    areas: dict[str, int]
    entries: dict[tuple[str, str], list[Entry]]
    frames: dict[int, tuple[str, ...]]
    counters: dict[str, dict[str, int]]


@dataclass
class _Life:
    """The program while it runs."""

    cached: bool
    shared: bool
    people: dict[str, Process] = field(default_factory=dict)
    places: dict[str, Vma] = field(default_factory=dict)
    seen: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kernel = Kernel(ram="2 MiB")
        self.people["parent"] = self.kernel.spawn()
        self.page = self.kernel.mode.page_bytes
        self.file = self.kernel.file("data", bytes(PAGES * self.page), cache=self.cached)

    def map(self) -> str:
        parent = self.people["parent"]
        kind: Kind = "shared" if self.shared else "private"
        self.places["memory"] = parent.mmap(PAGES * self.page, "rw", kind)
        self.places["file"] = parent.mmap(PAGES * self.page, "r", "shared", self.file)
        stack = next(area for area in parent.areas if area.role == "stack")
        low = stack.start - 2 * self.page  # the two lowest pages of the stack, and two below it
        self.places["stack"] = Vma(low, low + PAGES * self.page, "rw", role="stack")
        return "two areas, and not one page"

    def touch(self, who: str, area: str, page: int, write: bool = False) -> Outcome:
        va = self.places[area].start + page * self.page
        process = self.people[who]
        return process.write(va) if write else process.read(va)

    def fork(self) -> str:
        child = self.people["child"] = self.people["parent"].fork()
        shown = (self._entry(child, area, page) for area in self.places for page in range(PAGES))
        if any(entry.frame >= 0 for entry in shown):
            return "areas and private entries are copied, no page is"
        return "areas are copied, and of what is shared not even the entries"

    def exit(self) -> str:
        self.people.pop("child").exit()
        return "its entries go, and what nobody else has"

    def moment(self, words: str, done: Outcome | str) -> Moment:
        for _, frame in sorted(self.file.cache.items()):  # also what nobody maps takes a frame
            self._number(frame.pfn)
        entries = {
            (who, area): [self._entry(process, area, page) for page in range(PAGES)]
            for who, process in self.people.items()
            for area in self.places
        }
        owners = {}
        for pfn, number in self.seen.items():
            mapped = {who for (who, _), row in entries.items() for e in row if e.frame == number}
            kept = ("cache",) if pfn in self.kernel.pool.frames else ()
            owners[number] = tuple(who for who in WHO if who in mapped) or kept
        counters = {
            who: {name: getattr(process.counters, name) for name in COUNTERS}
            for who, process in self.people.items()
        }
        said = done if isinstance(done, str) else _told(done)
        areas = {who: len(process.areas) for who, process in self.people.items()}
        return Moment(words, said, areas, entries, owners, counters)

    def _entry(self, process: Process, area: str, page: int) -> Entry:
        va = self.places[area].start + page * self.page
        if process.space.areas.find(va) is None:
            return Entry(-2, "")
        if not process.space.table.word(va):
            return Entry(-1, "")
        pte = process.space.pte(va)
        rights = "rw" if pte.writable else "r"
        if pte.pfn == self.kernel.pool.zero:
            return Entry(0, rights)
        return Entry(self._number(pte.pfn), rights)

    def _number(self, pfn: int) -> int:
        return self.seen.setdefault(pfn, len(self.seen) + 1)


def _told(done: Outcome) -> str:
    if done.kind == "hit":
        return "no fault"
    why = {Why.COPIED: "a copy of its own", Why.TAKEN_OVER: "the last owner takes the page over"}
    return f"{done.kind} fault, {why.get(done.why[0], done.reason)}"


def _steps(life: _Life) -> list[tuple[str, Callable[[], Outcome | str]]]:
    touch = life.touch
    return [
        ("mmap 4 pages, and a file", life.map),
        ("Read page 0", lambda: touch("parent", "memory", 0)),
        ("Write page 0", lambda: touch("parent", "memory", 0, True)),
        ("Write page 1", lambda: touch("parent", "memory", 1, True)),
        ("Fork", life.fork),
        ("Child reads page 0", lambda: touch("child", "memory", 0)),
        ("Child writes page 0", lambda: touch("child", "memory", 0, True)),
        ("Parent writes page 0", lambda: touch("parent", "memory", 0, True)),
        ("Parent reads the file", lambda: touch("parent", "file", 0)),
        ("Child reads the file", lambda: touch("child", "file", 1)),
        ("Parent's stack grows by 2", lambda: touch("parent", "stack", 0, True)),
        ("The child exits", life.exit),
        ("Parent writes page 1", lambda: touch("parent", "memory", 1, True)),
    ]


@lru_cache(maxsize=4)
def life(cached: bool, shared: bool) -> tuple[Moment, ...]:
    """Run the program; return what is to be seen after each step.

    Parameters
    ----------
    cached : bool
        Whether the file is in the page cache already.
    shared : bool
        Whether the memory is mapped MAP_SHARED.
    """
    run = _Life(cached, shared)
    return tuple(run.moment(words, act()) for words, act in _steps(run))
