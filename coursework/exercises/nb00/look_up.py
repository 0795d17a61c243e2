"""Look two things up in a page table of eight entries."""

from __future__ import annotations

from random import Random

from ...exercise import Data, Exercise, Mistake

_PAGES, _FRAMES = 8, 20


def draw(rng: Random) -> Data:
    """Draw a table whose frames could be taken for pages, and one entry to look up each way."""
    frames = [*range(_PAGES), *rng.sample(range(_PAGES, _FRAMES), 2)]
    while True:
        table = rng.sample(frames, _PAGES)
        page, frame = rng.randrange(1, _PAGES), rng.choice(table)
        if page != frame and all(one != other for one, other in enumerate(table)):
            return {"table": table, "page": page, "frame": frame}


def text(data: Data) -> str:
    """Show the table."""
    pages = "".join(f"{page:>5}" for page in range(_PAGES))
    frames = "".join(f"{frame:>5}" for frame in data["table"])
    return (
        "A small program has eight pages, and this is its page table:"
        f"\n\n    page  {pages}\n    frame {frames}\n\n"
        f'The program reads page {data["page"]}: in which frame does it lie ("frame")? And which '
        f'of its pages lies in frame {data["frame"]} ("page")?'
    )


def reference(data: Data, key: str) -> int:
    """Read the table forwards, or backwards."""
    entries = dict(enumerate(data["table"]))
    if key == "frame":
        return int(entries[data["page"]])
    return {frame: page for page, frame in entries.items()}[data["frame"]]


def _untranslated(data: Data, key: str) -> int:
    return int(data["page"] if key == "frame" else data["frame"])


def _backwards(data: Data, key: str) -> int:
    table: list[int] = data["table"]
    if key == "frame":
        return table.index(data["page"]) if data["page"] in table else -1
    return table[data["frame"]] if data["frame"] < _PAGES else -1


def _from_one(data: Data, key: str) -> int:
    table: list[int] = data["table"]
    return table[data["page"] - 1] if key == "frame" else table.index(data["frame"]) + 1


def locate(data: Data, key: str, expected: int, got: int) -> str:
    """Send the reader to the right row."""
    if key == "frame":
        return f"Find page {data['page']} in the upper row. What stands below it?"
    return f"Find frame {data['frame']} in the lower row. What stands above it?"


LOOK_UP = Exercise(
    id="look-up",
    notebook="00",
    title="Look it up",
    points=1,
    kind="hand",
    draw=draw,
    text=text,
    form={"frame": int, "page": int},
    reference=reference,
    describe=lambda data, key: f"`{key}`",
    locate=locate,
    mistakes=(
        Mistake(
            name="not translated",
            message="You wrote the number from the question. A page's number and its frame's have "
            "nothing to do with each other; that is what the table is for.",
            solve=_untranslated,
        ),
        Mistake(
            name="read backwards",
            message="You read the table the wrong way round: you took the page for a frame, or the "
            "frame for a page. The program's numbers stand in the upper row.",
            solve=_backwards,
        ),
        Mistake(
            name="counted from one",
            message="You are one column off. Pages, like lists, are counted from 0.",
            solve=_from_one,
        ),
    ),
    start="Replace both `...` by a number, run the cell, and run this one again.",
    right="That is all a translation is. Everything else in this course is about making that table "
    "small, the look-up fast, and the pages fair.",
    untested="anything else. This one is for trying out how a check feels.",
    hints=(
        "This is a hint. There is another one behind it, and you are not charged for looking.",
        "The upper row is what the program knows, the lower row is where it lies.",
        "Put a finger on the number from the question. The answer to the first is below it, the "
        "answer to the second above it.",
    ),
)
