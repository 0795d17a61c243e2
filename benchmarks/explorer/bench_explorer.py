"""Slider to picture, in the kernel: from a moved control to the bytes that go to the browser.

Three ways to answer the same moves, in one run: the explorer's (blitting over a kept background),
a rebuild of the background as after a change of the still parts, and a plain redraw of the whole
figure by matplotlib's own `print_png`.
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable
from typing import Any

from pagesim import scenes
from pagesim.explorer import Explorer
from pagesim.scenes import Address, Choice, Scene, Slider

from ..goals import Goal, at_most
from .every_scene import SCENES

MOVES = 16
BLIT_BUDGET, REBUILD_BUDGET = 30, 120  # milliseconds
TRACE_BUDGET = 50


def moves(explorer: Explorer) -> list[dict[str, Any]]:
    """A learner's moves: each slider step by step, each choice in turn, single address bits."""
    found: list[dict[str, Any]] = []
    for name, control in explorer.controls.items():
        match control:
            case Slider(_, low, high, value, _):
                near = range(max(low, value - 4), min(high, value + 4) + 1)
                found += [{name: position} for position in near]
            case Choice(_, options, _):
                found += [{name: option} for option in options]
            case Address(_, bits, value):
                found += [{name: value ^ (1 << bit)} for bit in range(0, bits, 5)]
    return (found * (MOVES // len(found) + 1))[:MOVES]


def median_ms(action: Callable[[dict[str, Any]], Any], through: list[dict[str, Any]]) -> float:
    """The median time of an action over all moves, in milliseconds."""
    times = []
    for move in through:
        start = time.perf_counter()
        action(move)
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


def measure(make: Callable[[], Scene]) -> tuple[float, float, float]:
    """Median milliseconds of a blitted move, a rebuild, and a plain redraw."""
    explorer = Explorer(make())
    through = moves(explorer)

    def go(move: dict[str, Any]) -> None:
        for name, value in move.items():
            explorer.values = explorer.scene.settle(name, {**explorer.values, name: value})

    def draw(move: dict[str, Any]) -> None:
        """Draw it, even if the explorer has kept its picture."""
        go(move)
        explorer.stage.show(**explorer.values)
        explorer.stage.png()

    for move in through:  # warm: fonts, bitmaps, walks
        draw(move)
    blitted = median_ms(draw, through)

    def rebuild(move: dict[str, Any]) -> None:
        explorer.scene.still_changed = True
        draw(move)

    rebuilt = median_ms(rebuild, through[:10])
    for artist in explorer.stage.figure.findobj(lambda artist: artist.get_animated()):
        artist.set_animated(False)

    def redraw(move: dict[str, Any]) -> None:
        go(move)
        explorer.scene.update(**explorer.values)
        explorer.stage.canvas.print_png(io.BytesIO())

    return blitted, rebuilt, median_ms(redraw, through[:10])


def sqlite_sliders() -> tuple[float, float, float]:
    """Milliseconds of the first answer on sqlite's 8 million accesses; of a move: median, worst."""
    start = time.perf_counter()
    explorer = Explorer(scenes.MissCurve(), program="sqlite")
    first = (time.perf_counter() - start) * 1e3
    times = []
    for name, control in explorer.controls.items():
        if isinstance(control, Slider):
            for position in range(control.low, control.high + 1):
                times.append(median_ms(lambda move: explorer.move(**move), [{name: position}]))
    return first, statistics.median(times), max(times)


Row = tuple[str, float, float, float]


def main() -> tuple[float, list[Row]]:
    """Print the medians of every scene and whether they are within the budgets."""
    first, median, worst = sqlite_sliders()
    over = "" if worst <= TRACE_BUDGET else "   OVER BUDGET"
    print(
        f"a TLB's sliders on sqlite's 8 million accesses (budget: {TRACE_BUDGET} ms a move): "
        f"first answer {first:.0f} ms, then {median:.1f} ms, at worst {worst:.1f} ms{over}"
    )
    print(
        f"slider to picture in the kernel, median of {MOVES} moves (budgets: "
        f"{BLIT_BUDGET} ms blitted, {REBUILD_BUDGET} ms rebuilt)"
    )
    print(f"{'scene':<14}{'blitted':>10}{'rebuilt':>10}{'redrawn':>10}{'redrawn/blitted':>18}")
    rows = []
    for name, make in SCENES.items():
        blitted, rebuilt, redrawn = measure(make)
        rows.append((name, blitted, rebuilt, redrawn))
        within = blitted <= BLIT_BUDGET and rebuilt <= REBUILD_BUDGET
        print(
            f"{name:<14}{blitted:>7.1f} ms{rebuilt:>7.1f} ms{redrawn:>7.1f} ms"
            f"{redrawn / blitted:>17.1f}×{'' if within else '   OVER BUDGET'}"
        )
    return worst, rows


def goals(result: tuple[float, list[Row]]) -> list[Goal]:
    """Hold the slowest of all scenes to the budgets."""
    worst, rows = result
    return [
        at_most("a TLB's slider on 8 million accesses, in Python", worst, TRACE_BUDGET, " ms"),
        at_most("a move of any explorer, in Python", max(r[1] for r in rows), BLIT_BUDGET, " ms"),
        at_most("a move that redraws all", max(r[2] for r in rows), REBUILD_BUDGET, " ms"),
    ]


if __name__ == "__main__":
    main()
