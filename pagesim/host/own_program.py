"""Which of two programs goes to fewer pages? Five contests, recorded access by access."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from ..units import binary
from .example_programs import EXAMPLES, LAB, ON_A_PAGE, TIME, Example, Ints, Size, places_of
from .lab import Lab, Row, Value
from .linux import PAGE, Unavailable
from .record import obstacle, record_here
from .table import Table

_CONTESTS = {  # a question, two programs, and what each of them is called in the answer
    "fewer page changes: by rows or by columns": (("rows", "columns"), ("rows", "columns")),
    "fewer: in a sorted array or in Eytzinger's order": (
        ("binary-search", "eytzinger"),
        ("sorted array", "Eytzinger"),
    ),
    "fewer: in a sorted array or in a hash table": (
        ("binary-search", "hash-table"),
        ("sorted array", "hash table"),
    ),
    "fewer: in a B-tree of fan-out 16 or of 512": (("b-tree-16", "b-tree-512"), ("16", "512")),
    "fewer: reads in random order or sorted": (
        ("gather", "sorted-gather"),
        ("random order", "sorted"),
    ),
}
# Those whose answer is not plain to everybody who has met a TLB.
_ASKED = (("rows", "columns"), ("sorted array", "Eytzinger"), ("16", "512"))


class OwnProgram(Lab):
    """Record nine small programs, page change by page change, and compare them in pairs.

    Examples
    --------
    >>> OwnProgram().prediction.predicted["a matrix, row by row"]
    8
    """

    key = "own_program"
    notebook = "06"
    title = "Two ways of doing the same: which goes to fewer pages?"
    headings = ("what is counted",)
    basis = "predicted: the page of each access, by arithmetic"
    asked = tuple(question for question, (_, words) in _CONTESTS.items() if words in _ASKED)

    def rows(self) -> Sequence[Row]:
        """Work out the pages that each program must go to."""
        return self._rows({name: len(predicted_pages(name)) for name in EXAMPLES})

    def check(self) -> None:
        """Need what the recorder needs."""
        if why := obstacle():
            raise Unavailable(why)

    def count(self) -> Mapping[str, Value]:
        """Record them all."""
        found = {
            name: record_here(partial(_run, example), example.array(LAB), name).counted
            for name, example in EXAMPLES.items()
        }
        return {row.name: row.predicted for row in self._rows(found)}

    def _rows(self, found: Mapping[str, int]) -> tuple[Row, ...]:
        each = [Row((EXAMPLES[name].words,), number) for name, number in found.items()]
        contests = []
        for question, (pair, words) in _CONTESTS.items():
            fewer = min(pair, key=found.__getitem__)
            contests.append(Row((question,), words[pair.index(fewer)], words))
        return (*contests, *each)


def _run(example: Example, array: Any) -> None:
    example.run(array, LAB)


def predicted_pages(name: str) -> list[int]:
    """Say to which pages an example must go, one after the other, none twice in a row.

    >>> predicted_pages("rows")
    [0, 1, 2, 3, 4, 5, 6, 7]
    """
    pages = list(range(LAB.pages))
    if name in ("rows", "columns"):
        return pages * (1 if name == "rows" else ON_A_PAGE)
    noted: list[int] = []
    if name in ("gather", "sorted-gather"):
        noted = places_of(LAB, name == "sorted-gather").tolist()
    else:
        example = EXAMPLES[name]
        example.run(_Noting(example.array(LAB), noted), LAB)
    found = [at // ON_A_PAGE for at in noted]
    return [found[0], *(page for before, page in pairwise(found) if page != before)]


class _Noting:
    """An array that notes which of its elements are asked for."""

    def __init__(self, array: Ints, noted: list[int]) -> None:
        self._array, self._noted = array, noted

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, at: Any) -> Any:
        # a slice is a node of a B-tree, which lies within a page
        self._noted.append(at.start if isinstance(at, slice) else at)
        return self._array[at]


def own_times(size: Size = TIME) -> Table:
    """Time the example programs on this machine, without a recorder and on larger arrays.

    Parameters
    ----------
    size : Size
        How much they do.

    Examples
    --------
    >>> own_times(LAB).headings
    ('program', 'ns for each number or search')
    """
    return Table(
        "The same programs, timed here",
        ("program", "ns for each number or search"),
        tuple((example.words, _nanoseconds(example, size)) for example in EXAMPLES.values()),
        f"The best of three. The matrix has {binary(size.pages * PAGE)} here, the table that is "
        f"read {binary(size.wide * PAGE)}.",
    )


def _nanoseconds(example: Example, size: Size) -> int:
    array, best = example.array(size), float("inf")
    for _ in range(3):  # other load only ever makes it slower
        start = time.perf_counter()
        example.run(array, size)
        best = min(best, time.perf_counter() - start)
    return round(best * 1e9 / example.steps(size))
