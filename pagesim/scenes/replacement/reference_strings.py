"""The reference strings of the replacement pictures, small enough to draw whole."""

from __future__ import annotations

from functools import lru_cache

from ...replacement import Replacement, ResidentSet, simulate
from ...traces import loop, phases, zipf

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
def string_of(name: str, seed: int) -> tuple[int, ...]:
    """Give a string by its name; the seed matters to those that are drawn."""
    if name == FEW:
        return tuple(int(page) for page in zipf(8, _LENGTH, s=1, seed=seed))
    if name == PHASES:
        return tuple(int(page) for page in phases(4, _LENGTH, 2, seed=seed))
    if name == LOOP:
        return tuple(int(page) for page in loop(5, _LENGTH))
    return BELADY if name == BELADY_NAME else _TEXTBOOK


@lru_cache(maxsize=1024)
def run_of(name: str, seed: int, frames: int, policy: str) -> Replacement:
    """Run a string through a policy."""
    return simulate(string_of(name, seed), frames, policy)


@lru_cache(maxsize=1024)
def memory_of(name: str, seed: int, frames: int, policy: str, step: int) -> ResidentSet:
    """Give memory after an access of a string; it is only looked at."""
    return run_of(name, seed, frames, policy).after(step)
