"""Five small programs to compare policies on, drawn by seed, and a scale from FIFO to OPT."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ..traces import loop, phases, zipf
from .run import simulate

_LENGTH = 300
_GAP = 12  # faults between FIFO and OPT, at least: else nothing is to be gained


class Program(NamedTuple):
    """A reference string, and the frames that there are for it."""

    name: str
    pages: tuple[int, ...]
    frames: int


def programs(seed: int) -> list[Program]:
    """Draw the five programs: the same kinds for every seed, with other pages.

    Parameters
    ----------
    seed : int
        0 or more.

    Examples
    --------
    >>> [program.name for program in programs(0)]
    ['a few pages mostly', 'round and round', 'phases', 'a scan among friends', 'a search tree']
    """
    rng = np.random.default_rng(seed)
    names = _few, _round, _phases, _scan, _tree
    return [_worth_it(make, rng) for make in names]


def scale(faults: int, fifo: int, opt: int) -> float:
    """Place a number of faults between FIFO, which is 0, and OPT, which is 100.

    Examples
    --------
    >>> scale(150, fifo=200, opt=100), scale(210, fifo=200, opt=100)
    (50.0, -10.0)
    """
    return 100 * (fifo - faults) / (fifo - opt)


def _worth_it(make: Callable[[np.random.Generator], Program], rng: np.random.Generator) -> Program:
    """Draw a program for which FIFO and OPT differ."""
    while True:
        program = make(rng)
        fifo, opt = (simulate(*program[1:], policy).faults for policy in ("fifo", "opt"))
        if fifo - opt >= _GAP:
            return program


def _few(rng: np.random.Generator) -> Program:
    return _program("a few pages mostly", zipf(20, _LENGTH, s=1.2, seed=_seed(rng)), 6)


def _round(rng: np.random.Generator) -> Program:
    pages = int(rng.integers(7, 12))
    return _program("round and round", loop(pages, _LENGTH), pages - 1)


def _phases(rng: np.random.Generator) -> Program:
    return _program("phases", phases(7, _LENGTH, 4, seed=_seed(rng)), 5)


def _scan(rng: np.random.Generator) -> Program:
    """Five pages are used all the time; about one access in three is to a page used once."""
    friends = rng.integers(0, 5, _LENGTH)
    strangers = 10 + np.arange(_LENGTH)
    scanning = rng.random(_LENGTH) < 0.35
    return _program("a scan among friends", np.where(scanning, strangers, friends), 7)


def _tree(rng: np.random.Generator) -> Program:
    """Look-ups in a tree: the root each time, one of three nodes, one of thirty leaves."""
    leaves = rng.integers(0, 30, _LENGTH // 3)
    pages = np.stack([np.zeros_like(leaves), 1 + leaves // 10, 4 + leaves], axis=1)
    return _program("a search tree", pages.ravel(), 6)


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(1 << 31))


def _program(name: str, pages: object, frames: int) -> Program:
    return Program(name, tuple(int(page) for page in np.asarray(pages)), frames)
