"""A mapped file that somebody makes shorter: what is gone answers with SIGBUS."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from . import linux, signals
from .forked import Channel, Child
from .helper import in_helper
from .lab import Lab, Row, Value
from .linux import PAGE
from .region import Region

_PAGES, _LEFT = 8, 2.5
_WHOLE = 3  # pages that hold some of what is left
_BEFORE, _AFTER = "loads, one from each page, before", "the same loads afterwards"
_SAYS, _ZEROS = "what the signal says", "bytes behind the new end, in its page, that read as 0"
_MEMORY = "pages of the mapping in memory, before any load"
_SIGNALS = ("SIGBUS ADRERR", "SIGSEGV ACCERR", "SIGSEGV MAPERR")


class TruncatedFile(Lab):
    """Map a file of 8 pages, cut it to two and a half, and load from each page again.

    Examples
    --------
    >>> TruncatedFile().prediction.predicted["the same loads afterwards"]
    5
    """

    key = "truncated_file"
    notebook = "10"
    title = f"A mapped file of {_PAGES} pages is cut to {_LEFT}"
    headings = ("what is done", "counted in")
    basis = "predicted: the area stays, its pages are gone; a load behind the last page gets SIGBUS"
    asked = (_AFTER, _SAYS)

    def rows(self) -> Sequence[Row]:
        """State which loads fail."""
        return (
            Row((_BEFORE, "signals"), 0),
            Row((_MEMORY, "pages"), _WHOLE),
            Row((_AFTER, "signals"), _PAGES - _WHOLE),
            Row((_SAYS, "words"), "SIGBUS ADRERR", _SIGNALS),
            Row((_ZEROS, "half pages"), 1),
        )

    def check(self) -> None:
        """Need smaps."""
        with Region(PAGE) as region:
            region.kib("Rss")

    def count(self) -> Mapping[str, Value]:
        """Cut the file, and load in a child of a helper process."""
        counts: dict[str, Value] = in_helper(_count)
        return counts


def _count() -> dict[str, Value]:
    child = Child(_load)
    counts: dict[str, Value] = child.receive()
    child.wait()
    return counts


def _load(line: Channel) -> None:
    """Load from each page, before and after; each signal is answered with a page of zeros."""
    seen: list[str] = []

    def handler(fault: signals.BadAccess) -> None:
        seen.append(f"{fault.signal} {fault.code}")
        page = fault.address // PAGE * PAGE
        flags = linux.MAP_PRIVATE | linux.MAP_ANONYMOUS | linux.MAP_FIXED
        linux.map_memory(page, PAGE, 3, flags)  # the load is tried again, and goes through

    file = os.memfd_create("truncated")
    os.write(file, b"x" * (_PAGES * PAGE))
    with Region(_PAGES * PAGE, fd=file, shared=True) as region:
        signals.on_bad_access(handler)
        region.read()
        before = len(seen)
        os.ftruncate(file, int(_LEFT * PAGE))
        memory = region.kib("Rss") * 1024 // PAGE
        region.read()
        tail = bytes(region.bytes[int(_LEFT * PAGE) : _WHOLE * PAGE])
        line.send(
            {
                _BEFORE: before,
                _MEMORY: memory,
                _AFTER: len(seen) - before,
                _SAYS: ", ".join(sorted(set(seen))) or "nothing",
                _ZEROS: tail.count(0) * 2 // PAGE,
            }
        )
    os.close(file)
