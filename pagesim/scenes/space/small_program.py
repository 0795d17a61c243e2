"""A program in the simulated kernel, with a heap and a mapping, and what an access to it does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ...kernel import AccessError, Kernel, Outcome, Process
from ...mmu import Access

ACCESSES: dict[str, Access] = {"read": "r", "write": "w", "execute": "x"}
_HEAP, _MAPPED = 33 * 4096, (1 << 20) + 4096  # as after malloc(100) and malloc(1 MiB)
_EDGE = 1 << 47  # where the user's half ends


@dataclass(frozen=True)
class Stop:
    """A stretch of addresses that are alike: an area, a hole (no `perms`), or the kernel's half."""

    name: str
    start: int
    end: int
    perms: str

    @property
    def in_words(self) -> str:
        """What a title calls it."""
        if self.name == "kernel":
            return "the kernel's half"
        return f"the {self.name}" if self.perms else f"a hole ({self.name})"

    @property
    def vma(self) -> str:
        """Which VMA it is."""
        if self.perms and self.name != "kernel":
            return f"VMA {self.name}, {self.perms}"
        return f"no VMA: {self.name}" + (", U/S = 0" if self.perms else "")


@lru_cache(maxsize=1)
def _program() -> Process:
    process = Kernel(ram="1 MiB").spawn()
    process.brk(process.brk() + _HEAP)
    process.mmap(_MAPPED)
    for area in process.areas:  # so that no later access is the first to read a file
        if area.file:
            process.touch(area, "r")
    return process


def _stops() -> tuple[Stop, ...]:
    """List areas and holes of the whole 64 bits, from the lowest."""
    stops: list[Stop] = []
    at = 0
    names = {"library": ["lib code", "lib data"], "mmap": ["mmap"]}
    for area in _program().areas:
        if area.start > at:
            stops.append(Stop("page 0 and up" if at == 0 else "free", at, area.start, ""))
        name = names[area.role].pop(0) if area.role in names else area.role
        stops.append(Stop(name, area.start, area.end, area.perms))
        at = area.end
    stops.append(Stop("last page", at, _EDGE, ""))
    stops.append(Stop("between halves", _EDGE, (1 << 64) - _EDGE, ""))
    stops.append(Stop("kernel", (1 << 64) - _EDGE, 1 << 64, "U/S=0"))
    return tuple(stops)


STOPS = _stops()


def stop_at(va: int) -> int:
    """Number the stop that an address lies in."""
    return next(n for n, stop in enumerate(STOPS) if va < stop.end)


@lru_cache(maxsize=4096)
def outcome_at(va: int, access: Access, user: bool) -> Outcome:
    """Let a fresh child of the program do one access; it is the same every time."""
    child = _program().fork()
    try:
        if access == "w":
            return child.write(va, user=user)
        return child.read(va, user) if access == "r" else child.exec(va, user)
    except AccessError as refused:
        return refused.outcome
    finally:
        child.exit()
