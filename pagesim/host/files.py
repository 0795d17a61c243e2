"""Pages of a file: read from the disk, found in the page cache, or copied for a private store."""

from __future__ import annotations

import contextlib
import ctypes
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence

from . import counters, linux
from .helper import in_helper
from .lab import Lab, Row, Value
from .linux import PAGE, Unavailable, libc, require_4_kib_pages
from .region import FAULT_AROUND, Region

_PAGES = 1024
_MAJOR, _MINOR = "major faults", "minor faults"


class FilePages(Lab):
    """Count the faults of reading and writing a mapped file of 1024 pages.

    Read-ahead is switched off (MADV_RANDOM), or the kernel would fetch pages nobody asked for.

    Examples
    --------
    >>> FilePages().prediction.predicted["read it from the page cache"]
    64
    """

    key = "file_pages"
    notebook = "08"
    title = f"A file of {_PAGES} pages"
    headings = ("what is done", "counted in")
    basis = "predicted: a page from disk is a major fault; from the cache one fault brings 16"
    asked = ("read it from the page cache", "then write to a private mapping of it")

    def rows(self) -> Sequence[Row]:
        """State what each way of touching the file costs."""
        return (
            Row(("read it from the disk", _MAJOR), _PAGES),
            Row(("send it out of memory, read it again", _MAJOR), _PAGES),
            Row(("read it from the page cache", _MINOR), (_PAGES << 12) // FAULT_AROUND),
            Row(("then write to a private mapping of it", _MINOR), _PAGES),
        )

    def check(self) -> None:
        """Need a disk below the directory of temporary files, or the next best one."""
        require_4_kib_pages()  # the kernel maps 64 KiB around a fault, however long a page is
        with cold_file(2):
            pass

    def count(self) -> Mapping[str, Value]:
        """Count the major faults on a file on disk, the minor ones on a file in memory."""
        counts: dict[str, Value] = in_helper(_count)
        return counts


def _count() -> dict[str, int]:
    # A fault that is interrupted while it waits for the disk (this process is stopped) starts
    # again, finds the page in memory, and counts as a minor one. So the most is right here.
    picks = {row.name: max for row in FilePages().rows() if _MAJOR in row.words}
    return counters.exactly_each(_from_disk, picks) | counters.exactly_each(_from_cache)


def _from_disk() -> dict[str, counters.Count]:
    size = _PAGES * PAGE
    with (
        counters.one_cpu(),
        cold_file(_PAGES) as file,
        Region(size, fd=file, shared=True) as region,
    ):
        region.advise(linux.MADV_RANDOM)
        first = counters.major_faults_of(region.touches("r"))
        region.advise(linux.MADV_PAGEOUT)
        return {
            "read it from the disk": first,
            "send it out of memory, read it again": counters.major_faults_of(region.touches("r")),
        }


def _from_cache() -> dict[str, counters.Count]:
    file = os.memfd_create("file_pages")
    try:
        fill(file, _PAGES)
        with Region(_PAGES * PAGE, fd=file) as region:
            reads = counters.minor_faults_of(region.touches("r"))
            writes = counters.minor_faults_of(region.touches("w"))
            return {
                "read it from the page cache": reads,
                "then write to a private mapping of it": writes,
            }
    finally:
        os.close(file)


@contextlib.contextmanager
def cold_file(pages: int) -> Iterator[int]:
    """Make a file of so many pages, on disk and not in memory; it has no name any more.

    Raises
    ------
    Unavailable
        If no folder for temporary files is on a disk.
    """
    for folder in (_temporary(), "/var/tmp", "."):
        try:
            file, name = tempfile.mkstemp(dir=folder)
        except OSError:
            continue
        try:
            os.unlink(name)
            fill(file, pages)
            os.fsync(file)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            if not _in_memory(file, pages):
                yield file
                return
        finally:
            os.close(file)
    raise Unavailable("it has no folder for temporary files that is on a disk")


def _temporary() -> str:
    try:
        return tempfile.gettempdir()
    except OSError:  # it could write to none
        return "/tmp"


def fill(file: int, pages: int) -> None:
    """Write page by page: of one large write the kernel makes large folios, and other counts."""
    for page in range(pages):
        os.pwrite(file, b"x" * PAGE, page * PAGE)


def _in_memory(file: int, pages: int) -> int:
    """Count the pages of a file that are in the page cache."""
    answer = (ctypes.c_ubyte * pages)()
    with Region(pages * PAGE, fd=file, shared=True) as region:
        if libc().mincore(region.address, region.size, answer):
            raise Unavailable("its kernel refuses mincore")
    return sum(byte & 1 for byte in answer)
