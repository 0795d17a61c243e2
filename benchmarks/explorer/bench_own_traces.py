"""A trace of a million page changes under every explorer that takes one: loading, and each move.

Two traces: pages drawn by Zipf's law, and a loop over more pages than any TLB holds. Each control
goes through all its positions, with the others where they open, and then to random places. The
goal is 50 ms a move, from the control to the bytes that go to the browser; loading is told. All
of it in processor time: what else the machine does would only be added.
"""

from __future__ import annotations

import inspect
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from pagesim import scenes
from pagesim.explorer import Explorer
from pagesim.scenes import Choice, Scene, Slider, Toggle
from pagesim.traces import PageTrace, changes, loop, zipf

from ..goals import Goal, at_most

CHANGES = 1_000_000
GOAL = 50  # milliseconds
FAR = 24  # positions of a slider, at most
SOME = 30  # random places


def traces() -> list[PageTrace]:
    """Make both."""
    drawn = zipf(8192, 5 * CHANGES // 4, s=0.9, seed=1)
    drawn = drawn[np.flatnonzero(np.diff(drawn, prepend=-1))][:CHANGES]
    return [
        changes("zipf", "8,192 pages, by Zipf's law", drawn),
        changes("loop", "4,000 pages, round and round", loop(4000, CHANGES)),
    ]


def takers() -> dict[str, Callable[..., Scene]]:
    """Find every scene that takes a trace."""
    kinds = {name: getattr(scenes, name) for name in scenes.__all__}
    return {
        name: kind
        for name, kind in kinds.items()
        if isinstance(kind, type) and issubclass(kind, Scene)
        if "trace" in inspect.signature(kind.__init__).parameters
    }


def moves(explorer: Explorer) -> Iterator[tuple[str, dict[str, Any]]]:
    """Go through the positions of each control, and then anywhere; the control, and the move."""
    all_of: dict[str, list[Any]] = {}
    for name, control in explorer.controls.items():
        match control:
            case Slider(_, low, high):
                step = max(1, (high - low) // FAR)
                all_of[name] = [*range(low, high, step), high]
            case Choice(_, options):
                all_of[name] = [options[0]]  # the trace; the others are not a million changes
                all_of[name] += options[1:] if name not in ("program", "work", "string") else ()
            case Toggle():
                all_of[name] = [True, False]
    for name, values in all_of.items():
        for value in values:
            yield name, {name: value}
    rng = random.Random(1)
    for _ in range(SOME):
        yield "anywhere", {name: rng.choice(values) for name, values in all_of.items()}


def measure(make: Callable[..., Scene], trace: PageTrace) -> tuple[float, dict[str, float]]:
    """Seconds of loading, and the worst milliseconds of each control's first moves.

    A first sight of each letter costs as much as a move; a short trace has seen them before.
    """
    explorer = Explorer(make(trace=changes("short", trace.program, trace.data.vpn[:1000])))
    for _, move in moves(explorer):
        explorer.move(**move)
    start = time.process_time()
    explorer = Explorer(make(trace=trace))
    loading = time.process_time() - start
    worst: dict[str, float] = {}
    for name, move in moves(explorer):
        start = time.process_time()
        explorer.move(**move)
        took = (time.process_time() - start) * 1e3
        worst[name] = max(worst.get(name, 0.0), took)
    return loading, worst


def goals(rows: list[tuple[str, str, float, float]]) -> list[Goal]:
    """Hold the slowest move of all to the goal."""
    worst = max(most for *_, most in rows)
    return [at_most("a move on a trace of a million page changes", worst, GOAL, " ms")]


def main() -> list[tuple[str, str, float, float]]:
    """Print loading and the worst move of every control."""
    print(f"{CHANGES:,} page changes; worst move by control (goal: {GOAL} ms each)")
    rows = []
    for trace in traces():
        for name, make in takers().items():
            loading, worst = measure(make, trace)
            most = max(worst.values())
            rows.append((trace.name, name, loading, most))
            each = ", ".join(f"{control} {took:.0f}" for control, took in worst.items())
            over = "" if most <= GOAL else "   OVER THE GOAL"
            print(f"{trace.name:<6}{name:<13}loaded in {loading:4.1f} s; ms: {each}{over}")
    return rows


if __name__ == "__main__":
    main()
