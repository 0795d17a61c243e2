"""What becomes of an access: allowed, a stack that grows, or SIGSEGV with which code."""

from __future__ import annotations

from random import Random
from typing import Any

from ...kinds import Code, Data, bug, own

_PAGE = 4096
_GAP = 256 * _PAGE
Area = list[Any]  # [start, end, perms]; the last one is the stack


def draw(rng: Random) -> Data:
    """Draw three processes, and ask for each verdict as often as for the others, at the edges."""
    cases: list[list[Any]] = []
    # the gap decides how far the stack may grow, or the limit, in whole pages or not
    plans = (
        (rng.randrange(300, 500), 0, "-w-", "rw-"),
        (4000, 0, "---", "rwx"),
        (4000, rng.randrange(1, _PAGE), "--x", "rw-"),
    )
    for pages, ragged, odd, own_perms in plans:
        at = rng.randrange(1 << 16, 1 << 18) * _PAGE
        areas: list[Area] = []
        for perms in ("r-x", "r--", odd, "rw-", "rw-")[: 5 - bool(ragged)]:
            areas.append([at, at + rng.randrange(2, 9) * _PAGE, perms])
            at = areas[-1][1]
        low = at + (pages + rng.randrange(99)) * _PAGE
        top = low + 33 * _PAGE
        limit = rng.randrange(1000, 2000) * _PAGE + ragged
        lowest = max(at + _GAP, top - limit // _PAGE * _PAGE)
        code, const, strange, heap = *areas[:3], areas[-1]
        asked = [
            (code[0], "x"), (const[1] - 1, "r"), (heap[0] + 9, "w"), (top - 1, "r"),  # ok
            (code[0] + 5, "w"), (const[0], "x"), (low + 3, "x"), (low - 1, "x"),  # ACCERR
            (low - 1, "w"), (low - 40 * _PAGE, "r"), (lowest, "w"), (lowest + 7, "r"),  # grows
            (lowest - 1, "w"), (lowest - 2 * _PAGE, "x"), (code[0] - 1, "r"), (top, "w"),  # MAPERR
            (heap[1], "r"), (strange[0], "r"), (strange[1] - 1, odd.strip("-") or "w"),
        ]  # fmt: skip
        cases += [[[*areas, [low, top, own_perms]], va, access, limit] for va, access in asked]
    rng.shuffle(cases)  # who counts the calls knows nothing
    return {"cases": cases}


def text(data: Data) -> str:
    """State the rules."""
    return (
        "Write `judge_access(areas, va, access, limit)`. `areas` is a sorted list of "
        '`[start, end, perms]`, perms as in `"r-x"`; the last area is the stack. `access` is '
        '`"r"`, `"w"` or `"x"`. Return `"ok"` if an area holds the address and its perms name the '
        'access (x86 itself reads whatever it may write), `"ACCERR"` if they do not; `"grows"` if '
        "the address lies in the hole right below the stack, and the stack, grown down to the "
        "start of that page, is at most `limit` bytes long (not always whole pages) and leaves at "
        "least 256 pages of 4 KiB free above the area below it (here never a guard); "
        '`"MAPERR"` for every other address. (If the stack might grow but does not allow the '
        f'access, it is `"ACCERR"`.) {len(data["cases"])} calls are made.'
    )


def solve(
    areas: list[Area], va: int, access: str, limit: int, *, gap: int = _GAP, limited: bool = True,
    grows: bool = True, hole: str = "MAPERR", always: str = "", asks: bool = True, less: int = 0,
    rounded: str = "down", reads: str = "r",
) -> str:  # fmt: skip
    """Grow the stack first, if it may, and look the address up then."""
    below, stack = areas[-2][1], areas[-1]
    size = {"down": _PAGE, "no": 1, "up": _PAGE}[rounded]
    page = va + (-va % size if rounded == "up" else -(va % size))
    may_grow = page - below >= gap + less and (stack[1] - page <= limit - less or not limited)
    grown = grows and below <= va < stack[0] and may_grow
    if grown and not asks:
        return "grows"
    for start, end, perms in [*areas, [va, va + 1, stack[2]]] if grown else areas:
        if start <= va < end:
            enough = reads if access == "r" else access
            if access not in always and not set(enough) & set(perms):
                return "ACCERR"
            return "grows" if grown else "ok"
    return hole


def locate(areas: list[Area], va: int, access: str, limit: int, expected: str, got: str) -> str:
    """Say what to look at, not what is right."""
    for start, end, perms in areas:
        if start <= va < end:
            held = f"The area {start:#x}-{end:#x} {perms} holds it."
            return f"{held} Do its permissions name {access!r}?"
    if not areas[-2][1] <= va < areas[-1][0]:
        return f"No area holds {va:#x}, and the stack is not right above it."
    long, free = "How long would the stack be?", "How much would stay free above the area below?"
    ask = {"grows": f"{long} {free}", "ACCERR": f"Does the stack allow {access!r}?"}.get(expected)
    fits = areas[-1][1] - va // _PAGE * _PAGE <= limit
    return f"{va:#x} is right below the stack. {ask or (free if fits else long)}"


EXERCISE = Code(
    **own(globals()),
    title="The kernel's verdict",
    form=("ok", "grows", "ACCERR", "MAPERR"),
    describe=lambda areas, va, access, limit: f"access {access!r} at {va:#x}",
    mistakes={
        bug(hole="ACCERR"): "a hole is ACCERR. MAPERR says that nothing is mapped there; ACCERR "
        "that something is, and does not allow it.",
        bug(grows=False): "the stack never grows. An access in the hole right below it extends it, "
        "down to its limit or to the gap.",
        bug(
            limited=False
        ): "the stack grows past `limit`. Measure from its *end* down to the page.",
        bug(gap=0): "the stack grows right up to its neighbour. 256 pages must stay free.",
        bug(less=1): "the last page that the stack may grow to is refused. A stack of exactly "
        "`limit` bytes is fine, and so is a gap of exactly 256 pages.",
        bug(rounded="no"): "the stack grows to the address itself. It grows to the start of the "
        "page that holds it, and `limit` need not be whole pages.",
        bug(rounded="up"): "the stack grows to the page above the address. Round down.",
        bug(asks=False): "the stack grows whatever the access is. Its perms count as well.",
        bug(reads="rw"): "what may be written may be read. That is x86; here perms must name it.",
        bug(always="x"): "every area may be executed. `x` is a permission of its own.",
        bug(always="rwx"): "no permission is ever asked for. Being mapped is not enough.",
    },
    start="First look for an area that holds the address. If there is none, ask for the stack.",
    right="That is the first half of Linux's page-fault handler. The other half, what to do about "
    "an access that is allowed, is the next notebook.",
    untested="shared files behind their end, kernel addresses, and protection keys.",
    hints=(
        'A loop over the areas: `if start <= va < end: return "ok" if access in perms else '
        '"ACCERR"`.',
        "`page = va // 4096 * 4096`; grown, the stack has `end - page` bytes: at most `limit`.",
        "Between it and its neighbour stay `page - areas[-2][1]` bytes: at least 256 × 4096. Then "
        "ask the stack's permissions, as in the loop.",
    ),
)
