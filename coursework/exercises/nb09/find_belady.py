"""Find strings that fault more often with one more frame."""

from __future__ import annotations

from random import Random

from pagesim.replacement import simulate

from ...kinds import Data, Numbers, bug, own

_FEW = {"a": 3, "b": 4}
_MOST = {"a": 14, "b": 20}  # accesses
# By place in the list of pages; the first is Belady's own.
_STRINGS = {
    "a": (0, 1, 2, 3, 0, 1, 4, 0, 1, 2, 3, 4),
    "b": (0, 1, 2, 3, 4, 0, 1, 2, 5, 0, 1, 2, 3, 4, 5),
}


def draw(rng: Random) -> Data:
    """Draw the pages that may be used."""
    return {"pages": rng.sample(range(10, 100), 6)}


def text(data: Data) -> str:
    """State the limits."""
    return (
        f"Use only the pages {', '.join(map(str, data['pages']))}. Write a string of at most "
        f'{_MOST["a"]} accesses that faults more often with 4 frames than with 3 ("a"), and one of '
        f'at most {_MOST["b"]} accesses that faults more often with 5 frames than with 4 ("b"). '
        "Frames are empty at first, and FIFO decides. You may think, or search."
    )


def solve(data: Data, *, shape: str = "belady") -> dict[str, list[int]]:
    """Return Belady's string, and its larger sister."""
    pages = data["pages"]
    strings = {}
    for key, few in _FEW.items():
        best = [pages[place] for place in _STRINGS[key]]
        strings[key] = {
            "belady": best,
            "loop": (pages * 4)[: _MOST[key]],
            "short loop": (pages[: few + 1] * 3)[: _MOST[key]],
            "other pages": [place + 1 for place in _STRINGS[key]],  # the textbook's 1, 2, 3, ...
            "twice": best * 2,
        }[shape]
    return strings


def measure(data: Data, key: str, string: list[int]) -> dict[str, str]:
    """Say whether a string keeps the rules, and what one more frame does to its faults."""
    if not 0 < len(string) <= _MOST[key]:
        return {"problem": f"It has {'too many' if string else 'no'} accesses.", "faults": ""}
    if not set(string) <= set(data["pages"]):
        return {"problem": "There is a page in it that is not on the list.", "faults": ""}
    few, many = (simulate(string, _FEW[key] + more, "fifo").faults for more in (0, 1))
    often = "more often than" if many > few else "as often as" if many == few else "less often than"
    if few == many == len(string) > len(set(string)):
        often = "at every access, as it does"
    return {"problem": "", "faults": often}


def locate(data: Data, key: str, expected: dict[str, str], got: dict[str, str]) -> str:
    """Say which rule is broken, or what one more frame does."""
    few = _FEW[key]
    return got["problem"] or f"With {few + 1} frames it faults {got['faults']} with {few}."


EXERCISE = Numbers(
    **own(globals()),
    title="A string that hates memory",
    form={"a": [int], "b": [int]},
    describe=lambda data, key: f'"{key}", {_FEW[key]} and {_FEW[key] + 1} frames',
    mistakes={
        bug(shape="loop"): "Both strings fault at every access, with one frame more as well: so "
        "does a loop too long for both. In the smaller memory some page must be met again.",
        bug(shape="short loop"): "Both strings fault less often with one more frame, as everybody "
        "expects. In the anomaly the larger memory hits early; those pages are not loaded again, "
        "stay the oldest in its queue, and leave right before they are used.",
        bug(shape="other pages"): "Both strings have pages in them that are not on the card. If "
        "the pattern is right, put the card's in their place.",
        bug(shape="twice"): "Both strings are longer than the card allows.",
    },
    start='`simulate(string, frames, "fifo").faults` counts. Take Belady\'s string from the '
    "picture first, and put your pages in the place of 1 to 5.",
    right="There are strings for which a larger memory under FIFO faults more often by any factor "
    "you like (Fornai and Iványi, 2010).",
    untested="how common such strings are: for programs that stay on few pages, they are rare.",
    hints=(
        "Belady's: first n pages, then two of them again, a new one, those two again, and the "
        "rest. 1 2 3 4 · 1 2 · 5 · 1 2 · 3 4 · 5.",
        'For "b" stretch it: five pages, three of them again, the sixth, those three again, and '
        "the rest.",
        "Or search: `random.choices(pages, k=20)` until `simulate` says that 5 frames fault more.",
    ),
)
