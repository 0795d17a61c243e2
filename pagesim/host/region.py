"""A piece of address space of one's own, with nothing next to it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable
from functools import partial
from types import TracebackType

from ..checks import bounded
from . import counters, linux
from .linux import PAGE

# The kernel maps what is cached around a fault, in aligned windows of this size (fault_around_bytes
# in mm/memory.c); a region that starts on one has exact counts.
FAULT_AROUND = max(64 << 10, PAGE)


class Region:
    """A fresh mapping of this process, between two guard pages.

    The guards (PROT_NONE) keep the kernel from merging it with a neighbour, which would make
    /proc/self/smaps report the sum of both.

    Parameters
    ----------
    size : int
        Bytes, rounded up to whole pages.
    prot : str
        Letters of "rwx"; empty for a mapping that nothing may touch.
    at : int, optional
        Address it must have; the kernel chooses one if left out.
    align : int
        Power of two that the chosen address is a multiple of.
    fd : int
        Open file to map; anonymous memory if -1.
    shared : bool
        Whether stores are seen by others (MAP_SHARED) or copied first (MAP_PRIVATE).
    huge : bool
        Whether 2 MiB pages are asked for (MADV_HUGEPAGE) or refused (MADV_NOHUGEPAGE).
    populate : bool
        Whether the kernel fills it at once (MAP_POPULATE).

    Raises
    ------
    ValueError
        If a size, an address or a letter is out of range.
    OSError
        If the kernel refuses; EEXIST if something is mapped at `at`.
    Unavailable
        If this is not Linux.

    Examples
    --------
    >>> with Region(8 * PAGE) as region:
    ...     region.write(range(3))
    ...     region.kib("Rss") * 1024 // PAGE
    3
    """

    def __init__(
        self,
        size: int,
        *,
        prot: str = "rw",
        at: int | None = None,
        align: int = FAULT_AROUND,
        fd: int = -1,
        shared: bool = False,
        huge: bool = False,
        populate: bool = False,
    ) -> None:
        bounded("size", size, 1, 1 << 47, "a user address space")
        bounded("align", align, PAGE, 1 << 46)
        if align & (align - 1):
            raise ValueError(f"align {align} is not a power of two")
        if at is not None and at % PAGE:
            raise ValueError(f"address {at:#x} is not a multiple of the page size {PAGE}")
        bits = linux.protection(prot)
        self.size = -(-size // PAGE) * PAGE
        self.address, self._reserved = self._reserve(at, align)
        flags = linux.MAP_FIXED | linux.MAP_NORESERVE
        flags |= linux.MAP_SHARED if shared else linux.MAP_PRIVATE
        flags |= linux.MAP_ANONYMOUS if fd < 0 else 0
        flags |= linux.MAP_POPULATE if populate else 0
        try:
            linux.map_memory(self.address, self.size, bits, flags, fd)
            if huge:
                self.advise(linux.MADV_HUGEPAGE)
            elif fd < 0:
                self._refuse_huge_pages()
        except OSError:
            linux.unmap(*self._reserved)
            raise
        self.bytes = (ctypes.c_ubyte * self.size).from_address(self.address)

    @property
    def pages(self) -> int:
        """How many pages it has."""
        return self.size // PAGE

    def read(self, pages: Iterable[int] | None = None) -> None:
        """Load one byte of each page: of all of them, in order, or of the page numbers given.

        Raises
        ------
        ValueError
            If it has no such page or is closed.
        """
        cells = self.bytes
        for offset in self._offsets(pages):
            cells[offset]

    def write(self, pages: Iterable[int] | None = None) -> None:
        """Store one byte to each page: to all of them, in order, or to the page numbers given.

        Raises
        ------
        ValueError
            If it has no such page or is closed.
        """
        cells = self.bytes
        for offset in self._offsets(pages):
            cells[offset] = 1

    def touches(
        self, access: str, pages: Iterable[int] | None = None
    ) -> list[Callable[[], object]]:
        """Prepare the loads ("r") or stores ("w") of `read` and `write`, for who counts each.

        After a fork, prepare them in the process that does them: where they stand will be written.

        Raises
        ------
        ValueError
            If it has no such page or is closed, or the access is neither.

        Examples
        --------
        >>> def once():
        ...     with Region(8 * PAGE) as region:
        ...         return counters.minor_faults_of(region.touches("w", range(3)))
        >>> counters.exactly(once)
        3
        """
        if access not in ("r", "w"):
            raise ValueError(f"access {access!r} is not 'r' or 'w'")
        cells = self.bytes
        if access == "r":
            return [partial(cells.__getitem__, offset) for offset in self._offsets(pages)]
        return [partial(cells.__setitem__, offset, 1) for offset in self._offsets(pages)]

    def advise(self, advice: int) -> None:
        """Give advice (one of `linux.MADV_...`) on the whole region; OSError if it is refused."""
        linux.advise(self.address, self.size, advice)

    def protect(self, prot: str) -> None:
        """Change what may be done to the whole region."""
        linux.protect(self.address, self.size, linux.protection(prot))

    def kib(self, line: str) -> int:
        """Look up a line of /proc/self/smaps for this region alone, in KiB (Rss, Pss, ...)."""
        return counters.smaps(self.address)[line]

    def close(self) -> None:
        """Unmap it; a second call does nothing."""
        if self._reserved[1]:
            linux.unmap(*self._reserved)
            self._reserved = (0, 0)
            self.bytes = (ctypes.c_ubyte * 0)()  # so that a late access is an error, not a crash

    def __enter__(self) -> Region:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _reserve(self, at: int | None, align: int) -> tuple[int, tuple[int, int]]:
        """Reserve room with a guard page on both sides: where the region goes, and all that is."""
        flags = linux.MAP_PRIVATE | linux.MAP_ANONYMOUS | linux.MAP_NORESERVE
        if at is not None:
            whole = self.size + 2 * PAGE
            start = linux.map_memory(at - PAGE, whole, 0, flags | linux.MAP_FIXED_NOREPLACE)
            if start != at - PAGE:  # kernels before 4.17 take the address for a hint
                linux.unmap(start, whole)
                raise FileExistsError(f"address {at:#x} is taken")
            return at, (start, whole)
        whole = self.size + 2 * align
        start = linux.map_memory(None, whole, 0, flags)
        return -(-(start + PAGE) // align) * align, (start, whole)

    def _refuse_huge_pages(self) -> None:
        try:
            self.advise(linux.MADV_NOHUGEPAGE)
        except OSError:
            return  # a kernel built without huge pages does not know the advice, nor need it

    def _offsets(self, pages: Iterable[int] | None) -> Iterable[int]:
        if not len(self.bytes):
            raise ValueError("this region is closed")
        if pages is None:
            return range(0, self.size, PAGE)
        if not isinstance(pages, range):
            pages = tuple(pages)
        if pages:
            bounded("page", min(pages), 0, self.pages - 1, "region")
            bounded("page", max(pages), 0, self.pages - 1, "region")
        if isinstance(pages, range):
            return range(pages.start * PAGE, pages.stop * PAGE, pages.step * PAGE)
        return tuple(page * PAGE for page in pages)
