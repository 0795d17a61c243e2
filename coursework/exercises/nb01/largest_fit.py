"""The largest piece that still fits between those that are there, and all that is free."""

from __future__ import annotations

from random import Random

from ...kinds import Code, Data, bug, instead, own

Blocks = list[list[int]]


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


def solve(
    size: int,
    blocks: Blocks,
    *,
    ordered: bool = True,
    first: bool = True,
    last: bool = True,
    length: int = 1,
) -> list[int]:
    """Pair each end with the start that comes next."""
    pieces = sorted(blocks) if ordered else blocks
    ends = [0, *(start + length * long for start, long in pieces)]
    starts = [*(start for start, _ in pieces), size]
    gaps = [start - end for start, end in zip(starts, ends, strict=True)]
    gaps = gaps[0 if first else 1 : None if last else -1]
    return [max(gaps, default=0), sum(gaps)]


EXERCISE = Code(
    **own(globals()),
    title="The largest piece that still fits",
    results=("largest", "free"),
    look=dict.fromkeys(("largest", "free"), "Draw the memory: where does each hole begin and end?"),
    mistakes={
        instead(largest=lambda right, *case: right["free"]): "all that is free is taken for the "
        "largest piece. The holes are not next to each other, and a piece cannot be cut in two: "
        "that is what fragmentation means.",
        bug(ordered=False): "the pieces are taken in the order in which they were handed out. "
        "Neighbours in the list are not neighbours in memory; put them in the order of their "
        "addresses.",
        bug(last=False): "the hole behind the last piece, up to the end of memory, is left out.",
        bug(first=False): "the hole before the first piece is left out: memory begins at 0.",
        bug(length=0): "each hole is measured from the *start* of the piece before it. It begins "
        "where that piece *ends*.",
    },
    start="Sort the pieces by address and walk through them with one variable: where does the "
    "piece before this one end?",
    right="An allocator keeps exactly this list of holes, so that it need not look for them anew. "
    "And paging makes the question go away: every page fits into every frame.",
    untested="where first, best or worst fit would put the next piece, and how fast.",
    hints=(
        "`for start, length in sorted(blocks):` goes through them by address. The hole before a "
        "piece is `start - end`, with `end = 0` at the beginning and `end = start + length` behind "
        "each piece.",
        "After the loop there may be one more hole: from the last end to `size`.",
        "Collect the holes in a list; `max(holes)` and `sum(holes)` are the answer.",
    ),
)
