"""The reference strings of the replacement pictures, small enough to draw whole."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ...replacement import Replacement, simulate
from ...traces import loop, phases, zipf

FEW, LOOP, PHASES = "a few pages mostly", "round and round 5 pages", "two phases"
BELADY_NAME, TEXTBOOK = "Belady's", "a textbook's"
NAMES = (FEW, LOOP, PHASES, TEXTBOOK, BELADY_NAME)
SEEDED = (FEW, PHASES)
BELADY = (1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5)  # Belady, Nelson, Shedler, CACM 12(6), 1969
# Silberschatz, Galvin, Gagne, Operating System Concepts, sec. 10.4
_TEXTBOOK = (7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1)
_LENGTH = 20
NEVER = 10_000  # accesses until a next use that does not come


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


def since(pages: tuple[int, ...], now: int, page: int) -> int:
    """Count the accesses since a page was used last."""
    return next(n for n in range(now + 1) if pages[now - n] == page)


def until(pages: tuple[int, ...], now: int, page: int) -> int:
    """Count the accesses until a page is used next; `NEVER` if it is not."""
    return next((n for n in range(1, len(pages) - now) if pages[now + n] == page), NEVER)


def next_victim(
    policy: str, pages: tuple[int, ...], now: int, held: list[int], line: Any
) -> int | str:
    """Say which page would leave if a page came now that is not there."""
    if -1 in held:
        return "free"
    if policy == "random":
        return "chance"
    if policy == "lru":
        return max(held, key=lambda page: since(pages, now, page))
    if policy == "opt":  # of those never used again, the one that was used longest ago
        return max(held, key=lambda p: (until(pages, now, p), since(pages, now, p)))
    order = [(int(line.hand[now]) + n) % len(held) for n in range(len(held))]
    if line.referenced is None:
        return held[order[0]]
    return held[next((n for n in order if not line.referenced[now][n]), order[0])]
