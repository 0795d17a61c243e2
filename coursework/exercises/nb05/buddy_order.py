"""Can the buddy allocator serve an order: now, and after everything has been pushed together?"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from random import Random

from pagesim.memory.buddy import BuddyAllocator

from ...legacy import Data, Exercise, Mistake

Result = list[int]

# frames and order: small memories first, so that the first failing input is one to draw
_SIZES = ((16, 2), (16, 1), (32, 2), (32, 3), (64, 3), (64, 4), (256, 5), (4096, 9))


def draw(rng: Random) -> Data:
    """Draw memories: some full of holes, one with large free pieces, an empty one, a full one."""
    cases: list[list[object]] = []
    for frames, order in _SIZES:
        size = 1 << order
        blocks = frames >> order
        used: set[int] = set()
        for block in range(blocks):
            start = block * size
            # most blocks lose a frame or two; runs of free frames then lie across the borders
            kind = rng.randrange(4)
            if kind == 0:
                continue
            for _ in range(kind):
                used.add(start + rng.randrange(size))
        listed = list(used)
        rng.shuffle(listed)
        cases.append([frames, listed, order])
    cases.append([16, [], 3])
    full = list(range(8))
    rng.shuffle(full)
    cases.append([8, full, 1])
    return {"cases": cases}


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


def reference(frames: int, used: list[int], order: int) -> Result:
    """Ask the allocator: claim the used frames one by one, then those at the end instead."""
    return [_served(frames, used, order), _served(frames, range(frames - len(used), frames), order)]


def _served(frames: int, used: list[int] | range, order: int) -> int:
    buddy = BuddyAllocator(frames)
    for pfn in used:
        buddy.claim(pfn)
    return sum(count << size - order for size, count in buddy.free_blocks().items()
               if size >= order)  # fmt: skip


def _runs(frames: int, used: list[int]) -> list[int]:
    """Give the lengths of the runs of free frames."""
    edges = [-1, *sorted(used), frames]
    return [after - before - 1 for before, after in pairwise(edges)]


def _plenty_free(frames: int, used: list[int], order: int) -> Result:
    now = (frames - len(used)) >> order
    return [now, now]


def _unaligned(frames: int, used: list[int], order: int) -> Result:
    now = sum(run >> order for run in _runs(frames, used))
    return [now, reference(frames, used, order)[1]]


def _yes_or_no(frames: int, used: list[int], order: int) -> Result:
    return [int(count > 0) for count in reference(frames, used, order)]


def _nothing_moves(frames: int, used: list[int], order: int) -> Result:
    now = reference(frames, used, order)[0]
    return [now, now]


def _off(frames: int, used: list[int], order: int, *, by: int) -> Result:
    """Take another order for the one asked for."""
    return reference(frames, used, max(order + by, 0))


def locate(frames: int, used: list[int], order: int, expected: Result, got: Result) -> str:
    """Say which of the two is wrong first, and on which side."""
    which, i = ("now", 0) if got[0] != expected[0] else ("packed", 1)
    side = "too many" if got[i] > expected[i] else "too few"
    return (
        f"First wrong step: `{which}` is {got[i]}, and that is {side}. Draw the memory in blocks."
    )


EXERCISE = Exercise(
    id="buddy-order",
    notebook="05",
    title="Is there room for a huge page?",
    points=2,
    kind="code",
    draw=draw,
    text=text,
    form=[int, int],
    reference=reference,
    describe=lambda frames, used, order: (
        f"{frames} frames, {len(used)} of them in use, blocks of {1 << order}"
    ),
    locate=locate,
    mistakes=(
        Mistake(
            name="plenty is free",
            message="You divided the number of free frames. They need not be neighbours; that is "
            "what fragmentation means, and what compaction is for.",
            solve=_plenty_free,
        ),
        Mistake(
            name="alignment does not matter",
            message="You found long enough runs of free frames, wherever they start. A block "
            "starts at a multiple of its own size: 512 free frames from frame 1 on hold none.",
            solve=_unaligned,
        ),
        Mistake(
            name="yes or no",
            message="You say whether there is one. *How many* are there?",
            solve=_yes_or_no,
        ),
        Mistake(
            name="nothing moves",
            message="Your second number is the first one again. Compaction may put the used frames "
            "elsewhere, next to each other.",
            solve=_nothing_moves,
        ),
        Mistake(
            name="one order too low",
            message="Your blocks have half the size. An order is a power of two: order 9 has 512 "
            "frames.",
            solve=partial(_off, by=-1),
        ),
    ),
    start="Cut memory into blocks: the first one has the frames 0 to `2**order - 1`. It is free if "
    "none of them is in `used`.",
    right="The kernel asks the same question at every huge page fault. If the answer is none, "
    "it may compact, or give you small pages and say nothing.",
    untested="frames that may not be moved, and how much would have to be copied.",
    hints=(
        "`{pfn >> order for pfn in used}` is the set of blocks in which something is in use.",
        "There are `frames >> order` blocks in all; those that are not in the set are free.",
        "Packed: the used frames fill as few blocks as they can, so round `len(used)` up to whole "
        "blocks.",
    ),
)
