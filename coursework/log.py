"""Files to which lines are only ever added, beside the notebooks.

Two notebooks, or a notebook and the command line, can write at the same time, and half a line
spoils no other. Lines that make no sense are passed over. Where no file can be written, nothing is
remembered, and nothing else changes.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def add(file: Path, entry: dict[str, Any]) -> None:
    """Add an entry, if the file can be written.

    Parameters
    ----------
    file : Path
    entry : dict
        What JSON can say.
    """
    # an end of line in front too: the line before may have been cut off
    line = f"\n{json.dumps(entry)}\n".encode()
    with contextlib.suppress(OSError):
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(number, line)  # at once: others may be writing
        finally:
            os.close(number)


def entries(file: Path) -> Iterator[dict[str, Any]]:
    """Go through the entries, the first one first; there are none if there is no file.

    Examples
    --------
    >>> list(entries(Path("there is no such file")))
    []
    """
    try:
        lines = file.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        with contextlib.suppress(ValueError, RecursionError):
            entry = json.loads(line)
            if type(entry) is dict:
                yield entry
