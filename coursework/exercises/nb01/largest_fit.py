"""The largest piece that still fits between those that are there, and all that is free."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

from ...exercise import Data, Exercise, Mistake

Blocks = list[list[int]]
Gaps = Callable[[int, Blocks], list[int]]


def draw(rng: Random) -> Data:
    """Draw memories, small ones first; among them an empty and a full one."""
    cases: list[list[object]] = []
    for pieces in (2, 3, 4, 5, 6, 8, 12, 20):
        gaps = [rng.choice((0, *range(1, 12))) for _ in range(pieces + 1)]
        gaps[0], gaps[-1] = rng.randrange(1, 6), rng.randrange(1, 6)
        largest = rng.choice((0, pieces)) if pieces in (4, 8) else rng.randrange(1, pieces)
        gaps[largest] = 12 + rng.randrange(8)
        blocks, at = [], 0
        for gap in gaps[:-1]:
            length = rng.randrange(2, 15)
            blocks.append([at + gap, length])
            at += gap + length
        rng.shuffle(blocks)
        if pieces == 2:
            blocks.sort()  # the first failing input should be a plain one
        cases.append([at + gaps[-1], blocks])
    size = rng.randrange(20, 60)
    cut = rng.randrange(5, size - 5)
    cases += [[size, []], [size, [[cut, size - cut], [0, cut]]]]
    return {"cases": cases}


def text(data: Data) -> str:
    """Show the first memory."""
    size, blocks = data["cases"][0]
    return (
        "Write `largest_fit(size, blocks)`. Memory has the addresses 0 to `size` − 1; `blocks` "
        "lists the pieces in use as `[start, length]`, in the order in which they were handed out "
        "(not of their addresses). Return `(largest, free)`: the largest piece that can still be "
        "had, and how much is free in all."
        f"\n\n{len(data['cases'])} calls are made. The first one is:"
        f"\n\n    size = {size}\n    blocks = {blocks}"
    )


def reference(size: int, blocks: Blocks) -> list[int]:
    """Mark every address that is in use, and measure the runs between."""
    used = bytearray(b".") * size
    for start, length in blocks:
        used[start : start + length] = b"#" * length
    holes = [len(run) for run in used.split(b"#") if run]
    return [max(holes, default=0), sum(holes)]


def _gaps(
    size: int, blocks: Blocks, *, in_order: bool = True, first: bool = True, last: bool = True
) -> list[int]:
    """Measure the gaps as learners do, each from the end of the piece before."""
    gaps, end = [], 0
    for number, (start, length) in enumerate(sorted(blocks) if in_order else blocks):
        if number or first:
            gaps.append(start - end)
        end = start + length
    return gaps + [size - end] * last


def _with(size: int, blocks: Blocks, *, gaps: Gaps) -> list[int]:
    found = gaps(size, blocks)
    return [max(found, default=0), sum(found)]


def _all_that_is_free(size: int, blocks: Blocks) -> list[int]:
    free = size - sum(length for _, length in blocks)
    return [free, free]


def _starts(size: int, blocks: Blocks) -> list[int]:
    """Take the distance from start to start for the hole between."""
    starts = sorted(start for start, _ in blocks)
    gaps = [b - a for a, b in zip([0, *starts], [*starts, size], strict=True)]
    return [max(gaps), size - sum(length for _, length in blocks)]


def locate(size: int, blocks: Blocks, expected: list[int], got: list[int]) -> str:
    """Say which of the two numbers is wrong first, and on which side."""
    what, number = ("largest", 0) if expected[0] != got[0] else ("free", 1)
    side = "too small" if got[number] < expected[number] else "too large"
    return f"First wrong step: `{what}` is {got[number]}, and that is {side}. Draw the memory."


LARGEST_FIT = Exercise(
    id="largest-fit",
    notebook="01",
    title="The largest piece that still fits",
    points=2,
    kind="code",
    draw=draw,
    text=text,
    form=[int, int],
    reference=reference,
    describe=lambda size, blocks: f"{len(blocks)} pieces in a memory of {size}",
    locate=locate,
    mistakes=(
        Mistake(
            name="all that is free",
            message="You return all that is free as the largest piece. The holes are not next to "
            "each other, and a piece cannot be cut in two: that is what fragmentation means.",
            solve=_all_that_is_free,
        ),
        Mistake(
            name="not in order",
            message="You took the pieces in the order in which they were handed out. Neighbours in "
            "the list are not neighbours in memory; put them in the order of their addresses.",
            solve=partial(_with, gaps=partial(_gaps, in_order=False)),
        ),
        Mistake(
            name="behind the last",
            message="You forgot the hole behind the last piece, up to the end of memory.",
            solve=partial(_with, gaps=partial(_gaps, last=False)),
        ),
        Mistake(
            name="before the first",
            message="You forgot the hole before the first piece: memory begins at address 0.",
            solve=partial(_with, gaps=partial(_gaps, first=False)),
        ),
        Mistake(
            name="from start to start",
            message="You measured from the start of one piece to the start of the next. The hole "
            "begins where the piece before it *ends*.",
            solve=_starts,
        ),
    ),
    start="Sort the pieces by address and walk through them with one variable: where does the "
    "piece before this one end?",
    right="An allocator keeps exactly this list of holes, so that it need not look for them anew. "
    "And paging makes the question go away: every page fits into every frame.",
    untested="where first, best or worst fit would put the next piece, and how fast.",
    hints=(
        "`for start, length in sorted(blocks):` goes through them by address. The hole before a "
        "piece is `start - end`, with `end = 0` at the beginning.",
        "After the loop there may be one more hole: from the last end to `size`.",
        "Collect the holes in a list; `max(holes)` and `sum(holes)` are the answer.",
    ),
)
