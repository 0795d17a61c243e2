"""Can the buddy allocator serve an order: now, and after everything has been pushed together?"""

from __future__ import annotations

from itertools import pairwise
from random import Random

from ...kinds import Code, Data, bug, instead, own

# frames and order: small memories first, so that the first failing input is one to draw
_SIZES = ((16, 2), (16, 1), (32, 2), (32, 3), (64, 3), (64, 4), (256, 5), (4096, 9))


def draw(rng: Random) -> Data:
    """Draw memories: full of holes, with a single frame in use, empty, and full."""
    cases: list[list[object]] = []
    for frames, order in _SIZES:
        used: set[int] = set()
        for start in range(0, frames, 1 << order):
            # most blocks lose a frame or two; runs of free frames then lie across the borders
            used |= {start + rng.randrange(1 << order) for _ in range(rng.randrange(4))}
        cases.append([frames, rng.sample(sorted(used), len(used)), order])
    single = [16, [rng.randrange(16)], 2]
    return {"cases": [*cases, single, [16, [], 3], [8, rng.sample(range(8), 8), 1]]}


def text(data: Data) -> str:
    """Show the first memory."""
    frames, used, order = data["cases"][0]
    return (
        "Write `blocks(frames, used, order)`. Memory has `frames` frames; `used` lists the PFNs "
        "that are in use, in no order. A block of an order has `2**order` frames and starts at a "
        "multiple of that. Return `(now, packed)`: how many free blocks of this order can be "
        "handed out now, and how many could be after a perfect compaction, which moves every used "
        f"frame wherever it likes.\n\n{len(data['cases'])} calls are made, the smallest first, a "
        "memory of 16 MiB and order 9 (2 MiB) among them. The first one is:"
        f"\n\n    frames = {frames}\n    used = {used}\n    order = {order}"
    )


def solve(
    frames: int, used: list[int], order: int, *, aligned: bool = True, by: int = 0,
    how_many: bool = True,
) -> list[int]:  # fmt: skip
    """Go through the runs of free frames, as they are and then as one."""
    size = 1 << max(order + by, 0)

    def within(first: int, behind: int) -> int:
        return max(behind // size - -(-first // size), 0) if aligned else (behind - first) // size

    edges = [-1, *sorted(used), frames]
    now = sum(within(before + 1, after) for before, after in pairwise(edges))
    packed = within(len(used), frames)
    return [now, packed] if how_many else [int(now > 0), int(packed > 0)]


EXERCISE = Code(
    **own(globals()),
    title="Is there room for a huge page?",
    results=("now", "packed"),
    describe=lambda frames, used, order: (
        f"{frames} frames, {len(used)} of them in use, blocks of {1 << order}"
    ),
    look={
        "now": "Draw the memory in blocks. Which have no used frame in them?",
        "packed": "How many blocks do the used frames fill, next to each other?",
    },
    mistakes={
        instead(now=lambda right, *case: right["packed"]): "the number of free frames is divided. "
        "They need not be neighbours now; that is what fragmentation means, and what compaction "
        "is for.",
        bug(aligned=False): "runs of free frames are long enough, wherever they start. A block "
        "starts at a multiple of its own size: 512 free frames from frame 1 on hold none.",
        bug(how_many=False): "the answer is 1 or 0: is there one? *How many* are there?",
        instead(packed=lambda right, *case: right["now"]): "the second number is the first one "
        "again. Compaction may put the used frames elsewhere, next to each other.",
        bug(by=-1): "blocks have half the size. An order is a power of two: order 9 has 512 "
        "frames.",
    },
    start="Cut memory into blocks: the first one has the frames 0 to `2**order - 1`. It is free if "
    "none of them is in `used`.",
    right="The kernel asks the same question at every huge page fault. If the answer is none, "
    "it may compact, or give you small pages and say nothing.",
    untested="frames that may not be moved, and how much would have to be copied.",
    hints=(
        "`{pfn >> order for pfn in used}` is the set of blocks in which something is in use.",
        "There are `frames >> order` blocks in all; those that are not in the set are free.",
        "Packed: the used frames fill as few blocks as they can, so round `len(used)` up to whole "
        "blocks, and take those from all.",
    ),
)
