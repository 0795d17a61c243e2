"""What becomes of an access: allowed, a stack that grows, or SIGSEGV with which code."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from ...legacy import Data, Exercise, Mistake

_PAGE = 4096
_GAP = 256 * _PAGE
_WORDS = ("ok", "grows", "ACCERR", "MAPERR")
Area = list[Any]  # [start, end, perms]; the last one is the stack


def draw(rng: Random) -> Data:
    """Draw a small process and ask for every verdict, at the edges too."""
    at = rng.randrange(64, 256) * _PAGE
    sizes = [rng.randrange(2, 9) * _PAGE for _ in range(3)]
    areas: list[Area] = []
    for size, perms in zip(sizes, ("r-x", "r--", "rw-"), strict=True):
        areas.append([at, at + size, perms])
        at += size
    # A neighbour that the stack would meet before its limit, or only after it.
    near = rng.randrange(300, 500) * _PAGE
    far = rng.randrange(3000, 5000) * _PAGE
    limit = rng.randrange(1000, 2000) * _PAGE
    cases: list[list[Any]] = []
    for room in (near, far):
        low = areas[-1][1] + room
        stack = [low, low + 33 * _PAGE, "rw-"]
        own = [*areas, stack]
        below_gap = areas[-1][1] + _GAP
        floor = stack[1] - limit
        lowest = max(below_gap, floor)
        asked = [
            (areas[0][0], "x"), (areas[0][0] + 5, "w"), (areas[1][0], "x"), (areas[1][0], "r"),
            (areas[2][0] + 9, "w"), (areas[2][1], "r"), (areas[0][0] - 1, "r"), (0, "w"),
            (low - 1, "w"), (low - 40 * _PAGE, "r"), (lowest, "w"), (lowest - _PAGE, "w"),
            (lowest - 2 * _PAGE, "r"), (stack[1], "w"), (low + 3, "x"), (low - 1, "x"),
        ]  # fmt: skip
        cases += [[own, va, access, limit] for va, access in asked]
    return {"cases": cases}


def text(data: Data) -> str:
    """State the rules."""
    return (
        "Write `judge_access(areas, va, access, limit)`. `areas` is a sorted list of "
        '`[start, end, perms]`, perms as in `"r-x"`; the last area is the stack. `access` is '
        '`"r"`, `"w"` or `"x"`. Return `"ok"` if an area holds the address and allows the '
        'access, `"ACCERR"` if it does not allow it; `"grows"` if the address lies in the hole '
        "right below the stack, and the stack, grown down to the start of that page, is at most "
        "`limit` bytes long and leaves at least 256 pages of 4 KiB free above the area "
        'below it; `"MAPERR"` for every other address. (If the stack grows but does not allow the '
        'access, it is `"ACCERR"`.)'
    )


def _judge(
    areas: list[Area],
    va: int,
    access: str,
    limit: int,
    *,
    gap: int = _GAP,
    limited: bool = True,
    grows: bool = True,
    hole: str = "MAPERR",
    allows: Callable[[str, str], bool] = lambda perms, access: access in perms,
) -> str:
    """Decide, or go astray as the mistakes do."""
    for start, end, perms in areas:
        if start <= va < end:
            return "ok" if allows(perms, access) else "ACCERR"
    start, end, perms = areas[-1]
    below = areas[-2][1]
    page = va // _PAGE * _PAGE
    if not grows or not below <= va < start:
        return hole
    if page - below < gap or (limited and end - page > limit):
        return hole
    return "grows" if allows(perms, access) else "ACCERR"


def reference(areas: list[Area], va: int, access: str, limit: int) -> str:
    """Follow the rules."""
    return _judge(areas, va, access, limit)


def locate(areas: list[Area], va: int, access: str, limit: int, expected: str, got: str) -> str:
    """Say what to look at, not what is right."""
    if got not in _WORDS:
        return f"{got!r} is none of the four words: {', '.join(_WORDS)}."
    if any(start <= va < end for start, end, _ in areas):
        return f"An area holds {va:#x}. Do its permissions name {access!r}?"
    if va < areas[-1][0] and va >= areas[-2][1]:
        return f"{va:#x} is below the stack. How far down may it grow, and what lies beneath?"
    return f"No area holds {va:#x}, and the stack is not right above it."


EXERCISE = Exercise(
    id="access-verdict",
    notebook="07",
    title="The kernel's verdict",
    points=2,
    kind="code",
    draw=draw,
    text=text,
    form=str,
    reference=reference,
    describe=lambda areas, va, access, limit: f"access {access!r} at {va:#x}",
    locate=locate,
    mistakes=(
        Mistake(
            name="codes swapped for holes",
            message="You call a hole ACCERR. MAPERR says that nothing is mapped there; ACCERR that "
            "something is, and does not allow it.",
            solve=partial(_judge, hole="ACCERR"),
        ),
        Mistake(
            name="stack of fixed size",
            message="Your stack never grows. An access in the hole right below it extends it, "
            "down to its limit or to the gap.",
            solve=partial(_judge, grows=False),
        ),
        Mistake(
            name="no limit",
            message="Your stack grows past `limit`. Measure from its *end* down to the page that "
            "is touched.",
            solve=partial(_judge, limited=False),
        ),
        Mistake(
            name="no gap",
            message="Your stack grows right up to its neighbour. 256 pages must stay free, so that "
            "running over the end hits nothing that belongs to somebody.",
            solve=partial(_judge, gap=0),
        ),
        Mistake(
            name="only writes are forbidden",
            message="You let every area execute. `x` is a permission of its own: stacks and heaps "
            "do not have it, and that stops many an attack.",
            solve=partial(_judge, allows=lambda perms, access: access in perms or access == "x"),
        ),
        Mistake(
            name="permissions not asked",
            message="You never ask what the area allows: being mapped is not enough.",
            solve=partial(_judge, allows=lambda perms, access: True),
        ),
    ),
    start="First look for an area that holds the address. Only if there is none, ask for the "
    "stack.",
    right="That is the first half of Linux's page-fault handler. The other half, what to do about "
    "an access that is allowed, is the next notebook.",
    untested="shared files behind their end (SIGBUS), kernel addresses, and protection keys.",
    hints=(
        'A loop over the areas: `if start <= va < end: return "ok" if access in perms else '
        '"ACCERR"`.',
        "`page = va // 4096 * 4096`; grown, the stack has `end - page` bytes.",
        "Between it and its neighbour stay `page - areas[-2][1]` bytes: at least 256 × 4096.",
    ),
)
