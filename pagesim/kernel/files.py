"""Files, and the pages of them that are in memory: the page cache.

A file on disk is read into the cache page by page and written back when a page is dirty. A file in
memory (memfd, shared anonymous memory, System V segments: Linux calls all of them shmem) has no
disk behind it: its pages start as zeros and, when they have to leave, go to swap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .frames import Frame
    from .swap import Slot


class File:
    """A file that can be mapped.

    Parameters
    ----------
    name : str
        Its path, as /proc/PID/maps shows it.
    content : bytes
        What it holds.
    on_disk : bool
        Whether there is a disk to read it from and to write it back to.
    locked : bool
        Whether its pages never leave memory (the kernel's own: the vdso).
    size : int, optional
        Its length in bytes, if it is longer than its content: the rest is zeros.

    Attributes
    ----------
    cache : dict of int to Frame
        The pages that are in memory, by their index in the file.
    swapped : dict of int to Slot
        The pages that are in swap (files in memory only).
    mapped : int
        How many pages of areas map it, in all processes.
    unlinked : bool
        Whether it goes away with its last mapping (shared anonymous memory).

    Examples
    --------
    >>> file = File("/data", b"abc")
    >>> file.pages(4096), file.page(0, 4096)[:4]
    (1, b'abc\\x00')
    """

    def __init__(
        self, name: str, content: bytes, on_disk: bool = True, locked: bool = False,
        size: int | None = None,
    ) -> None:  # fmt: skip
        self.name, self.on_disk, self.locked = name, on_disk, locked
        self.size = len(content) if size is None else size
        self._disk = bytearray(content)
        self.cache: dict[int, Frame] = {}
        self.swapped: dict[int, Slot] = {}
        self.mapped = 0
        self.unlinked = False

    def __repr__(self) -> str:
        return (
            f"File({self.name!r}, {self.size} bytes, {'on disk' if self.on_disk else 'in memory'})"
        )

    def pages(self, page_bytes: int) -> int:
        """How many pages it has; the last one may be only partly used."""
        return -(-self.size // page_bytes)

    def page(self, index: int, page_bytes: int) -> bytes:
        """Read one page from the disk; behind the end of the file it is zero."""
        part = self._disk[index * page_bytes : (index + 1) * page_bytes]
        return bytes(part.ljust(page_bytes, b"\0"))

    def write_page(self, index: int, content: bytes) -> None:
        """Write one page back to the disk; what lies behind the end of the file is lost."""
        start = index * len(content)
        part = content[: max(self.size - start, 0)]
        self._disk[start : start + len(part)] = part
