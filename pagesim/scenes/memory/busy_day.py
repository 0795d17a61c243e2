"""A day on a machine of 64 KiB without paging: who came, who went, and what that left of memory."""

from __future__ import annotations

from functools import lru_cache

from ...segments import FITS, Fit, FreeList

MEMORY = 64  # KiB
# A12: A starts with 12 KiB; E0: E ends. It is a day on which the three fits part ways.
_EVENTS = "A12 B9 C7 D10 E9 E0 F3 G8 B0 C0 H6 N7 J7 G0 H0 D0 K7 L4 M4 K0"
DAY = tuple((event[0], int(event[1:])) for event in _EVENTS.split())


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
