"""A handler in code: first touch, and the zero page."""

from __future__ import annotations

from random import Random
from typing import Any

from ...legacy import Data, Exercise, Mistake
from ...values import count

Result = list[Any]  # [faults, frames, [pages that still have the zero page]]


def draw(rng: Random) -> Data:
    """Draw strings of accesses in which pages come back."""
    cases: list[list[Any]] = [[[[0, "r"], [0, "w"], [0, "w"], [1, "w"], [2, "r"], [2, "r"]]]]
    for pages in (3, 5, 8, 12):
        cases.append([[[rng.randrange(pages), rng.choice("rrw")] for _ in range(3 * pages)]])
    return {"cases": cases}


def text(data: Data) -> str:
    """State what comes in and goes out."""
    accesses = data["cases"][0][0]
    faults, frames, zero = reference(accesses)
    return (
        "Write `first_touch(accesses)` for fresh private memory. Each access is `[page, kind]`, "
        'with kind `"r"` or `"w"`. Return `(faults, frames, zero)`: how many accesses faulted, how '
        "many frames the program has in the end (the shared zero page is not its own), and the "
        "sorted list of pages whose entry still leads to the zero page. "
        f"{count(len(data['cases']), 'call')} are made. For example `first_touch({accesses})` is "
        f"`({faults}, {frames}, {zero})`."
    )


def reference(accesses: list[list[Any]]) -> Result:
    """Serve them as the kernel does; the tests let it."""
    return _astray(accesses)


def _astray(
    accesses: list[list[Any]], *, reads_fault: bool = True, second_fault: bool = True,
    read_takes: bool = False, always: bool = False, keeps: bool = False,
) -> Result:  # fmt: skip
    """Serve the accesses; the options are mistakes."""
    entries: dict[int, str] = {}
    faults, read = 0, []
    for page, kind in accesses:
        held = entries.get(page)
        if kind == "r":
            read.append(page)
            if held is None:
                faults += reads_fault
                entries[page] = "own" if read_takes else "zero"
            elif always:
                faults += 1
        elif held != "own":
            faults += second_fault or held is None
            entries[page] = "own"
        elif always:
            faults += 1
    zero = sorted(set(read) if keeps else {p for p, held in entries.items() if held == "zero"})
    return [faults, sum(held == "own" for held in entries.values()), zero]


def locate(accesses: list[list[Any]], expected: Result, got: Result) -> str:
    """Name the first of the three that is wrong."""
    if expected[0] != got[0]:
        side = "few" if got[0] < expected[0] else "many"
        return f"Too {side} faults. Which accesses does the entry of the moment not allow?"
    if expected[1] != got[1]:
        side = "few" if got[1] < expected[1] else "many"
        return f"The faults are right; too {side} frames. Who gets one?"
    return "Faults and frames are right; the pages with the zero page are not."


EXERCISE = Exercise(
    id="first-touch",
    notebook="08",
    title="First touch",
    points=2,
    kind="code",
    draw=draw,
    text=text,
    form=[int, int, [int]],
    reference=reference,
    describe=lambda accesses: count(len(accesses), "access").replace("accesss", "accesses"),
    locate=locate,
    mistakes=(
        Mistake(
            name="reading is free",
            message="First reads cost nothing in your handler. An empty entry faults whatever the "
            "access is; a read only gets away without a frame.",
            solve=lambda accesses: _astray(accesses, reads_fault=False),
        ),
        Mistake(
            name="a read page can be written",
            message="In your handler a write after a read does not fault. The zero page is mapped "
            "read-only: it has to be, since everybody shares it.",
            solve=lambda accesses: _astray(accesses, second_fault=False),
        ),
        Mistake(
            name="a read takes a frame",
            message="You give a frame to whoever reads. A page of zeros need not exist twice: "
            "reads share one, and a frame is due at the first write.",
            solve=lambda accesses: _astray(accesses, read_takes=True),
        ),
        Mistake(
            name="every access faults",
            message="Every access faults in your handler. Once the entry allows it, the hardware "
            "goes ahead without asking anybody.",
            solve=lambda accesses: _astray(accesses, always=True),
        ),
        Mistake(
            name="the zero page stays",
            message="You list every page that was ever read. A write takes the zero page's place.",
            solve=lambda accesses: _astray(accesses, keeps=True),
        ),
    ),
    start='Keep a dict from page to "zero" or "own". When does an access fault, given what is '
    "in it?",
    right="That is `do_anonymous_page`, but for the locks.",
    untested="frames that run out, huge pages, and threads that fault on one page together.",
    hints=(
        'A read faults if the page is not in the dict; then `entries[page] = "zero"`.',
        'A write faults unless `entries.get(page) == "own"`; then it becomes "own".',
        'Frames: how many values are "own". The list: `sorted` of the pages whose value is "zero".',
    ),
)
