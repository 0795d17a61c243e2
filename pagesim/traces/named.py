"""Traces by name: the recorded programs, the recorded examples, and what this session recorded."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from .recorded import DATA, RECORDED, recorded
from .stored import load
from .trace import PageTrace

_FOLDER: Path = DATA / "examples"
EXAMPLES = (
    "rows",
    "columns",
    "binary-search",
    "eytzinger",
    "b-tree-16",
    "b-tree-512",
    "hash-table",
    "gather",
    "sorted-gather",
)
"""The names that `example` knows: the functions of `pagesim.host.example_programs`, recorded."""

_session: dict[str, PageTrace] = {}


@cache
def example(name: str) -> PageTrace:
    """Load the recording of an example program.

    Parameters
    ----------
    name : str
        One of `EXAMPLES`.

    Raises
    ------
    ValueError
        If there is no example of that name.

    Examples
    --------
    >>> example("rows").counted, example("columns").counted
    (96, 49152)
    """
    if name not in EXAMPLES:
        raise ValueError(f"no example is called {name!r}; there are {', '.join(EXAMPLES)}")
    return load(_FOLDER / f"{name}.npz")


def named(name: str) -> PageTrace:
    """Find a trace: a recorded program, an example, or one that was kept in this session.

    Raises
    ------
    ValueError
        If nothing has that name.

    Examples
    --------
    >>> named("sqlite").counted, named("gather").counted
    (2353508, 59992)
    """
    if name in _session:
        return _session[name]
    if name in EXAMPLES:
        return example(name)
    if name in RECORDED:
        return _recorded(name)
    known = ", ".join([*_session, *RECORDED, *EXAMPLES])
    raise ValueError(f"no trace is called {name!r} in this session; there are {known}")


def keep(trace: PageTrace) -> PageTrace:
    """Let `named` find a trace by its name, as long as this Python runs; a later one replaces it.

    Raises
    ------
    ValueError
        If a recorded program or an example has the name already, and is not this one.

    Examples
    --------
    >>> from pagesim.traces import changes
    >>> kept = keep(changes("mine", "by hand", [1, 2]))
    >>> named("mine") is kept
    True
    """
    if trace.name in RECORDED or trace.name in EXAMPLES:
        if trace.program != named(trace.name).program:
            raise ValueError(f"name {trace.name!r} is that of a recorded trace; choose another")
        return trace
    _session[trace.name] = trace
    return trace


@cache
def _recorded(name: str) -> PageTrace:
    return recorded(name)
