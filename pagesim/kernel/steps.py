"""Programs as plain data: what a process does to its memory, step by step.

The same program can be run by this simulator (`program.predict`) and by a real Linux; what either
counts is a row of `Reading`s, one for each step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ..checks import bounded
from .vma import Kind

Pages = range | tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class File:
    """Make a file.

    Parameters
    ----------
    name : str
        What the program calls it.
    pages : int
        Its length.
    where : {"memory", "cache", "disk"}
        Whether it is a memfd, a file on disk that is cached, or one that is not.
    """

    name: str
    pages: int
    where: Literal["memory", "cache", "disk"] = "memory"


@dataclass(frozen=True, slots=True)
class Map:
    """Map a new area; `file` is the name of a file, empty for zeros. See `Process.mmap`."""

    area: str
    pages: int
    prot: str = "rw"
    kind: Kind = "private"
    file: str = ""
    populate: bool = False
    shift: int = 0  # pages that it stands off its aligned place


@dataclass(frozen=True, slots=True)
class Touch:
    """Read or write the first byte of pages of an area: of all, in order, or of those given."""

    area: str
    access: Literal["r", "w"] = "w"
    pages: Pages = None


@dataclass(frozen=True, slots=True)
class Advise:
    """Give advice on an area or a run of its pages; see `Process.madvise`."""

    area: str
    advice: str
    pages: range | None = None


@dataclass(frozen=True, slots=True)
class Protect:
    """Change what may be done to an area or a run of its pages."""

    area: str
    prot: str
    pages: range | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """Lock an area or a run of its pages in memory."""

    area: str
    pages: range | None = None


@dataclass(frozen=True, slots=True)
class Unlock:
    """Let an area or a run of its pages leave memory again."""

    area: str
    pages: range | None = None


@dataclass(frozen=True, slots=True)
class Unmap:
    """Unmap an area or a run of its pages."""

    area: str
    pages: range | None = None


@dataclass(frozen=True, slots=True)
class Stack:
    """Write to pages below the lowest one of the stack: 1 is the next."""

    pages: tuple[int, ...] | range


@dataclass(frozen=True, slots=True)
class Fork:
    """Fork; the child does its steps, then the parent its own, then the child ends."""

    child: tuple[Op, ...]
    parent: tuple[Op, ...] = ()


Op = File | Map | Touch | Advise | Protect | Lock | Unlock | Unmap | Stack | Fork
_OPS: dict[str, type[Op]] = {
    one.__name__: one
    for one in (File, Map, Touch, Advise, Protect, Lock, Unlock, Unmap, Stack, Fork)
}


@dataclass(frozen=True, slots=True)
class Program:
    """Steps with a name, and what a machine must have to run them.

    `needs` names "huge pages", "swap" or "disk".
    """

    name: str
    steps: tuple[Op, ...]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What was counted at one step.

    Attributes
    ----------
    who : {"parent", "child"}
        Whose step it was.
    minflt, majflt : int
        Faults that it took.
    rss : int
        Memory of all areas of the program after it, in KiB.
    tables : int
        By how much its page tables (VmPTE) grew, in KiB.
    """

    who: str
    minflt: int
    majflt: int
    rss: int
    tables: int


def run_of(pages: range | None, start: int, count: int, page: int) -> tuple[int, int]:
    """Turn a run of an area's pages into an address and a length, both in bytes.

    Raises
    ------
    ValueError
        If the pages are not one after the other, or the area has no such page.
    """
    run = range(count) if pages is None else pages
    if run.step != 1 or not run:
        raise ValueError(f"pages {run} are not a run of pages, one after the other")
    bounded("page", run.start, 0, count - 1, "area")
    bounded("page", run.stop - 1, 0, count - 1, "area")
    return start + run.start * page, len(run) * page


def encode(steps: Sequence[Op]) -> list[dict[str, Any]]:
    """Write steps as what JSON can carry.

    Examples
    --------
    >>> encode([Touch("a", "r", range(4))])
    [{'op': 'Touch', 'area': 'a', 'access': 'r', 'pages': {'range': [0, 4, 1]}}]
    """
    return [{"op": type(step).__name__} | _plain(step) for step in steps]


def decode(steps: Sequence[dict[str, Any]]) -> tuple[Op, ...]:
    """Read steps that `encode` has written."""
    return tuple(_OPS[step["op"]](**_rich(step)) for step in steps)


def _plain(step: Op) -> dict[str, Any]:
    if isinstance(step, Fork):
        return {"child": encode(step.child), "parent": encode(step.parent)}
    fields = asdict(step)
    pages = fields.get("pages")
    if isinstance(pages, range):
        fields["pages"] = {"range": [pages.start, pages.stop, pages.step]}
    return fields


def _rich(step: dict[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in step.items() if name != "op"}
    if step["op"] == "Fork":
        return {name: decode(value) for name, value in fields.items()}
    pages = fields.get("pages")
    if isinstance(pages, dict):
        fields["pages"] = range(*pages["range"])
    elif isinstance(pages, list):
        fields["pages"] = tuple(pages)
    return fields
