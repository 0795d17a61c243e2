"""Virtual memory areas: which addresses a process may use, and how.

An address space is a sorted row of areas (VMAs) with holes between them. Neighbours that agree in
everything are one area; changing part of an area splits it:

    mprotect of the middle:   | rw-p ............. |   ->   | rw-p | r--p | rw-p |
    mprotect back:            | rw-p | r--p | rw-p |   ->   | rw-p ............. |

Source: Linux mm/vma.c (`vma_merge`, `__split_vma`), mm/mmap.c (`vm_unmapped_area`),
fs/proc/task_mmu.c (`show_vma_header_prefix`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from .pages import File

Kind = Literal["private", "shared"]
_NAME_AT = 73  # the column where names begin, on a 64-bit machine
Role = Literal["mmap", "text", "data", "bss", "heap", "library", "stack", "vdso"]


@dataclass(frozen=True, slots=True)
class Vma:
    """A stretch of virtual addresses that are alike.

    Attributes
    ----------
    start, end : int
        First address, and the first one behind it; both on a page boundary.
    prot : str
        What is allowed: letters of "rwx".
    kind : {"private", "shared"}
        Whether a write is the writer's own, or everybody's.
    file : File or None
        What is mapped; None for private memory that starts as zeros.
    offset : int
        Page of the file at `start`.
    role : str
        What the program uses it for.
    grows_down : bool
        Whether a fault just below it extends it (a stack).
    huge : bool or None
        Whether MADV_HUGEPAGE or MADV_NOHUGEPAGE was given; None if neither.
    random : bool
        Whether MADV_RANDOM was given: nothing is read ahead.
    own_pages : bool
        Whether it has ever held private pages of its own (Linux: it has an `anon_vma`).
    accounted : bool
        Whether its memory counts as promised (Linux: VM_ACCOUNT).
    locked : bool
        Whether its pages may not leave memory (mlock).
    noreserve : bool
        Whether nothing was promised for it (MAP_NORESERVE).
    reserved : bool
        Whether its owner was promised pages of the pool of huge pages; a child's copy is not.
    lost : bool
        Whether the owner has taken a page of the pool back from this copy: it gets none any more.

    Examples
    --------
    >>> area = Vma(0x1000, 0x5000, "rw")
    >>> area.length, area.perms, 0x4FFF in area, 0x5000 in area
    (16384, 'rw-p', True, False)
    """

    start: int
    end: int
    prot: str
    kind: Kind = "private"
    file: File | None = None
    offset: int = 0
    role: Role = "mmap"
    grows_down: bool = False
    huge: bool | None = None
    random: bool = False
    own_pages: bool = False
    accounted: bool = False
    locked: bool = False
    noreserve: bool = False
    reserved: bool = False
    lost: bool = False

    @property
    def length(self) -> int:
        """Bytes that it covers."""
        return self.end - self.start

    @property
    def hugetlb(self) -> bool:
        """Whether its pages are huge ones out of the pool."""
        return self.file is not None and self.file.hugetlb

    @property
    def perms(self) -> str:
        """The permissions as /proc/PID/maps prints them."""
        return "".join(c if c in self.prot else "-" for c in "rwx") + self.kind[0]

    @property
    def name(self) -> str:
        """The last column of /proc/PID/maps: a file, [heap], [stack], [vdso] or nothing."""
        if self.role in ("heap", "stack", "vdso"):
            return f"[{self.role}]"
        return self.file.name if self.file else ""

    def line(self, page_bytes: int) -> str:
        """Write its line of /proc/PID/maps.

        Examples
        --------
        >>> Vma(0x5000, 0x8000, "rx", "shared", File("/a b", b"", inode=7), 2).line(4096)
        '00005000-00008000 r-xs 00002000 08:01 7                                  /a b'
        """
        device, inode = (self.file.device, self.file.inode) if self.file else ("00:00", 0)
        where = f"{self.start:08x}-{self.end:08x} {self.perms} {self.offset * page_bytes:08x}"
        name = self.name.replace("\n", "\\012")
        return f"{where} {device} {inode} ".ljust(_NAME_AT * bool(name)) + name

    def __contains__(self, va: int) -> bool:
        return self.start <= va < self.end

    def cut(self, start: int, end: int, page_bytes: int) -> Vma:
        """Return the part of it between two addresses."""
        skipped = (start - self.start) // page_bytes if self.file else 0
        return replace(self, start=start, end=end, offset=self.offset + skipped)


class Areas:
    """All areas of one address space, in the order of their addresses.

    Parameters
    ----------
    page_bytes : int
        Size of a page, for offsets into files.

    Attributes
    ----------
    length : int
        Bytes of all of them together.

    Examples
    --------
    >>> areas = Areas(page_bytes=4096)
    >>> areas.insert(Vma(0x1000, 0x3000, "rw"))
    >>> areas.insert(Vma(0x3000, 0x8000, "rw"))
    >>> [(hex(area.start), hex(area.end)) for area in areas]
    [('0x1000', '0x8000')]
    """

    def __init__(self, page_bytes: int) -> None:
        self._page_bytes = page_bytes
        self._areas: list[Vma] = []
        self.length = 0

    def __iter__(self) -> Iterator[Vma]:
        return iter(tuple(self._areas))

    def __len__(self) -> int:
        return len(self._areas)

    def find(self, va: int) -> Vma | None:
        """Return the area that holds an address, by bisection."""
        at = bisect_right(self._areas, va, key=_start) - 1
        if at >= 0 and va < self._areas[at].end:
            return self._areas[at]
        return None

    def around(self, va: int) -> tuple[Vma | None, Vma | None]:
        """Return the last area that starts at or below an address, and the first one above."""
        at = bisect_right(self._areas, va, key=_start)
        below = self._areas[at - 1] if at else None
        return below, self._areas[at] if at < len(self._areas) else None

    def within(self, start: int, end: int) -> list[Vma]:
        """Return the parts of all areas that lie in [start, end)."""
        first = max(bisect_right(self._areas, start, key=_start) - 1, 0)
        parts = []
        for area in self._areas[first:]:
            if area.start >= end:
                break
            low, high = max(area.start, start), min(area.end, end)
            if low < high:
                parts.append(area.cut(low, high, self._page_bytes))
        return parts

    def covers(self, start: int, end: int) -> bool:
        """Tell whether no hole lies in [start, end)."""
        return sum(part.length for part in self.within(start, end)) == end - start

    def insert(self, area: Vma) -> None:
        """Put an area where there is a hole, and merge it with neighbours that are like it."""
        self.length += area.length
        below, above = self.around(area.start)
        at = behind = bisect_right(self._areas, area.start, key=_start)
        if below and self._alike(below, area):
            at -= 1
            area = replace(below, end=area.end, own_pages=below.own_pages or area.own_pages)
        if above and self._alike(area, above):
            behind += 1
            area = replace(area, end=above.end, own_pages=above.own_pages or area.own_pages)
        self._areas[at:behind] = [area]

    def splits(self, changed: Vma) -> int:
        """Count the areas to be split so that a part of one can become like this.

        A part that becomes like the neighbour that it touches is added to that: nothing is split.
        """
        whole = self.find(changed.start)
        assert whole is not None  # it holds the part
        above = self.around(whole.start)[1]
        below = self.around(whole.start - 1)[0] if whole.start else None
        joins = changed.start == whole.start and below and self._alike(below, changed)
        joins = joins or (changed.end == whole.end and above and self._alike(changed, above))
        return 0 if joins else (whole.start < changed.start) + (changed.end < whole.end)

    def copy(self, area: Vma) -> None:
        """Put an area behind all others, and do not merge it, be it like its neighbour or not."""
        self._areas.append(area)
        self.length += area.length

    def change(self, area: Vma, **fields: object) -> Vma:
        """Change an area in place: its start (a stack that grows) or what is noted about it."""
        changed = replace(area, **fields)  # type: ignore[arg-type]
        self._areas[bisect_right(self._areas, area.start, key=_start) - 1] = changed
        self.length += changed.length - area.length
        return changed

    def remove(self, start: int, end: int) -> list[Vma]:
        """Make a hole of [start, end), splitting what reaches over it; return what was there."""
        parts = self.within(start, end)
        for part in parts:
            whole = self.find(part.start)
            assert whole is not None  # it holds the part
            at = bisect_right(self._areas, part.start, key=_start) - 1
            self.length -= part.length
            rest = []
            if whole.start < part.start:
                rest.append(whole.cut(whole.start, part.start, self._page_bytes))
            if part.end < whole.end:
                rest.append(whole.cut(part.end, whole.end, self._page_bytes))
            self._areas[at : at + 1] = rest
        return parts

    def gap(self, length: int, low: int, high: int, guard: int, align: int) -> int | None:
        """Find the highest hole of `length` bytes in [low, high), as Linux places an mmap.

        Parameters
        ----------
        length, low, high : int
            In bytes.
        guard : int
            Bytes that stay free below an area that grows down.
        align : int
            Power of two that the address shall be a multiple of.
        """
        for area in (*reversed(self._areas), None):
            floor = max(area.end if area else low, low)
            start = (high - length) & -align
            if start >= floor:
                return start
            if area:
                high = min(high, area.start - guard * area.grows_down)
        return None

    def _alike(self, lower: Vma, upper: Vma) -> bool:
        """Tell whether two areas touch and differ in nothing but their place."""
        if lower.end != upper.start:
            return False
        moved = lower.cut(upper.start, upper.end, self._page_bytes)
        return replace(moved, own_pages=upper.own_pages) == upper


def _start(area: Vma) -> int:
    return area.start
