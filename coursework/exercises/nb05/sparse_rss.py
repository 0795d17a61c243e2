"""What sparse touches cost in memory and in faults, with small and with huge pages."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from pagesim import X86_64

from ...legacy import Data, Exercise, Mistake

SMALL, HUGE = X86_64.page_sizes[:2]
_KIB = 1024
_KEYS = ("a", "b", "c")
_WHAT = ("RSS with 4 KiB pages", "RSS with 2 MiB pages", "faults with 4 KiB pages",
         "faults with 2 MiB pages")  # fmt: skip


def draw(rng: Random) -> Data:
    """Draw three programs: one touches every page, one every 2 MiB, one leaves some out."""
    strides = {
        "a": rng.choice((768, 1536, 2560, 3072)),
        "b": rng.choice((20, 36, 68, 132, 260)) * _KIB,
        "c": rng.choice((3, 5, 6, 7)) * 1024 * _KIB,
    }
    programs = {}
    for key, stride in strides.items():
        whole, tail = rng.randrange(4, 20) * (1 if key == "a" else 3), rng.randrange(20, 480)
        programs[key] = [whole * HUGE + tail * SMALL, stride]
    # the last program always reaches the last pages, so that they matter
    length, stride = programs["c"]
    programs["c"][0] += -(length - SMALL) % stride
    return {"programs": programs}


def text(data: Data) -> str:
    """List the programs."""
    rows = [
        f"    {key}:  {length // SMALL} pages of 4 KiB, a byte every {_size(stride)}"
        for key, (length, stride) in data["programs"].items()
    ]
    return (
        "Three programs each map one piece of fresh anonymous memory, which starts at a multiple "
        "of 2 MiB, and write single bytes into it: at its start, and then again and again after "
        "the same distance, to its end.\n\n" + "\n".join(rows) + "\n\n"
        "For each give four numbers: its RSS in KiB with 4 KiB pages, its RSS in KiB with 2 MiB "
        "pages wherever a whole one fits, and the faults in both cases."
    )


def _size(stride: int) -> str:
    if stride % (_KIB * _KIB) == 0:
        return f"{stride // _KIB // _KIB} MiB"
    return f"{stride} B" if stride % _KIB else f"{stride // _KIB} KiB"


def reference(data: Data, key: str) -> list[int]:
    """Touch every byte in turn, and note which page it falls into."""
    length, stride = data["programs"][key]
    end = length // HUGE * HUGE  # huge pages fit below
    small, huge = set(), set()
    for at in range(0, length, stride):
        small.add(at // SMALL)
        huge.add((HUGE, at // HUGE) if at < end else (SMALL, at // SMALL))
    rss = sum(size for size, _ in huge)
    return [len(small) * SMALL // _KIB, rss // _KIB, len(small), len(huge)]


def _touches(data: Data, key: str) -> list[int]:
    length, stride = data["programs"][key]
    count = -(-length // stride)
    right = reference(data, key)
    return [count * SMALL // _KIB, right[1], count, right[3]]


def _whole_mapping(data: Data, key: str) -> list[int]:
    length, _ = data["programs"][key]
    right = reference(data, key)
    tail = length % HUGE // SMALL
    return [right[0], length // _KIB, right[2], length // HUGE + tail]


def _tail_is_huge(data: Data, key: str) -> list[int]:
    length, stride = data["programs"][key]
    right = reference(data, key)
    huge = len({at // HUGE for at in range(0, length, stride)})
    return [right[0], huge * HUGE // _KIB, right[2], huge]


def _no_bloat(data: Data, key: str) -> list[int]:
    small, _, faults, huge = reference(data, key)
    return [small, small, faults, huge]


def _swap(order: tuple[int, ...]) -> Callable[[Data, str], list[int]]:
    """Give the right numbers in another order."""

    def solve(data: Data, key: str) -> list[int]:
        right = reference(data, key)
        return [right[i] for i in order]

    return solve


def locate(data: Data, key: str, expected: list[int], got: list[int]) -> str:
    """Name the first of the four that is wrong, and the side it errs on."""
    i = next(i for i in range(4) if got[i] != expected[i])
    side = "too small" if got[i] < expected[i] else "too large"
    return f"Number {i + 1} ({_WHAT[i]}) is the first wrong one: it is {side}."


EXERCISE = Exercise(
    id="sparse-rss",
    notebook="05",
    title="What sparse touches cost",
    points=2,
    kind="number",
    draw=draw,
    text=text,
    form={key: [int, int, int, int] for key in _KEYS},
    reference=reference,
    describe=lambda data, key: f"program `{key}`",
    locate=locate,
    mistakes=(
        Mistake(
            name="a page for every touch",
            message="You counted a page for every byte written. Bytes less than 4 KiB apart share "
            "pages, and a page faults and counts only once.",
            solve=_touches,
        ),
        Mistake(
            name="all that is mapped",
            message="You counted the whole mapping. Huge or not, a page comes at the first touch: "
            "where the distance is more than 2 MiB, some huge pages are never touched, and of the "
            "4 KiB pages behind the last whole 2 MiB only those that are written come.",
            solve=_whole_mapping,
        ),
        Mistake(
            name="a huge page beyond the end",
            message="You let a huge page begin in the last 2 MiB of the mapping, although not all "
            "of it is mapped. There, small pages have to do.",
            solve=_tail_is_huge,
        ),
        Mistake(
            name="no bloat",
            message="You let a huge page weigh what is touched of it. Memory is handed out by the "
            "page, and this page has 2 MiB: one byte brings in all of it.",
            solve=_no_bloat,
        ),
        Mistake(
            name="order",
            message="You have the right numbers in another order: first the two sizes in KiB, then "
            "the two counts of faults; of each, that of small pages first.",
            solve=_swap((0, 2, 1, 3)),
        ),
    ),
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
