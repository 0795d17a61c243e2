"""A handler in code: first touch, and the zero page."""

from __future__ import annotations

from random import Random
from typing import Any

from ...kinds import Code, Data, bug, instead, own


def draw(rng: Random) -> Data:
    """Draw strings of accesses in which pages come back; a single access, and none."""
    first = [[0, "r"], [0, "w"], [0, "w"], [1, "w"], [1, "r"], [2, "r"], [2, "r"]]
    cases: list[list[Any]] = [[first], [[[rng.randrange(9), "r"]]], [[[rng.randrange(9), "w"]]]]
    for pages in (3, 5, 8, 12):
        cases.append([[[rng.randrange(pages), rng.choice("rrw")] for _ in range(3 * pages)]])
    return {"cases": [*cases, [[]]]}


def text(data: Data) -> str:
    """State what comes in and goes out."""
    accesses = data["cases"][0][0]
    return (
        "Write `first_touch(accesses)` for fresh private memory. Each access is `[page, kind]`, "
        'with kind `"r"` or `"w"`. Return `(faults, frames, zero)`: how many accesses faulted, how '
        "many frames the program has in the end (the shared zero page is not its own), and the "
        "pages whose entry still leads to the zero page. "
        f"{len(data['cases'])} calls are made. For example `first_touch({accesses})` is "
        f"`{tuple(solve(accesses))}`."
    )


def solve(
    accesses: list[list[Any]], *, reads_fault: bool = True, second_fault: bool = True,
    read_takes: bool = False, always: bool = False, keeps: bool = False,
) -> list[Any]:  # fmt: skip
    """Look at the first access to each page, and whether it was ever written."""
    first: dict[int, str] = {}
    for page, kind in accesses:
        first.setdefault(page, kind)
    read = {page for page, kind in first.items() if kind == "r"}
    written = {page for page, kind in accesses if kind == "w"}
    faults = len(first) - len(read) * (not reads_fault)
    if second_fault and not read_takes:
        faults += len(read & written)
    frames, zero = len(written), read - written
    if read_takes:
        frames, zero = len(first), set()
    if keeps:
        zero = {page for page, kind in accesses if kind == "r"}
    return [len(accesses) if always else faults, frames, sorted(zero)]


EXERCISE = Code(
    **own(globals()),
    title="First touch",
    results=("faults", "frames", "zero"),
    form=[int, int, {int}],
    look={
        "faults": "Which accesses does the entry of the moment not allow?",
        "frames": "Which pages have one that is theirs alone?",
        "zero": "Who has the zero page, and who takes its place?",
    },
    mistakes={
        bug(reads_fault=False): "first reads cost nothing. But an empty entry always faults.",
        bug(second_fault=False): "a write after a read does not fault. The zero page is read-only.",
        bug(read_takes=True): "a read takes a frame. Reads share one; the first write gets one.",
        instead(frames=lambda right, accesses: right["frames"] + len(right["zero"])): "pages with "
        "the zero page count as frames. It is one frame for all, and nobody's own.",
        bug(always=True): "every access faults. Once the entry allows it, nobody is asked.",
        bug(keeps=True): "every page that was ever read is listed. A write replaces the zero page.",
    },
    start='Keep a dict from page to "zero" or "own". When does an access fault, given what is '
    "in it?",
    right="That is `do_anonymous_page`, but for the locks.",
    untested="frames that run out, huge pages, and threads that fault on one page together.",
    hints=(
        'A read faults if the page is not in the dict; then `entries[page] = "zero"`.',
        'A write faults unless `entries.get(page) == "own"`; then it becomes "own".',
        'Frames: how many values are "own". The list: the pages whose value is "zero".',
    ),
)
