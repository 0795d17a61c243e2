"""How many huge and how many small pages a range of addresses takes."""

from __future__ import annotations

from random import Random

from pagesim import X86_64

from ...kinds import Data, Steps, bug, own

SMALL, HUGE = X86_64.page_sizes[:2]
_PER = HUGE // SMALL


def draw(rng: Random) -> Data:
    """Draw ranges that start well, end well, or hold no huge page: longer than one, and shorter."""
    whole = [rng.randrange(8, 12) * _PER for _ in range(2)]
    head, tail = rng.randrange(60, 400), rng.randrange(60, 400)
    low, high = rng.randrange(300, 500), rng.randrange(300, 500)
    first, pages = rng.randrange(20, 200), rng.randrange(30, 300)
    shapes = ((0, whole[0] + tail), (-head, head + whole[1]), (-low, low + high), (first, pages))
    ranges = {}
    for key, (offset, length) in zip("abcd", shapes, strict=True):
        border = rng.randrange(0x2000, 0x4000) * HUGE
        ranges[key] = [border + offset * SMALL, length * SMALL]
    return {"ranges": ranges}


def text(data: Data) -> str:
    """List the ranges."""
    rows = [
        f"    {key}:  from {start:#x} up to, not including, {start + length:#x}"
        f"  ({length // SMALL:,} pages of 4 KiB)"
        for key, (start, length) in data["ranges"].items()
    ]
    return (
        "Four ranges of addresses are to be mapped with as many pages of 2 MiB as possible, and "
        "the rest with 4 KiB pages. A page of 2 MiB (0x20_0000) starts at a multiple of 2 MiB and "
        "lies wholly within its range:\n\n" + "\n".join(rows) + "\n\n"
        "How many pages of 2 MiB does each range take, and how many of 4 KiB?"
    )


def solve(
    data: Data, key: str, *, aligned: bool = True, inside: bool = True, head: bool = True,
    tail: bool = True, twice: bool = False,
) -> list[int]:  # fmt: skip
    """Cut the range at its first and last multiple of 2 MiB."""
    start, length = data["ranges"][key]
    end = start + length
    if not aligned:
        return [length // HUGE, length % HUGE // SMALL]
    if not inside:
        return [-(-end // HUGE) - start // HUGE, 0]
    first, last = -(-start // HUGE) * HUGE, end // HUGE * HUGE
    if first >= last:
        border = min(max(first, start), end)
        first = last = border
    small = (first - start) * head + (end - last) * tail + (last - first) * twice
    return [(last - first) // HUGE, small // SMALL]


EXERCISE = Steps(
    **own(globals()),
    title="Cover a range",
    letters="abcd",
    describe=lambda data, key: f"range `{key}`",
    look={
        "number of 2 MiB pages": "Which multiples of 2 MiB lie in the range, and which of them "
        "have a whole 2 MiB before its end?",
        "number of 4 KiB pages": "Count both ends, and nothing that a page of 2 MiB holds.",
    },
    units={f"number of {size} pages": f"pages of {size}" for size in ("2 MiB", "4 KiB")},
    mistakes={
        bug(aligned=False): "the length is divided by 2 MiB, wherever the range starts. A huge "
        "page starts at a multiple of 2 MiB only, because its offset is the low 21 bits of the "
        "address.",
        bug(inside=False): "a huge page is taken for every 2 MiB that the range reaches into. At "
        "its ends such a page would map memory that does not belong to the range.",
        bug(head=False): "the small pages before the first multiple of 2 MiB are left out.",
        bug(tail=False): "the small pages behind the last multiple of 2 MiB are left out.",
        bug(twice=True): "small pages also map what the huge ones hold. They are needed only "
        "where no huge page lies.",
    },
    start="Find the first multiple of 2 MiB at or after the start: an address whose low 21 bits "
    "are 0. In hex such an address ends in 00000, with an even digit before that.",
    right="An unlucky start can cost a range of nearly 4 MiB every huge page it might have had. "
    "That is why allocators align large pieces to 2 MiB.",
    untested="pages of 1 GiB, and whether the machine has 2 MiB in one piece to give.",
    hints=(
        "From 0x7f_ffe0_1000 to 0x80_0040_3000 the multiples of 2 MiB are 0x80_0000_0000, "
        "0x80_0020_0000 and 0x80_0040_0000; the first two have 2 MiB behind them.",
        "Round the start up and the end down to multiples of 2 MiB (`-(-x // 0x20_0000)` is the "
        "number of the multiple, rounded up). Their distance is the huge pages; if it is negative, "
        "there are none.",
        "The small pages are all the others: those of the whole range, less 512 for each huge one.",
    ),
)
