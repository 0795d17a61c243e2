"""This process's own page table, by /proc/self/pagemap: which pages are there, in which frames.

An entry has 8 bytes, one for each virtual page (Documentation/admin-guide/mm/pagemap.rst):

    | present 63 | swapped 62 | file 61 | ... | mine alone 56 | ... | PFN 54..0 (0 unless root) |
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from . import counters, linux
from .forked import Channel, Child
from .helper import in_helper
from .lab import Lab, Row, Value
from .linux import HUGE_PAGE, PAGE, Unavailable, libc
from .plotted import PlottedLab
from .region import Region

_PRESENT, _EXCLUSIVE, _PFN = 63, 56, (1 << 55) - 1


class Presence(Lab):
    """Read the present bits of 64 pages of this process's own page table.

    /proc/self/pagemap gives 8 bytes for each virtual page; bit 63 says that the page is present,
    bit 56 that it is mapped by this process alone.

    Examples
    --------
    >>> Presence().prediction.predicted["present after reading every other page"]
    32
    """

    key = "presence"
    notebook = "03"
    title = "Which of 64 fresh pages are there?"
    headings = ("what is counted",)
    unit = "pages"
    basis = "predicted: a page is present once it was touched, and its own once it was written"
    asked = ("present after reading every other page", "of these, mapped by this process alone")

    def rows(self) -> Sequence[Row]:
        """State which touches make a page present."""
        return (
            Row(("present before any touch",), 0),
            Row(("present after reading every other page",), 32),
            Row(("present after writing every fourth too",), 32),
            Row(("of these, mapped by this process alone",), 16),
            Row(("in memory, as mincore() says",), 32),
            Row(("present after they were given back",), 0),
        )

    def check(self) -> None:
        """Need a pagemap that shows a page which was written."""
        with Region(PAGE) as region:
            region.write()
            if not _entries(region)[0] >> _PRESENT:
                raise Unavailable("its /proc/self/pagemap shows no present page")

    def count(self) -> Mapping[str, Value]:
        """Touch, and read the page table's bits after each step."""
        names = [row.name for row in self.rows()]

        def once() -> dict[str, int]:
            return dict(zip(names, _look(), strict=True))

        # A page may be sent out, or another thread may fork: noise takes bits away.
        return counters.exactly_each(once, dict.fromkeys(names, max))


class Frames(PlottedLab):
    """Read which physical frames hold this process's pages. Only root may: recorded for others.

    Its `series` gives the PFNs of 256 pages in the order of their addresses, and of the 512 small
    pages of a huge one, each counted from the lowest of its kind.

    Examples
    --------
    >>> Frames().prediction.predicted["distinct frames of 256 pages that were read"]
    1
    """

    key = "frames"
    notebook = "03"
    title = "Which frames hold the pages?"
    headings = ("what is counted",)
    basis = "predicted: pages lie in any frames, but inside a huge page one behind the other"
    asked = (
        "distinct frames of 256 pages that were read",
        "distinct frames of 256 pages that were written",
    )

    def rows(self) -> Sequence[Row]:
        """State what the frame numbers look like."""
        return (
            Row(("distinct frames of 256 pages that were read",), 1),
            Row(("distinct frames of 256 pages that were written",), 256),
            Row(("pages of 256 that share their frame with a forked child",), 256),
            Row(("neighbours of 511 in a huge page with neighbouring frames",), 511),
            Row(("first frame of a huge page, modulo 512",), 0),
        )

    def check(self) -> None:
        """Need PFNs in the pagemap, and a 2 MiB page to look into."""
        with Region(PAGE) as region:
            region.write()
            if not _pfns(region)[0]:
                raise Unavailable("only root may see frame numbers")
        _huge_frames()

    def count(self) -> Mapping[str, Value]:
        """Look into the pagemap of this process, and of a child in a helper process."""
        with Region(256 * PAGE) as region:
            region.read()
            read = np.unique(_pfns(region)).size
        huge = _huge_frames()
        counts = (
            int(read),
            int(np.unique(_small_frames()).size),
            in_helper(_shared_with_child),
            int((np.diff(huge) == 1).sum()),
            int(huge[0] % 512),
        )
        return {row.name: count for row, count in zip(self.rows(), counts, strict=True)}

    def trace(self) -> Mapping[str, Sequence[float]]:
        """Read the frame numbers themselves."""
        small, huge = _small_frames(), _huge_frames()
        return {
            "256 pages": (small - small.min()).tolist(),
            "one huge page": (huge - huge.min()).tolist(),
        }


def _look() -> list[int]:
    """Count the bits of 64 pages after each step of `Presence`."""
    with Region(64 * PAGE) as region:
        counts = [_count(region, _PRESENT)]
        region.read(range(0, 64, 2))
        counts.append(_count(region, _PRESENT))
        region.write(range(0, 64, 4))
        counts += [_count(region, _PRESENT), _count(region, _EXCLUSIVE), _in_core(region)]
        region.advise(linux.MADV_DONTNEED)
        counts.append(_count(region, _PRESENT))
    return counts


def _small_frames() -> NDArray[np.int64]:
    with Region(256 * PAGE) as region:
        region.write()
        return _pfns(region)


def _huge_frames() -> NDArray[np.int64]:
    with Region(HUGE_PAGE, align=HUGE_PAGE, huge=True) as region:
        region.write((0,))
        if region.kib("AnonHugePages") * 1024 < HUGE_PAGE:
            raise Unavailable("it gives this process no 2 MiB page")
        return _pfns(region)


def _shared_with_child() -> int:
    with Region(256 * PAGE) as region:

        def child(line: Channel) -> None:
            line.send(_pfns(region).tolist())

        region.write()
        other = Child(child)
        theirs = np.array(other.receive())
        mine = _pfns(region)
        other.wait()
    return int((theirs == mine).sum())


def _entries(region: Region) -> NDArray[np.uint64]:
    """Read the pagemap entries of a region's pages."""
    try:
        pagemap = os.open("/proc/self/pagemap", os.O_RDONLY)
    except OSError as why:
        raise Unavailable(f"its /proc/self/pagemap cannot be read ({why.strerror})") from None
    try:
        raw = os.pread(pagemap, 8 * region.pages, region.address // PAGE * 8)
    finally:
        os.close(pagemap)
    return np.frombuffer(raw, np.uint64)


def _pfns(region: Region) -> NDArray[np.int64]:
    return (_entries(region) & _PFN).astype(np.int64)


def _count(region: Region, bit: int) -> int:
    return int((_entries(region) >> bit & 1).sum())


def _in_core(region: Region) -> int:
    answer = (ctypes.c_ubyte * region.pages)()
    if libc().mincore(region.address, region.size, answer):
        raise Unavailable("its kernel refuses mincore")
    return sum(byte & 1 for byte in answer)
