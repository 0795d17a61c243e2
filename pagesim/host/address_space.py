"""Address space is not memory: a terabyte for nothing, and one address with two contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from . import counters
from .forked import Channel, Child
from .helper import in_helper
from .lab import Lab, Recording, Row, Value
from .linux import FREE, PAGE, libc, refusal
from .region import Region
from .table import Table

_TIB, _GIB = 1 << 40, 1 << 30


class Reservation(Lab):
    """Ask for 1 TiB of address space, and see that it takes no memory until it is touched.

    Examples
    --------
    >>> Reservation().prediction.predicted["pages in memory after the mmap"]
    0
    """

    key = "reservation"
    notebook = "01"
    title = "1 TiB, please"
    headings = ("what is counted",)
    basis = "predicted: mmap hands out addresses; a page of memory comes with the first touch"
    asked = ("pages in memory after the mmap", "pages in memory after writing 3 of them")

    def rows(self) -> Sequence[Row]:
        """State what is handed out, and what is used."""
        return (
            Row(("growth of the virtual size, in GiB",), 1024),
            Row(("pages in memory after the mmap",), 0),
            Row(("pages in memory after writing 3 of them",), 3),
            Row(("more address space than memory in this process",), "yes"),
        )

    def check(self) -> None:
        """Refuse kernels that do not overcommit, and limits on address space."""
        counters.status("VmSize")
        with Region(_TIB) as region:
            region.kib("Rss")

    def count(self) -> Mapping[str, Value]:
        """Map, look, touch, look."""
        counts = counters.exactly_each(_reserve)
        more = counters.status("VmSize") > counters.status("VmRSS")
        return {**counts, "more address space than memory in this process": "yes" if more else "no"}


class SameAddress(Lab):
    """Let two processes store different numbers at one address, and read them back.

    Examples
    --------
    >>> SameAddress().prediction.predicted
    {'the first stores 1,111 and reads': 1111, 'the second stores 2,222 and reads': 2222}
    """

    key = "same_address"
    notebook = "01"
    title = f"Two processes, one address: {FREE[0]:#x}"
    headings = ("process",)
    basis = "predicted: each process has page tables of its own, so it reads what it stored"
    asked = ("the first stores 1,111 and reads", "the second stores 2,222 and reads")

    def rows(self) -> Sequence[Row]:
        """Each reads its own number."""
        return (
            Row(("the first stores 1,111 and reads",), 1111),
            Row(("the second stores 2,222 and reads",), 2222),
        )

    def check(self) -> None:
        """Need only Linux."""
        libc()

    def count(self) -> Mapping[str, Value]:
        """Start both, and let each read after both have stored."""
        found = in_helper(_store_and_read, (1111, 2222))
        return {row.name: value for row, value in zip(self.rows(), found, strict=True)}


def sizes() -> Table:
    """Show how much address space this process has, and how much memory, in MiB.

    Where the kernel does not say, those of a notebook on another machine are shown.

    Examples
    --------
    >>> print(sizes().headings)
    ('what', 'in /proc/self/status', 'MiB')
    """
    lines = {"address space": "VmSize", "in memory": "VmRSS", "page tables": "VmPTE"}
    try:
        kib: Mapping[str, Value] = {line: counters.status(line) for line in lines.values()}
        note = ""
    except Exception as why:  # whatever a machine has that nobody has tried: it is said
        recording = Recording.load("sizes")
        kib = recording.counted
        note = f"recorded on {recording.machine}; this machine cannot: {refusal(why)}"
    rows = tuple((what, line, f"{int(kib[line]) / 1024:.1f}") for what, line in lines.items())
    return Table("This process", ("what", "in /proc/self/status", "MiB"), rows, note)


def _reserve() -> dict[str, int]:
    before = counters.status("VmSize")
    with Region(_TIB) as region:
        # Rounded, because other threads of a notebook map and unmap a little all the time.
        grown = round((counters.status("VmSize") - before) * 1024 / _GIB)
        counts = {"growth of the virtual size, in GiB": grown}
        counts["pages in memory after the mmap"] = region.kib("Rss") * 1024 // PAGE
        region.write((0, region.pages // 2, region.pages - 1))
        counts["pages in memory after writing 3 of them"] = region.kib("Rss") * 1024 // PAGE
    return counts


def _store_and_read(numbers: Sequence[int]) -> list[int]:
    def process(number: int, line: Channel) -> None:
        with Region(PAGE, at=FREE[0]) as region:
            cell = memoryview(region.bytes).cast("B").cast("q")
            cell[0] = number
            line.send()  # stored
            line.receive()  # the other has stored too
            line.send(cell[0])

    children = [Child(partial(process, number)) for number in numbers]
    for child in children:
        child.receive()
    for child in children:
        child.send()
    found = [child.receive() for child in children]
    for child in children:
        child.wait()
    return found
