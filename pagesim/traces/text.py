"""Lines of a tool's output, from a file or as they come, for the readers of text traces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

MOST = 1 << 25  # accesses that a reader takes: 32 million
USER_BITS = 56  # of an address of user space, five levels of tables included

Source = str | Path | Iterable[str]


@contextmanager
def lines_of(source: Source) -> Iterator[Iterable[str]]:
    """Open a file by its path; lines that come from elsewhere are handed on.

    Raises
    ------
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> with lines_of(["one", "two"]) as lines:
    ...     list(lines)
    ['one', 'two']
    """
    if isinstance(source, str | Path):
        with open(source, encoding="utf-8", errors="replace") as file:
            yield file
    else:
        yield source


def title_of(source: Source, name: str, fallback: str) -> str:
    """Give a name: the one that was asked for, or that of the file.

    >>> title_of("runs/sort.log", "", "lackey"), title_of([], "", "lackey")
    ('sort', 'lackey')
    """
    if name:
        return name
    return Path(source).stem if isinstance(source, str | Path) else fallback


def where(source: Source) -> str:
    """Name a source in a message.

    >>> where("runs/sort.log"), where([])
    ('runs/sort.log', 'the text')
    """
    return str(source) if isinstance(source, str | Path) else "the text"
