"""What a program did, page by page: what readers, recorders and pictures of traces speak of."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..units import count
from .runs import Runs, collapse

Unit = Literal["data accesses", "page changes", "page faults"]

_SINGULAR = {
    "data accesses": "data access",
    "page changes": "page change",
    "page faults": "page fault",
}


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class PageTrace:
    """The data accesses of one run of a program, as exactly as they were told.

    Attributes
    ----------
    name : str
        A short name; `pagesim.traces.named` finds the trace by it.
    program : str
        What was run.
    data : Runs
        The pages, in order.
    unit : {"data accesses", "page changes", "page faults"}
        What is counted: every access; or only that the next access goes to another page than the
        last; or only what the kernel heard of.
    written : array of bool, shape (runs,)
        In which runs something was stored; none if that was not told.
    note : str
        Where it comes from.

    Examples
    --------
    >>> PageTrace(name="toy", program="by hand", data=collapse([7, 7, 8, 7]))
    toy (by hand): 4 data accesses on 2 pages
    """

    name: str
    program: str
    data: Runs = field(repr=False)
    unit: Unit = "data accesses"
    written: NDArray[np.bool_] | None = field(default=None, repr=False)
    note: str = ""

    @cached_property
    def touched(self) -> NDArray[np.int64]:
        """The pages that occur, rising: array of int64, shape (distinct,)."""
        return np.unique(self.data.vpn)

    @property
    def counted(self) -> int:
        """How many of its unit the trace has."""
        return self.data.accesses

    @property
    def one(self) -> str:
        """The unit's singular.

        >>> PageTrace(name="a", program="b", data=collapse([1]), unit="page changes").one
        'page change'
        """
        return _SINGULAR[self.unit]

    def __repr__(self) -> str:
        said = f"{self.name} ({self.program}): {count(self.counted, self.one, self.unit)}"
        said += f" on {count(self.touched.size, 'page')}"
        if self.written is not None:
            said += f", in {int(self.written.sum()):,} of them something was stored"
        return f"{said}\n{self.note}" if self.note else said


def changes(
    name: str,
    program: str,
    pages: ArrayLike,
    written: NDArray[np.bool_] | None = None,
    note: str = "",
) -> PageTrace:
    """Make a trace of page changes: one page after the other, none twice in a row.

    Parameters
    ----------
    name, program, note : str
        As in `PageTrace`.
    pages : sequence or array of int, shape (n,)
        Page numbers; a page that is named again at once is the same stay.
    written : array of bool, shape (n,), optional
        Whether something was stored there.

    Raises
    ------
    ValueError
        If `pages` is no reference string, or `written` has another length.

    Examples
    --------
    >>> changes("toy", "by hand", [3, 3, 4, 3])
    toy (by hand): 3 page changes on 2 pages
    """
    runs = collapse(pages)
    stored = None
    if written is not None:
        if written.shape != (runs.accesses,):
            raise ValueError(f"written has shape {written.shape}, and pages {runs.accesses}")
        stored = np.logical_or.reduceat(written, runs.time)
    steps = np.arange(len(runs))
    each = Runs(runs.vpn, np.ones(len(runs), np.int64), steps)
    return PageTrace(
        name=name, program=program, data=each, unit="page changes", written=stored, note=note
    )
