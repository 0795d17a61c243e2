"""All areas of an address space: a sorted row of them, with holes between.

Neighbours that agree in everything are one area; changing part of an area splits it:

    mprotect of the middle:   | rw-p ............. |   ->   | rw-p | r--p | rw-p |
    mprotect back:            | rw-p | r--p | rw-p |   ->   | rw-p ............. |

Source: Linux mm/vma.c (`vma_merge`, `__split_vma`), mm/mmap.c (`vm_unmapped_area`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace

from .vma import Vma


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
