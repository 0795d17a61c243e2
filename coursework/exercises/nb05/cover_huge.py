"""How many huge and how many small pages a range of addresses takes."""

from __future__ import annotations

from random import Random

from pagesim import X86_64

from ...legacy import Data, Exercise, Mistake

SMALL, HUGE = X86_64.page_sizes[:2]
_PER = HUGE // SMALL
_KEYS = ("a", "b", "c")


def draw(rng: Random) -> Data:
    """Draw a range that starts well, one that does not, and one that never holds a huge page."""
    ranges = {}
    for key in _KEYS:
        border = rng.randrange(0x2000, 0x4000) * HUGE
        head, tail = rng.randrange(60, 400), rng.randrange(60, 400)
        if key == "a":
            ranges[key] = [border, (rng.randrange(2, 6) * _PER + tail) * SMALL]
        elif key == "b":
            pages = head + rng.randrange(2, 6) * _PER + tail
            ranges[key] = [border - head * SMALL, pages * SMALL]
        else:  # nearly 2 MiB on both sides of a border
            head, tail = rng.randrange(300, 500), rng.randrange(300, 500)
            ranges[key] = [border - head * SMALL, (head + tail) * SMALL]
    return {"ranges": ranges}


def text(data: Data) -> str:
    """List the ranges."""
    rows = [
        f"    {key}:  from {start:#x} up to, not including, {start + length:#x}"
        f"  ({length // SMALL} pages of 4 KiB)"
        for key, (start, length) in data["ranges"].items()
    ]
    return (
        "Three ranges of addresses are to be mapped with as many pages of 2 MiB as possible, and "
        "the rest with 4 KiB pages. A page of 2 MiB (0x20_0000) starts at a multiple of 2 MiB and "
        "lies wholly within its range:\n\n" + "\n".join(rows) + "\n\n"
        "How many pages of 2 MiB does each range take, and how many of 4 KiB?"
    )


def reference(data: Data, key: str) -> list[int]:
    """Go through the range page by page, and take 2 MiB whenever they fit."""
    start, length = data["ranges"][key]
    at, end, huge, small = start, start + length, 0, 0
    while at < end:
        if at % HUGE == 0 and at + HUGE <= end:
            at, huge = at + HUGE, huge + 1
        else:
            at, small = at + SMALL, small + 1
    return [huge, small]


def _length_only(data: Data, key: str) -> list[int]:
    _, length = data["ranges"][key]
    return [length // HUGE, length % HUGE // SMALL]


def _every_touched(data: Data, key: str) -> list[int]:
    start, length = data["ranges"][key]
    return [(start + length - 1) // HUGE - start // HUGE + 1, 0]


def _edges(data: Data, key: str) -> tuple[int, int, int]:
    """Pages before the first border, huge pages, and pages behind the last border."""
    start, length = data["ranges"][key]
    first, last = -(-start // HUGE), (start + length) // HUGE
    return (first * HUGE - start) // SMALL, last - first, (start + length) % HUGE // SMALL


def _no_head(data: Data, key: str) -> list[int]:
    _, huge, tail = _edges(data, key)
    return [huge, tail]


def _no_tail(data: Data, key: str) -> list[int]:
    head, huge, _ = _edges(data, key)
    return [huge, head]


def _small_for_all(data: Data, key: str) -> list[int]:
    huge, small = reference(data, key)
    return [huge, small + huge * _PER]


def locate(data: Data, key: str, expected: list[int], got: list[int]) -> str:
    """Say which of the two numbers is wrong first, and on which side."""
    if got[0] != expected[0]:
        side = "too many" if got[0] > expected[0] else "too few"
        return (
            f"The number of 2 MiB pages is the first wrong step: {side}. Which multiples of 2 MiB "
            "lie in the range, and which of them have a whole 2 MiB before its end?"
        )
    side = "too many" if got[1] > expected[1] else "too few"
    return f"The 2 MiB pages are right; the 4 KiB pages are {side}. Count both ends."


EXERCISE = Exercise(
    id="cover-huge",
    notebook="05",
    title="Cover a range",
    points=2,
    kind="hand",
    draw=draw,
    text=text,
    form={key: [int, int] for key in _KEYS},
    reference=reference,
    describe=lambda data, key: f"range `{key}`",
    locate=locate,
    mistakes=(
        Mistake(
            name="alignment does not matter",
            message="You divided the length by 2 MiB. That is right only for a range that starts "
            "at a multiple of 2 MiB: a huge page cannot start anywhere else, because its offset is "
            "the low 21 bits of the address.",
            solve=_length_only,
        ),
        Mistake(
            name="every 2 MiB touched",
            message="You took a huge page for every 2 MiB that the range reaches into. At its ends "
            "such a page would map memory that does not belong to the range.",
            solve=_every_touched,
        ),
        Mistake(
            name="head forgotten",
            message="The small pages before the first multiple of 2 MiB are missing.",
            solve=_no_head,
        ),
        Mistake(
            name="tail forgotten",
            message="The small pages behind the last multiple of 2 MiB are missing.",
            solve=_no_tail,
        ),
        Mistake(
            name="small pages for all",
            message="You mapped what the huge pages hold a second time: 4 KiB pages are needed "
            "only where no huge page lies.",
            solve=_small_for_all,
        ),
    ),
    start="Find the first multiple of 2 MiB at or after the start: an address whose low 21 bits "
    "are 0. In hex such an address ends in 00000, with an even digit before that.",
    right="An unlucky start can cost a range of nearly 4 MiB every huge page it might have had. "
    "That is why allocators align large pieces to 2 MiB.",
    untested="pages of 1 GiB, and whether the machine has 2 MiB in one piece to give.",
    hints=(
        "From 0x7f_ffe0_1000 to 0x80_0040_3000 the multiples of 2 MiB are 0x80_0000_0000, "
        "0x80_0020_0000 and 0x80_0040_0000; the first two have 2 MiB behind them.",
        "Round the start up and the end down to multiples of 2 MiB (`-(-x // 0x20_0000)` rounds "
        "up). Their distance is the huge pages; if it is negative, there are none.",
        "The small pages are all the others: those of the whole range, less 512 for each huge one.",
    ),
)
