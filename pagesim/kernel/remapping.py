"""mremap(2): an area that grows or shrinks where it is, or moves, its pages with it, uncopied.

Only entries move: every page stays in its frame, and the new place faults no more than the old.

Source: Linux 6.18 mm/mremap.c (`do_mremap`, `mremap_to`, `expand_vma`, `move_vma`,
`move_page_tables`). Linux moves several areas at once since 6.17, if their length stays; here one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..memory import OutOfMemory
from . import commit, locking
from .errors import SystemCallError
from .lock_calls import LockCalls
from .reclaim import Reclaim
from .space import AddressSpace
from .vma import Vma


class Remapping(LockCalls):
    """A process that can move its areas."""

    def mremap(
        self,
        where: Vma | int,
        new_length: int,
        length: int | None = None,
        *,
        may_move: bool = False,
        addr: int | None = None,
    ) -> Vma:
        """Change the length of an area or a part of one, or its place.

        Parameters
        ----------
        where, length
            The area, or its address and length in bytes.
        new_length : int
            Bytes, rounded up to whole pages.
        may_move : bool
            Whether it may go elsewhere if there is no room where it is (MREMAP_MAYMOVE).
        addr : int, optional
            Where it must go, replacing what is there (MREMAP_FIXED).

        Returns
        -------
        Vma
            What was asked for; the kernel may keep it as one area with a neighbour.

        Raises
        ------
        SystemCallError
            ENOMEM if there is no room and it may not move, if there are too many areas or too much
            was promised; EFAULT if it is not one area; EAGAIN if more is locked than may be; EINVAL
            if old and new place overlap, or for huge pages of the pool.

        Examples
        --------
        >>> from pagesim.kernel import Kernel
        >>> process = Kernel().spawn()
        >>> area = process.mmap(8 * 4096)
        >>> _ = process.touch(area)
        >>> moved = process.mremap(area, 16 * 4096, may_move=True)
        >>> process.touch(moved)
        Counter({'hit': 8, 'minor': 8})
        """
        start, end = self._range(where, length, "mremap", holes=True)
        page = self.space.page
        room = self.space.layout.top - self.space.layout.lowest
        if not 0 < new_length <= room:
            raise SystemCallError("EINVAL", f"mremap: new length {new_length} is outside 1..{room}")
        size = -(-new_length // page) * page
        area = self.space.areas.find(start)
        if area is None:
            raise SystemCallError("EFAULT", f"mremap: nothing is mapped at {start:#x}")
        if area.hugetlb:
            raise SystemCallError("EINVAL", "mremap: the area has pages of the pool")
        if addr is not None:
            self.aligned("addr", addr)
            if addr < end and start < addr + size:
                raise SystemCallError("EINVAL", f"mremap: {addr:#x} overlaps the old place")
        if size < end - start:
            self.munmap(start + size, end - start - size)
            end = start + size
        if end > area.end and (size > end - start or addr is not None):
            raise SystemCallError("EFAULT", f"mremap: {start:#x}-{end:#x} is more than one area")
        if addr is None and size == end - start:
            return area.cut(start, end, page)
        return self._grow_or_move(area.cut(start, end, page), area, size, may_move, addr)

    def _grow_or_move(
        self, part: Vma, area: Vma, size: int, may_move: bool, addr: int | None
    ) -> Vma:
        space, more = self.space, size - part.length
        in_place = part.end == area.end and part.start + size <= space.layout.top
        in_place &= addr is None and not space.areas.within(part.end, part.start + size)
        if not (in_place or may_move or addr is not None):
            raise SystemCallError("ENOMEM", f"mremap: no room behind {part.end:#x}")
        if not in_place:
            self.check_count("mremap", splits=4)
        if area.locked:
            locking.check_future(self, more, asked=True)
        if area.accounted:
            commit.promise(self.kernel, space, more, "mremap")
        if in_place:
            grown = replace(part, start=part.end, end=part.start + size)
            new = replace(part, end=part.start + size)
            if part.file:
                part.file.mapped += more // space.page
                grown = replace(grown, offset=part.offset + part.length // space.page)
            space.areas.insert(grown)
        else:
            to = self._place(size, self._alignment(size, part.kind, part.file))
            new = self._move(part, to if addr is None else addr, size)
        if new.locked:
            locking.bring_in(self, new.start, new.end, "mremap")
        return new

    def _move(self, part: Vma, to: int, size: int) -> Vma:
        space = self.space
        by = to - part.start
        moved = part.moved + by if part.own_pages and part.file is None else 0
        role = "mmap" if part.role == "heap" else part.role
        new = replace(part, start=to, end=to + size, moved=moved, role=role)
        space.unmap(to, to + size)
        if part.file:
            part.file.mapped += size // space.page
        space.areas.insert(new)
        try:
            _prepare(self.kernel.reclaim, space, part, by)
        except OutOfMemory:
            space.unmap(to, to + size)
            raise
        _move_entries(space, part.start, part.end, by)
        space.unmap(part.start, part.end)
        return new


def _prepare(reclaim: Reclaim, space: AddressSpace, part: Vma, by: int) -> None:
    """Split the huge pages that cannot move whole, and make the tables of the new place."""
    space.cut_huge(part.start, part.end)
    if space.huge and by % space.huge:
        for va in space.table.huge_pages(part.start, part.end):
            space.split_huge(va)
    # Each new table may make a page leave, and so split a huge one: look again after it.
    while missing := next(_missing(space, part, by), None):
        reclaim.grow(space.table, *missing)


def _missing(space: AddressSpace, part: Vma, by: int) -> Iterator[tuple[int, int]]:
    """Find the tables that the new place needs: an address, and the level down to which."""
    table = space.table
    for va in table.huge_pages(part.start, part.end):
        if table.missing(va + by, table.last - 1) is not None:
            yield va + by, table.last - 1
    span = table.mode.span(table.last - 1)
    for base in table.spans(table.last, part.start, part.end):
        for va in (max(base, part.start), min(base + span, part.end) - 1):  # in two, perhaps
            if table.missing(va + by) is not None:
                yield va + by, table.last


def _move_entries(space: AddressSpace, start: int, end: int, by: int) -> None:
    """Move all entries of [start, end): each to the address that is so many bytes further."""
    for va in space.table.huge_pages(start, end):
        space.move_huge(va, va + by)
    for va, _ in space.table.entries(start, end):
        space.move(va, va + by)
