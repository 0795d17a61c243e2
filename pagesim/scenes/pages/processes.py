"""Which pages of a few real processes are present, and where these lie in 48 bits and in 32.

Recorded by ``tools/record_processes.py`` on a machine of 64 bits. In 32 bits the same areas are put
where Linux would: the program low, the libraries and the stack at the top.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

PLACES = ("program", "heap", "libraries", "stack")
_KINDS = dict(zip(PLACES, ("file", "heap", "library", "stack"), strict=True))
_LIBRARIES = 0x7000_0000_0000 >> 12  # where Linux puts nothing but libraries, files and the stack
_LOW, _HIGH, _TOP = 0x08048, 0xF7FF0, 0xFFFDE  # in 32 bits: first page, last library, last of stack


@cache
def _recorded() -> dict[str, Any]:
    text = files("pagesim").joinpath("data/processes.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def names() -> tuple[str, ...]:
    """Name the recorded processes, the smallest first."""
    return tuple(_recorded()["processes"])


@cache
def areas(process: str, bits: int) -> list[tuple[str, NDArray[np.int64]]]:
    """List the areas of a process that have present pages: what it is, and their page numbers."""
    found = [
        (kind, np.concatenate([np.arange(first + at, first + at + count) for at, count in runs]))
        for kind, first, _, runs in _recorded()["processes"][process]
        if runs
    ]
    if bits == 48:
        return found
    parts = [2 if kind == "stack" else int(pages[0] > _LIBRARIES) for kind, pages in found]
    ends = {part: pages for part, (_, pages) in zip(parts, found, strict=True)}
    moved = (_LOW - int(found[0][1][0]), _HIGH - int(ends[1][-1]), _TOP - int(ends[2][-1]))
    return [(kind, pages + moved[i]) for (kind, pages), i in zip(found, parts, strict=True)]


@cache
def present(process: str, bits: int) -> NDArray[np.int64]:
    """Give the numbers of all present pages, in order."""
    return np.sort(np.concatenate([pages for _, pages in areas(process, bits)]))


@cache
def start_of(process: str, bits: int, place: str) -> int:
    """Give the first present page of the program, its heap, its libraries, or its stack."""
    return next(int(pages[0]) for kind, pages in areas(process, bits) if kind == _KINDS[place])
