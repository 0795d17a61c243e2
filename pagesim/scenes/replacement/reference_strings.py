"""The reference strings of the replacement pictures, small enough to draw whole."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from ...replacement import Replacement, ResidentSet, simulate
from ...traces import PageTrace, loop, phases, zipf
from ..base import Choice
from ..programs import Programs

FEW, LOOP, PHASES = "a few pages mostly", "round and round 5 pages", "two phases"
BELADY_NAME, TEXTBOOK = "Belady's", "a textbook's"
NAMES = (FEW, LOOP, PHASES, TEXTBOOK, BELADY_NAME)
SEEDED = (FEW, PHASES)
BELADY = (1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5)  # Belady, Nelson, Shedler, CACM 12(6), 1969
# Silberschatz, Galvin, Gagne, Operating System Concepts, sec. 10.4
_TEXTBOOK = (7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1)
_LENGTH = 20
# The policies that the course explains: as its pictures write them, and as `simulate` is told.
SHOWN = {
    "FIFO": "fifo",
    "LRU": "lru",
    "CLOCK": "clock",
    "second chance": "second-chance",
    "OPT": "opt",
    "random": "random",
}


@lru_cache(maxsize=256)
def string_of(name: str | PageTrace, seed: int) -> tuple[int, ...]:
    """Give a string by its name; the seed matters to those that are drawn.

    Of a trace it is a stretch of 20, the page numbers of which are those in which they come; the
    seed, 0 to 9, says where in the trace it begins.
    """
    if isinstance(name, PageTrace):
        return _stretch(name, seed)
    if name == FEW:
        return tuple(int(page) for page in zipf(8, _LENGTH, s=1, seed=seed))
    if name == PHASES:
        return tuple(int(page) for page in phases(4, _LENGTH, 2, seed=seed))
    if name == LOOP:
        return tuple(int(page) for page in loop(5, _LENGTH))
    return BELADY if name == BELADY_NAME else _TEXTBOOK


class Strings:
    """The strings of a picture, by the names in its list: those of the course, or a trace's, too.

    Parameters
    ----------
    trace : PageTrace, str or None
        A trace of the learner's, or its name.

    Raises
    ------
    ValueError
        If no trace has that name, or it has that of a string.
    """

    def __init__(self, trace: PageTrace | str | None) -> None:
        self._programs = Programs(trace, NAMES)
        if self.own is not None and self.own.name in NAMES:
            raise ValueError(f"name {self.own.name!r} is that of a string of this picture")

    @property
    def own(self) -> PageTrace | None:
        """The trace that was given."""
        return self._programs.own

    def control(self, start: str) -> Choice:
        """Make the control that chooses among them; it starts with the trace, if there is one."""
        return Choice("program", self._programs.names, self.own.name if self.own else start)

    def __getitem__(self, name: str) -> str | PageTrace:
        return self.own if self.own is not None and name == self.own.name else name

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Choose a program that has several draws where another draw is asked for."""
        drawn = values["string"] in SEEDED or isinstance(self[values["string"]], PageTrace)
        return values if changed != "seed" or drawn else {**values, "string": FEW}

    def told(self, name: str, seed: int) -> str:
        """Say which stretch of a trace is shown; nothing of another string."""
        source = self[name]
        if not isinstance(source, PageTrace):
            return ""
        first = begins(source, seed)
        last = min(first + _LENGTH, len(source.data))
        return (
            f" The string is {name}, {source.one} {first + 1:,} to {last:,} of "
            f"{len(source.data):,}, its pages numbered as they come, from an empty memory."
        )


def begins(trace: PageTrace, seed: int) -> int:
    """Say at which of a trace's runs the stretch of a seed begins, from 0."""
    return max(len(trace.data) - _LENGTH, 0) * seed // 9


def _stretch(trace: PageTrace, seed: int) -> tuple[int, ...]:
    start = begins(trace, seed)
    pages = trace.data.vpn[start : start + _LENGTH]
    _, first, which = np.unique(pages, return_index=True, return_inverse=True)
    return tuple(int(page) for page in np.argsort(np.argsort(first))[which])


@lru_cache(maxsize=1024)
def run_of(name: str | PageTrace, seed: int, frames: int, policy: str) -> Replacement:
    """Run a string through a policy."""
    return simulate(string_of(name, seed), frames, policy)


@lru_cache(maxsize=1024)
def memory_of(name: str | PageTrace, seed: int, frames: int, policy: str, step: int) -> ResidentSet:
    """Give memory after an access of a string; it is only looked at."""
    return run_of(name, seed, frames, policy).after(step)
