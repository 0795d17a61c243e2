"""The programs of a picture: the recorded ones, and before them a trace that it was given."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ..traces import PageTrace, keep, named, recorded


@cache
def trace_of(program: str) -> PageTrace:
    """Load a recorded program's trace once."""
    return recorded(program)


class Programs:
    """What a picture may show, by the names in its list.

    Parameters
    ----------
    trace : PageTrace, str or None
        A trace of the learner's, or the name of one (see `pagesim.traces.named`).
    others : sequence of str
        What the picture shows without it; the first is where it opens.

    Attributes
    ----------
    own : PageTrace or None
        The trace that was given; `named` finds it from now on, so that a call that shows a
        position can be copied.
    names : tuple of str
    first : str
        Where to open: the trace, if there is one.

    Raises
    ------
    ValueError
        If no trace has that name.

    Examples
    --------
    >>> programs = Programs("gather", ("sqlite", "cc1"))
    >>> programs.names, programs.first, programs["gather"] is programs.own
    (('gather', 'sqlite', 'cc1'), 'gather', True)
    """

    def __init__(self, trace: PageTrace | str | None, others: Sequence[str]) -> None:
        own = named(trace) if isinstance(trace, str) else trace
        self.own = None if own is None else keep(own)
        self.first = others[0] if self.own is None else self.own.name
        self.names = tuple(dict.fromkeys((self.first, *others)))

    def __getitem__(self, name: str) -> PageTrace:
        return self.own if self.own and name == self.own.name else trace_of(name)
