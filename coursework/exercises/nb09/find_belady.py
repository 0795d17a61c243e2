"""Find strings that fault more often with one more frame."""

from __future__ import annotations

from random import Random

from pagesim.replacement import simulate

from ...legacy import Data, Exercise, Mistake

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


def measure(data: Data, key: str, string: list[int]) -> dict[str, str]:
    """Say whether a string keeps the rules, and what one more frame does to its faults."""
    if len(string) > _MOST[key]:
        return {"problem": "length", "faults": ""}
    if not set(string) <= set(data["pages"]):
        return {"problem": "pages", "faults": ""}
    few, many = (simulate(string, _FEW[key] + more, "fifo").faults for more in (0, 1))
    return {"problem": "", "faults": "more" if many > few else "as many" if many == few else "less"}


def reference(data: Data, key: str) -> list[int]:
    """Give Belady's string, and its larger sister."""
    return [data["pages"][place] for place in _STRINGS[key]]


def _loop(data: Data, key: str) -> list[int]:
    return list(data["pages"] * 4)[: _MOST[key]]


def _reuse(data: Data, key: str) -> list[int]:
    pages = list(data["pages"])[: _FEW[key] + 1]
    return (pages * 3)[: _MOST[key]]


def _others(data: Data, key: str) -> list[int]:
    return [place + 1 for place in _STRINGS[key]]  # the textbook's own 1, 2, 3, ...


def _long(data: Data, key: str) -> list[int]:
    return reference(data, key) * 2


_PROBLEMS = {
    "length": "It has too many accesses.",
    "pages": "There is a page in it that is not on the list.",
}


def locate(data: Data, key: str, expected: dict[str, str], got: dict[str, str]) -> str:
    """Say which rule is broken, or what one more frame does."""
    if got["problem"]:
        return _PROBLEMS[got["problem"]]
    few = _FEW[key]
    often = "less often than" if got["faults"] == "less" else "as often as"
    return f"With {few + 1} frames it faults {often} with {few}."


EXERCISE = Exercise(
    id="find-belady",
    notebook="09",
    title="A string that hates memory",
    points=2,
    kind="number",
    draw=draw,
    text=text,
    form={"a": [int], "b": [int]},
    reference=reference,
    measure=measure,
    describe=lambda data, key: f'"{key}", {_FEW[key]} and {_FEW[key] + 1} frames',
    locate=locate,
    mistakes=(
        Mistake(
            name="a loop",
            message="Your strings fault equally often with one more frame. A loop that is too long "
            "for both does that: every access misses, however it is. Some pages must come back "
            "early, so that the smaller memory still has them.",
            solve=_loop,
        ),
        Mistake(
            name="more is better",
            message="With one more frame your strings fault less often, as everybody expects. In "
            "the anomaly the larger memory hits early; those pages are not loaded again, stay the "
            "oldest in its queue, and leave right before they are used.",
            solve=_reuse,
        ),
        Mistake(
            name="other pages",
            message="The pattern may be right, but the pages are not those on the card. Put yours "
            "in their place.",
            solve=_others,
        ),
        Mistake(
            name="too long",
            message="Your strings are longer than the card allows. The anomaly fits into fewer "
            "accesses.",
            solve=_long,
        ),
    ),
    start='`simulate(string, frames, "fifo").faults` counts. Take Belady\'s string from the '
    "picture first, and put your pages in the place of 1 to 5.",
    right="There are strings for which a larger memory under FIFO faults more often by any factor "
    "you like (Fornai and Iványi, 2010).",
    untested="how common such strings are: for programs that stay on few pages, they are rare.",
    hints=(
        "Belady's: first n pages, then two of them again, a new one, those two again, and the "
        "rest. 1 2 3 4 · 1 2 · 5 · 1 2 · 3 4 · 5.",
        'For "b" stretch it: five pages, three of them again, the sixth, …',
        "Or search: `random.choices(pages, k=20)` until `simulate` says that 5 frames fault more.",
    ),
)
