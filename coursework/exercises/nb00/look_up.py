"""Look two things up in a page table of eight entries."""

from __future__ import annotations

from random import Random

from ...kinds import Data, Numbers, bug, instead, own

_PAGES, _FRAMES = 8, 20


def draw(rng: Random) -> Data:
    """Draw a table whose frames could be taken for pages, and one entry to look up each way."""
    frames = [*range(_PAGES), *rng.sample(range(_PAGES, _FRAMES), 2)]
    while True:
        table = rng.sample(frames, _PAGES)
        page, frame = rng.sample(range(1, _PAGES), 2)
        moved = all(one != other for one, other in enumerate(table))
        if moved and {page, frame} <= set(table) and table[page] not in (frame, table.index(frame)):
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


def solve(data: Data, *, backwards: bool = False, first: int = 0) -> Data:
    """Read the table forwards for the frame, and backwards for the page."""
    table = data["table"]
    if backwards:
        return {"frame": table.index(data["page"]), "page": table[data["frame"]]}
    return {"frame": table[data["page"] - first], "page": table.index(data["frame"]) + first}


EXERCISE = Numbers(
    **own(globals()),
    title="Look it up",
    points=1,
    kind="hand",
    look={
        "frame": "Find the page of the question in the upper row. What stands below it?",
        "page": "Find the frame of the question in the lower row. What stands above it?",
    },
    mistakes={
        instead(
            frame=lambda right, data: data["page"], page=lambda right, data: data["frame"]
        ): "the number in the question is taken for the answer. A page's number and its frame's "
        "have nothing to do with each other; that is what the table is for.",
        bug(backwards=True): "the table is read the wrong way round: the page taken for a frame, "
        "or the frame for a page. The program's numbers stand in the upper row.",
        bug(first=1): "the columns are counted from 1. Pages, like lists, are counted from 0.",
    },
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
