"""A trace of page changes as a file: small, and without anything of the machine but a note.

Arrays in a zip archive whose members are compressed with LZMA, which `numpy.load` reads by itself:

| array | what it holds |
|---|---|
| `pages` | the page of each run |
| `length` | how many accesses each has; left out if each has one |
| `written` | one bit a run, packed: whether something was stored; left out if that was not told |
| `about` | name, program, unit and note, as JSON in UTF-8 |
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from .runs import Runs, page_numbers
from .trace import PageTrace

_WORDS = ("name", "program", "unit", "note")


def save(trace: PageTrace, path: Path | str) -> None:
    """Write a trace's data accesses to a file, which `load` reads.

    Parameters
    ----------
    trace : PageTrace
    path : path or str

    Examples
    --------
    >>> import tempfile
    >>> from pagesim.traces import changes
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(changes("toy", "by hand", [3, 4, 3]), f"{folder}/toy.npz")
    ...     load(f"{folder}/toy.npz")
    toy (by hand): 3 page changes on 2 pages
    """
    about = json.dumps({word: getattr(trace, word) for word in _WORDS}, ensure_ascii=False)
    arrays: dict[str, NDArray[Any]] = {
        "pages": _narrow(trace.data.vpn),
        "about": np.frombuffer(about.encode(), np.uint8),
    }
    if (trace.data.length != 1).any():
        arrays["length"] = _narrow(trace.data.length)
    if trace.written is not None:
        arrays["written"] = np.packbits(trace.written)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        for name, array in arrays.items():
            # a fixed date: the same trace gives the same file
            member = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_LZMA
            with archive.open(member, "w") as file:
                npy.write_array(file, array)


def load(path: Path | str) -> PageTrace:
    """Read a trace that `save` has written.

    Raises
    ------
    ValueError
        If the file is no such trace.
    OSError
        If it cannot be read.
    """
    try:
        with np.load(path) as stored:
            arrays: dict[str, NDArray[Any]] = {key: stored[key] for key in stored.files}
        about = json.loads(bytes(arrays["about"]))
        words = {word: str(about[word]) for word in _WORDS}
        pages = page_numbers(arrays["pages"])
    except (KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile) as why:
        raise ValueError(f"{path} is no stored trace ({why})") from None
    length = arrays.get("length", np.ones(pages.size, np.int64)).astype(np.int64)
    time = np.cumsum(length) - length
    written = arrays.get("written")
    return PageTrace(
        data=Runs(pages, length, time),
        written=None if written is None else np.unpackbits(written, count=pages.size).view(bool),
        **words,  # type: ignore[arg-type]
    )


def _narrow(numbers: NDArray[Any]) -> NDArray[Any]:
    return numbers.astype(np.min_scalar_type(int(numbers.max())))
