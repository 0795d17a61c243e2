"""What sparse touches cost in memory and in faults, with small and with huge pages."""

from __future__ import annotations

from random import Random

from pagesim import X86_64, binary

from ...kinds import Data, Steps, bug, own

SMALL, HUGE = X86_64.page_sizes[:2]
_KIB, _MIB = 1 << 10, 1 << 20


def draw(rng: Random) -> Data:
    """Draw programs: one touches each page, one stops at the end, one leaves huge pages out."""
    a = [rng.choice((1, 2)) * HUGE + rng.randrange(20, 480) * SMALL, rng.choice((1024, 2048))]
    stride = rng.choice((20, 36, 68, 132, 260)) * _KIB
    b = [rng.randrange(4 * HUGE, 20 * HUGE) // stride * stride, stride]
    stride = rng.choice((3, 5, 6, 7)) * _MIB
    border = stride * 2 * rng.randrange(3, 9)  # of 2 MiB too: the first small page is touched
    c = [border + rng.randrange(20, 480) * SMALL, stride]
    return {"programs": {"a": a, "b": b, "c": c}}


def text(data: Data) -> str:
    """List the programs."""
    rows = [
        f"    {key}:  {length // SMALL:,} pages of 4 KiB, a byte every {binary(stride)}"
        for key, (length, stride) in data["programs"].items()
    ]
    return (
        "Three programs each map one piece of fresh anonymous memory, which starts at a multiple "
        "of 2 MiB, and write single bytes into it: at its start, and then again and again after "
        "the same distance, to its end.\n\n" + "\n".join(rows) + "\n\n"
        "For each give four numbers: its RSS in KiB with 4 KiB pages, its RSS in KiB with 2 MiB "
        "pages wherever a whole one fits, and the faults in both cases."
    )


def solve(
    data: Data, key: str, *, share: bool = True, touched: bool = True, whole: bool = True,
    bloat: bool = True, paired: bool = False,
) -> list[int]:  # fmt: skip
    """Count the different pages that the bytes fall into, without going from byte to byte."""
    length, stride = data["programs"][key]
    border = length // HUGE * HUGE if whole else length  # huge pages lie below

    def pages(end: int, size: int, shared: bool = True) -> int:
        touches: int = -(-end // stride)
        different: int = (touches - 1) * stride // size + 1
        return different if stride < size and shared else touches

    small = pages(length, SMALL, share)
    if touched:
        huge, tail = pages(border, HUGE), small - pages(border, SMALL, share) if whole else 0
    else:
        huge, tail = border // HUGE, (length - border) // SMALL
    rss = huge * 2048 + tail * 4 if bloat else small * 4
    row = [small * 4, rss, small, huge + tail]
    return [row[0], row[2], row[1], row[3]] if paired else row


EXERCISE = Steps(
    **own(globals()),
    title="What sparse touches cost",
    kind="number",
    describe=lambda data, key: f"program `{key}`",
    look={
        "RSS with 4 KiB pages": "Into how many different pages do the bytes fall?",
        "RSS with 2 MiB pages": "Which of them are touched, and what lies behind the last whole "
        "2 MiB?",
        "count of faults with 4 KiB pages": "A page faults once.",
        "count of faults with 2 MiB pages": "One for each huge page that is touched, and one for "
        "each small page behind them.",
    },
    units={"RSS with 4 KiB pages": "KiB", "RSS with 2 MiB pages": "KiB"},
    mistakes={
        bug(share=False): "4 KiB pages are counted for every byte written. Bytes less than 4 KiB "
        "apart share pages, and a page faults and counts only once.",
        bug(touched=False): "with 2 MiB pages, all that is mapped is counted. Huge or not, a page "
        "comes at the first touch: where the distance is more than 2 MiB, some huge pages are "
        "never touched, and of the 4 KiB pages behind the last whole 2 MiB only those that are "
        "written come.",
        bug(whole=False): "a huge page begins in the last 2 MiB of the mapping, although not all "
        "of it is mapped. There, small pages have to do.",
        bug(bloat=False): "a huge page weighs what is touched of it. Memory is handed out by the "
        "page, and this page has 2 MiB: one byte brings in all of it.",
        bug(paired=True): "the right numbers are written in another order: first the two sizes in "
        "KiB, then the two counts of faults; of each, that of small pages first.",
    },
    start="Take 4 KiB pages first. Into how many *different* pages do the bytes fall? Each of them "
    "is one fault, and 4 KiB of RSS.",
    right="Same bytes written, same answers of the program; only the memory bill differs. Where "
    "RSS has grown overnight and the code has not, look at the page size.",
    untested="khugepaged, which may turn small pages into huge ones later, and mappings that start "
    "at odd addresses.",
    hints=(
        "`range(0, length, stride)` lists the places. `{at // 4096 for at in ...}` is the set of "
        "pages of 4 KiB, and `len` counts it.",
        "Below `length // 0x20_0000 * 0x20_0000` every touch brings in a page of 2 MiB: 2048 KiB "
        "and one fault for each different one.",
        "What lies above that line comes in pages of 4 KiB, as in the first case.",
    ),
)
