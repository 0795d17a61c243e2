"""Files, swap slots and frames: what a page belongs to, and where it stands.

A file on disk is read into frames page by page (the page cache) and written back when a page is
dirty. A file in memory (memfd, shared anonymous memory, System V segments: Linux calls all of them
shmem) has no disk behind it: its pages start as zeros and, when they have to leave, go to swap.

A frame knows every page-table entry that leads to it (Linux calls this the reverse map). Their
number is its reference count: when the last one goes, the frame is free. A page of a file has one
more reference, from the page cache.

Source: Linux include/linux/mm_types.h (`struct page`), mm/rmap.c.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, Protocol

PageKind = Literal["anon", "file", "shmem", "hugetlb"]


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
    inode : int
        Its number on its device.

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
    hugetlb : bool
        Whether its pages are huge ones out of the pool.
    promised : set of int
        Which of those the pool has promised to it, by their index.
    tmpfs : Tmpfs or None
        The file system in memory that its pages count for, if that has a size.

    Examples
    --------
    >>> file = File("/data", b"abc")
    >>> file.pages(4096), file.page(0, 4096)[:4]
    (1, b'abc\\x00')
    """

    def __init__(
        self,
        name: str,
        content: bytes,
        on_disk: bool = True,
        locked: bool = False,
        size: int | None = None,
        inode: int = 0,
    ) -> None:
        self.name, self.on_disk, self.locked, self.inode = name, on_disk, locked, inode
        self.size = len(content) if size is None else size
        self._disk = bytearray(content)
        self.cache: dict[int, Frame] = {}
        self.swapped: dict[int, Slot] = {}
        self.mapped = 0
        self.unlinked = self.hugetlb = False
        self.promised: set[int] = set()
        self.tmpfs: Tmpfs | None = None

    def __repr__(self) -> str:
        return (
            f"File({self.name!r}, {self.size} bytes, {'on disk' if self.on_disk else 'in memory'})"
        )

    @property
    def device(self) -> str:
        """Where it is, as /proc/PID/maps says it: a disk, shmem's memory, or the pool."""
        if self.hugetlb:
            return "00:0f"
        return "00:00" if self.locked else "08:01" if self.on_disk else "00:01"

    def pages(self, page_bytes: int) -> int:
        """How many pages it has; the last one may be only partly used."""
        return -(-self.size // page_bytes)

    def page(self, index: int, page_bytes: int) -> bytes:
        """Read one page from the disk; behind the end of the file it is zero."""
        part = self._disk[index * page_bytes : (index + 1) * page_bytes]
        return bytes(part.ljust(page_bytes, b"\0"))

    def resize(self, size: int) -> None:
        """Give it another length; what it loses is zeros when it is longer again."""
        del self._disk[size:]
        self.size = size

    def give_back(self, pages: int) -> None:
        """Let its file system have the room of pages that are gone."""
        if self.tmpfs:
            self.tmpfs.used -= pages

    def write_page(self, index: int, content: bytes) -> None:
        """Write one page back to the disk; what lies behind the end of the file is lost."""
        start = index * len(content)
        part = content[: max(self.size - start, 0)]
        self._disk[start : start + len(part)] = part


@dataclass(slots=True)
class Tmpfs:
    """A file system in memory.

    Attributes
    ----------
    pages : int
        How many pages its files may have together, in memory and in swap.
    used : int
        How many they have.
    """

    pages: int
    used: int = 0


@dataclass(slots=True, eq=False)
class Slot:
    """One page of the swap disk.

    Attributes
    ----------
    index : int
        Its number, from 1: slot 0 holds the disk's header, as in Linux.
    content : bytes
        The page that was written here.
    users : int
        How many page-table entries (or pages of a file in memory) hold its number.
    exclusive : bool
        Whether the page had a single owner, which may write to it at once when it is back.
    cached : Frame or None
        The frame that holds the same page, if it is in memory as well.
    """

    index: int
    content: bytes = b""
    users: int = 0
    exclusive: bool = False
    cached: Frame | None = None


@dataclass(slots=True, eq=False)
class Frame:
    """One frame that holds a page, or the frames of a huge page that is still in one piece.

    Attributes
    ----------
    pfn : int
        The (first) frame.
    kind : {"anon", "file", "shmem", "hugetlb"}
        A private page, a page of a file on disk, a page of a file in memory, or a huge page out of
        the pool.
    pages : int
        How many frames it has: 1, or 512 for a huge page.
    file, index : File or None, int
        Which page of which file it is.
    dirty : bool
        Whether it was changed since it was read or written, by an entry that is gone by now.
    exclusive : bool
        Whether a private page has had one owner only since it was made or last copied.
    slot : Slot or None
        Where the same page stands in swap.
    age : int
        What the replacement policy has counted for it.
    group : Group or None
        The memory cgroup that it is charged to.
    mappers : dict of (Mapper, int) to None
        The entries that lead here: whose they are, and for which address.
    """

    pfn: int
    kind: PageKind
    pages: int = 1
    file: File | None = None
    index: int = 0
    dirty: bool = False
    exclusive: bool = True
    slot: Slot | None = None
    age: int = 0
    group: Group | None = None
    mappers: dict[tuple[Mapper, int], None] = field(default_factory=dict)

    @property
    def shared(self) -> bool:
        """Whether more than one page-table entry leads here."""
        return len(self.mappers) > 1


class Group(Protocol):
    """A memory cgroup, as a frame knows it."""

    charged: Counter[str]


class Mapper(Protocol):
    """An address space, as a frame knows it: an entry of it leads here, and can be changed."""

    def is_huge(self, va: int) -> bool:
        """Tell whether the entry is that of a huge page."""

    def split_huge(self, va: int) -> None:
        """Put entries of small pages into its place."""

    def was_accessed(self, va: int) -> bool:
        """Tell whether the page was used through the entry since the last time it was asked."""

    def forget_access(self, va: int) -> None:
        """Clear the entry's accessed bit."""

    def is_locked(self, va: int) -> bool:
        """Tell whether the page may not leave memory."""

    def is_dirty(self, va: int) -> bool:
        """Tell whether the page was written through the entry."""

    def clean(self, va: int) -> None:
        """Make the entry clean and read-only."""

    def clear(self, va: int) -> None:
        """Empty the entry."""

    def discard(self, va: int) -> None:
        """Empty the entry, be it that of a huge page."""

    def lose(self, va: int) -> None:
        """Empty the entry of a page of the pool, for good."""

    def swap_out(self, va: int, slot: Slot) -> None:
        """Let the entry name a swap slot."""
