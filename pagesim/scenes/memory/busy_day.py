"""A day on a machine of 64 KiB without paging: who came, who went, and what that left of memory."""

from __future__ import annotations

from functools import lru_cache

from ...segments import FITS, Fit, FreeList

MEMORY = 64  # KiB
# Who starts with how many KiB, and who ends (0): a day on which the three fits part ways.
DAY = (
    ("A", 12), ("B", 9), ("C", 7), ("D", 10), ("E", 9), ("E", 0), ("F", 3), ("G", 8), ("B", 0),
    ("C", 0), ("H", 6), ("N", 7), ("J", 7), ("G", 0), ("H", 0), ("D", 0), ("K", 7), ("L", 4),
    ("M", 4), ("K", 0),
)  # fmt: skip


@lru_cache(maxsize=256)
def memory_after(
    step: int, fit: str, compact: bool
) -> tuple[FreeList, list[tuple[str, int, int]], int]:
    """Run the day up to a step: the free list, (name, start, size) in KiB, and KiB copied."""
    chosen: Fit = next(each for each in FITS if fit.startswith(each))
    free = FreeList(MEMORY, chosen)
    at: dict[str, int] = {}
    for name, size in DAY[:step]:
        if size:
            at[name] = free.alloc(size)
        else:
            free.free(at.pop(name))
    moved = free.compact() if compact else {}
    blocks = free.blocks
    pieces = [(name, moved.get(start, start)) for name, start in at.items()]
    return (
        free,
        sorted(((name, start, blocks[start]) for name, start in pieces), key=lambda one: one[1]),
        sum(blocks[start] for start in moved.values()),
    )


def event(step: int) -> str:
    """Say who came or went last."""
    if not step:
        return ""
    name, size = DAY[step - 1]
    return f" ({name} starts with {size} KiB)" if size else f" ({name} ends)"
