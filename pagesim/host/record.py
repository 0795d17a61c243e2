"""Record which page each access of a learner's own function goes to.

`pagesim.host.watched` runs the function, `pagesim.host.one_page` sees its page changes.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..checks import bounded
from ..traces import EXAMPLES, RECORDED, PageTrace, changes, example, keep
from ..units import binary
from .linux import Unavailable, libc, refusal
from .watched import Function, NotRecorded, run_watched

MOST = 1 << 24  # page changes that may be asked for
LARGEST = 256 << 20  # bytes of an array: what a small machine can spare
_INSTEAD = "columns"


def record(
    function: Function,
    size: int | Sequence[int] | NDArray[Any],
    dtype: DTypeLike = np.int64,
    *,
    name: str = "",
    most: int = 1_000_000,
    seconds: float = 60.0,
    live: bool = True,
) -> PageTrace:
    """Run a function on an array, and record which of the array's pages it goes to, in order.

    What is recorded are page *changes*: an access to a page other than the one before, and whether
    something was stored before the next. How many accesses stay on a page is not seen. If one
    instruction needs several pages (it crosses into the next, or copies from one to the other),
    each of them is noted once, and until the next page is touched they count as one. Only the
    array is watched: not the function's lists, its other arrays, its code or its stack.

    The function runs in a copy of this process: what it changes, prints and returns is gone
    afterwards. A page change takes about 100 µs. A system call cannot be given the array (reading
    a file into it fails with "Bad address"); numpy and Python can.

    Parameters
    ----------
    function : callable
        Is given the array.
    size : int, tuple or array
        The array's shape, all of it 0 (see `numpy.zeros`); or an array, of which the function is
        given a copy. It begins with a page, and has 256 MiB at most.
    dtype : dtype
        Of the elements, if `size` is a shape.
    name : str
        What to call the trace; the function's name if left out.
    most : int
        After how many page changes to give up.
    seconds : float
        After how long to give up.
    live : bool
        False gives a recorded trace even where this machine could record.

    Returns
    -------
    PageTrace
        Page numbers count from the array's first page. Where the function cannot be recorded
        (it takes Linux on x86-64), a trace that was recorded elsewhere: that of the function, if
        it is one of `pagesim.host.example_programs`, and else an example's; its note says so.

    Raises
    ------
    NotRecorded
        If the function raises, ends its process, starts another one or a thread that touches the
        array, or if it takes too long.
    ValueError
        If the size or a limit is out of range, or the elements are Python objects.

    Examples
    --------
    >>> record(lambda a: a[::512].sum(), 4096, name="every page")
    every page (a function on int64[4096]): 8 page changes on 8 pages, in 0 of them something was stored
    """  # noqa: E501
    array, called = _array(size, dtype), name or _name(function)
    why = "it was not asked to"
    if live:
        try:
            return keep(record_here(function, array, called, most, seconds))
        except Unavailable as reason:
            why = str(reason)
    return keep(_elsewhere(called, f"this machine {'cannot' if live else 'did not'}: {why}"))


def record_here(
    function: Function,
    array: NDArray[Any],
    name: str,
    most: int = 1_000_000,
    seconds: float = 60.0,
) -> PageTrace:
    """Record a function on this machine; the same parameters as `record`, all of them settled.

    Raises
    ------
    Unavailable
        If this machine cannot.
    NotRecorded, ValueError
        As in `record`.
    """
    bounded("most", most, 1, MOST)
    if reason := obstacle():
        raise Unavailable(reason)
    try:
        pages, written = run_watched(function, array, most, seconds)
    except OSError as why:
        raise Unavailable(refusal(why)) from None
    if not pages.size:
        raise NotRecorded("It has not touched the array.")
    shape = f"{array.dtype}[{', '.join(map(str, array.shape))}]"
    return changes(name, f"a function on {shape}", pages, written)


def _array(size: int | Sequence[int] | NDArray[Any], dtype: DTypeLike) -> NDArray[Any]:
    """Check what was asked for; of zeros nothing is stored yet."""
    if isinstance(size, np.ndarray):
        array = size
    else:
        shape = [size] if np.ndim(size) == 0 else list(size)  # type: ignore[arg-type]
        shape = [bounded("size", each, 1, LARGEST) for each in shape]  # type: ignore[arg-type]
        array = np.broadcast_to(np.zeros((), dtype), shape)
    if array.dtype.hasobject:
        raise ValueError(f"dtype {array.dtype} has Python objects, which lie outside of the array")
    if not 0 < array.nbytes <= LARGEST:
        raise ValueError(f"size {array.nbytes:,} bytes is outside 1 byte..{binary(LARGEST)}")
    return array


def _name(function: Function) -> str:
    name = str(getattr(function, "__name__", type(function).__name__))
    if name in (*RECORDED, *EXAMPLES):  # which is what the recorded one is called
        return f"your {name}"
    return "lambda" if name == "<lambda>" else name


def obstacle() -> str:
    """Say why this machine cannot record; nothing if it may be able to."""
    try:
        libc()
    except Unavailable as why:
        return str(why)
    if platform.machine() != "x86_64":
        return f"its processor is of the kind {platform.machine()}, not x86-64"
    return ""


def _elsewhere(name: str, why: str) -> PageTrace:
    """Give a recorded trace, and say so."""
    known = name.removeprefix("your ").replace("_", "-")
    if known in EXAMPLES:
        found = example(known)
        return replace(found, note=f"{found.note}; {why}")
    found = example(_INSTEAD)
    note = f"NOT {name}: this is the example {_INSTEAD!r} instead. {found.note}; {why}"
    return replace(found, note=note)
