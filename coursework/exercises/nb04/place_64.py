"""Place 64 pages so that they take the most tables, and then the fewest."""

from __future__ import annotations

from random import Random
from typing import Any

from pagesim import X86_64

from ...kinds import Data, Numbers, bug, instead, own

PAGES, PAGE = 64, X86_64.page_bytes
# bytes that one table of a level covers: 512 GiB, 1 GiB, 2 MiB
_SPANS = dict(zip(X86_64.level_names[1:], map(X86_64.span, range(3)), strict=True))
_PUD, _PMD, _PTE = _SPANS.values()


def draw(rng: Random) -> Data:
    """Draw a window that begins a few pages below a 512 GiB border."""
    border = rng.randrange(41, 140) * _PUD
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
    """Count the tables of each level, or say what is wrong with the addresses."""
    problem = ""
    if len(addresses) != PAGES:
        problem = f"It is not {PAGES} pages."
    elif any(va % PAGE for va in addresses):
        problem = "An address in it is not the first one of a page: those end in 000 (hex)."
    elif len(set(addresses)) < PAGES:
        problem = "A page stands in it twice."
    elif not all(data["low"] <= va < data["high"] for va in addresses):
        problem = "A page in it lies outside the window."
    if problem:
        return {"problem": problem, "addresses": addresses}
    return {level: len({va // span for va in addresses}) for level, span in _SPANS.items()}


def solve(data: Data, *, stride: int | None = None, corner: int = 1) -> Data:
    """Take a page below the border and deal the others out; or put all into one 2 MiB."""
    border = -(-data["low"] // _PUD) * _PUD
    regions = (data["high"] - border) // _PUD
    dealt = [border + i % regions * _PUD + i // regions * _PMD for i in range(PAGES - corner)]
    return {
        "most": [border + i * stride for i in range(PAGES)]
        if stride
        else [border - PAGE] * corner + dealt,
        "fewest": [border + i * PAGE for i in range(PAGES)],
    }


def locate(data: Data, key: str, expected: dict[str, Any], got: dict[str, Any]) -> str:
    """Say what is wrong with the list, or that another one does better."""
    if "problem" in got:
        return str(got["problem"])
    better = "more" if key == "most" else "fewer"
    tables = 1 + sum(got.values())
    return f"Your {PAGES} pages take {tables} tables. There is a way to take {better}."


EXERCISE = Numbers(
    **own(globals()),
    title="64 pages: the most tables, and the fewest",
    form={"most": {int}, "fewest": {int}},
    mistakes={
        bug(stride=_PTE): "each page has a PTE table of its own, and all share one PMD table, "
        "which serves 512 of those. The levels above can be made to cost as well.",
        bug(stride=_PMD): "each page has its own two lowest tables, and one PUD table serves them "
        "all. How many PUD tables could the window make you pay for?",
        bug(stride=_PUD): "there is one page in every 512 GiB. That would be the dearest of all, "
        "but the window has not room for 64 of those. Spread them over what there is, and then "
        "within it.",
        bug(corner=0): "one 512 GiB of those that the window reaches into has no page. It begins a "
        "few pages below a 512 GiB border: those few pages are a street of their own.",
        instead(
            fewest=lambda right, data: [data["low"] + i * PAGE for i in range(PAGES)]
        ): "a 512 GiB border runs between the pages that should take the fewest tables: two tables "
        "on every level below the root. The window begins just below one.",
        instead(
            most=lambda right, data: right["fewest"], fewest=lambda right, data: right["most"]
        ): "the two lists are exchanged. Scattered pages cost tables, neighbours share.",
    },
    start="Begin with the fewest. Which 64 pages share their table on every level? A table of the "
    "lowest level covers 2 MiB, from a multiple of 2 MiB.",
    right="The same 256 KiB of data: 16 KiB of tables in one layout, more than twice the data in "
    "the other. Multi-level is cheap for neighbours, not for hermits.",
    untested="huge pages, and layouts with other mappings already there.",
    hints=(
        "Fewest: start at a multiple of 512 GiB (0x80_0000_0000) inside the window and go up by 4 "
        "KiB.",
        "Most: every page wants its own PTE table *and* its own PMD table, and as many PUD tables "
        "as the window has 512 GiB to offer, the few pages at its start included. One page goes "
        "there.",
        "Deal the other 63 out like cards, from the first 512 GiB border up: number i goes to 512 "
        "GiB region i % regions, and there to the 1 GiB (0x4000_0000) number i // regions.",
    ),
)
