"""A process's own bytes: where they are, and which of them come with one fault."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from ..arch import X86_64
from . import counters
from .helper import in_helper
from .lab import Lab, Row, Value
from .linux import PAGE, Unavailable, require_4_kib_pages
from .region import Region

_TEXT = b"every byte of mine has an address"


class OwnBytes(Lab):
    """Walk through a process's own memory, byte by byte, and let the faults tell the pages.

    Examples
    --------
    >>> OwnBytes().prediction.predicted["bytes behind the first that come with its fault"]
    4095
    """

    key = "own_bytes"
    notebook = "02"
    title = "Byte after byte through a process's own memory"
    headings = ("what is counted",)
    basis = "predicted by the simulator: the page number is the address without its low 12 bits"
    asked = ("bytes behind the first that come with its fault", "faults of every byte of 3 pages")

    def rows(self) -> Sequence[Row]:
        """Count page numbers in the simulator's cut of an address."""
        page = X86_64.page_bytes
        last = page - 1

        def faults(*addresses: int) -> int:
            return len({va >> X86_64.page_shift for va in addresses})

        return (
            Row(("a text is found at its address, byte for byte",), "yes"),
            Row(("bytes behind the first that come with its fault",), last),
            Row(("faults of every byte of 3 pages",), faults(*range(3 * page))),
            Row(("faults of the first and last byte of a page",), faults(0, last)),
            Row(("faults of a page's last byte and the byte behind",), faults(last, page)),
        )

    def check(self) -> None:
        """Need pages as long as the simulator's."""
        require_4_kib_pages()

    def count(self) -> Mapping[str, Value]:
        """Load the bytes in a helper process, and count the faults."""
        counts: Sequence[Value] = in_helper(_count)
        return {row.name: count for row, count in zip(self.rows(), counts, strict=True)}


def _count() -> list[Value]:
    text = ctypes.create_string_buffer(_TEXT)
    found = ctypes.string_at(ctypes.addressof(text), len(_TEXT))
    loads = (range(3 * PAGE), (0, PAGE - 1), (PAGE - 1, PAGE))
    return [
        "yes" if found == _TEXT else "no",
        # A fault of the interpreter's own ends the walk too early: the farthest is right.
        counters.exactly(_reach, max),
        *(counters.exactly(partial(_faults, load)) for load in loads),
    ]


def _faults(offsets: Iterable[int]) -> list[int]:
    with Region(4 * PAGE) as region:
        cells = region.bytes
        return counters.minor_faults_of([partial(cells.__getitem__, at) for at in offsets])


def _reach() -> int:
    """Load byte after byte until the second fault; say how many came with the first."""
    with Region(4 * PAGE) as region:
        cells = region.bytes
        cells[0]
        before = counters.minor_faults()
        for offset in range(1, region.size):
            cells[offset]
            if counters.minor_faults() > before:
                return offset - 1
    raise Unavailable("its kernel counts no second fault")
