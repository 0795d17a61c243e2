"""Place 64 pages so that they take the most tables, and then the fewest."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any

from pagesim import X86_64

from ...legacy import Data, Exercise, Mistake

PAGES, PAGE = 64, X86_64.page_bytes
# bytes that one table of a level covers: 2 MiB, 1 GiB, 512 GiB
_PTE, _PMD, _PUD = (X86_64.span(level) for level in (2, 1, 0))


def draw(rng: Random) -> Data:
    """Draw a window that begins a few pages below a 512 GiB border."""
    border = rng.randrange(1, 100) * _PUD
    low = border - rng.randrange(5, 60) * PAGE
    return {"low": low, "high": border + rng.randrange(6, 40) * _PUD}


def text(data: Data) -> str:
    """State the window."""
    return (
        f"An x86-64 process may use the addresses from {data['low']:#x} up to, but not including, "
        f"{data['high']:#x}. Place {PAGES} different pages of 4 KiB there so that they take as "
        'many tables as possible ("most"), then as few as possible ("fewest"). Write the first '
        "address of each page; a comprehension does it."
    )


def measure(data: Data, key: str, addresses: list[int]) -> dict[str, Any]:
    """Count the tables, or say what is wrong with the addresses."""
    problem = ""
    if len(addresses) != PAGES:
        problem = "number"
    elif any(va % PAGE for va in addresses):
        problem = "aligned"
    elif len(set(addresses)) < PAGES:
        problem = "different"
    elif not all(data["low"] <= va < data["high"] for va in addresses):
        problem = "window"
    if problem:
        return {"problem": problem, "tables": 0}
    tables = 1 + sum(len({va // span for va in addresses}) for span in (_PTE, _PMD, _PUD))
    return {"problem": "", "tables": tables}


def _border(data: Data) -> int:
    """The 512 GiB border above the first few pages of the window."""
    return int(-(-data["low"] // _PUD) * _PUD)


def reference(data: Data, key: str) -> list[int]:
    """Take one page below the border and spread the others; or put all into one 2 MiB."""
    border = _border(data)
    if key == "fewest":
        return [border + i * PAGE for i in range(PAGES)]
    return [border - PAGE, *_spread(data)[: PAGES - 1]]


def _spread(data: Data) -> list[int]:
    """Deal the pages out over the 512 GiB above the border, and over 1 GiB within each."""
    border = _border(data)
    rooms = (data["high"] - border) // _PUD
    return [border + i % rooms * _PUD + i // rooms * _PMD for i in range(PAGES)]


def _strided(data: Data, key: str, *, stride: int) -> list[int]:
    if key == "fewest":
        return reference(data, key)
    return [_border(data) + i * stride for i in range(PAGES)]


def _from_low(data: Data, key: str) -> list[int]:
    if key == "most":
        return reference(data, key)
    return [data["low"] + i * PAGE for i in range(PAGES)]


def _above_only(data: Data, key: str) -> list[int]:
    return reference(data, key) if key == "fewest" else _spread(data)


def _swapped(data: Data, key: str) -> list[int]:
    return reference(data, "fewest" if key == "most" else "most")


_PROBLEMS = {
    "number": f"It is not {PAGES} pages.",
    "aligned": "An address in it is not the first one of a page: those end in 000 (hex).",
    "different": "A page stands in it twice.",
    "window": "A page in it lies outside the window.",
}


def locate(data: Data, key: str, expected: dict[str, Any], got: dict[str, Any]) -> str:
    """Say what is wrong with the list, or that another one does better."""
    if got["problem"]:
        return _PROBLEMS[got["problem"]]
    better = "more" if key == "most" else "fewer"
    return f"Your {PAGES} pages take {got['tables']} tables. There is a way to take {better}."


EXERCISE = Exercise(
    id="place-64",
    notebook="04",
    title="64 pages: the most tables, and the fewest",
    points=2,
    kind="number",
    draw=draw,
    text=text,
    form={"most": [int], "fewest": [int]},
    reference=reference,
    measure=measure,
    describe=lambda data, key: f"`{key}`",
    locate=locate,
    mistakes=(
        Mistake(
            name="one page per 2 MiB",
            message="One page in every 2 MiB gives each its own table of the lowest level, but one "
            "PMD table serves 512 of those. The levels above can be made to cost as well.",
            solve=partial(_strided, stride=_PTE),
        ),
        Mistake(
            name="one page per 1 GiB",
            message="One page in every 1 GiB gives each its own two lowest tables, but one PUD "
            "table serves them all. How many PUD tables could the window make you pay for?",
            solve=partial(_strided, stride=_PMD),
        ),
        Mistake(
            name="one page per 512 GiB",
            message="One page in every 512 GiB would be the dearest of all, but the window has not "
            "room for 64 of those. Spread them over what there is, and then within it.",
            solve=partial(_strided, stride=_PUD),
        ),
        Mistake(
            name="the corner forgotten",
            message="Nearly the most. The window begins a few pages below a 512 GiB border, "
            "and those few pages are a street of their own.",
            solve=_above_only,
        ),
        Mistake(
            name="the first 64",
            message="The first 64 pages of the window are neighbours, but the border of 512 "
            "GiB runs through the middle of them: two tables on every level below the root.",
            solve=_from_low,
        ),
        Mistake(
            name="most and fewest swapped",
            message="You have them the wrong way round: scattered pages cost tables, "
            "neighbours share.",
            solve=_swapped,
        ),
    ),
    start="Begin with the fewest. Which 64 pages share their table on every level? A table of the "
    "lowest level covers an aligned 2 MiB.",
    right="The same 256 KiB of data: 16 KiB of tables in one layout, more than twice the data "
    "in the other. Multi-level is cheap for neighbours, not for hermits.",
    untested="huge pages, and layouts with other mappings already there.",
    hints=(
        "Fewest: start at a multiple of 2 MiB (0x20_0000) inside the window and go up by 4 KiB.",
        "Most: every page wants its own PTE table *and* its own PMD table, and as many PUD "
        "tables as the window has 512 GiB (0x80_0000_0000) to offer, the piece at its start "
        "included.",
        "Deal them out like cards: page i goes to 512 GiB region number i % regions, and there "
        "to a 1 GiB that no other page uses.",
    ),
)
