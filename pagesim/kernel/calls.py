"""The system calls that change a process's areas: mmap, munmap, mprotect, madvise, brk.

Wherever a call takes an area, it also takes an address, together with a length.

Source: Linux mm/mmap.c, mm/mprotect.c, mm/madvise.c; mmap(2), brk(2).
"""

from __future__ import annotations

from dataclasses import replace

from ..checks import bounded
from . import commit
from .advice import ADVICE, advise
from .errors import SystemCallError
from .mapping import Mapping, letters
from .pages import File
from .populate import fitting
from .populate import populate as bring_in
from .vma import Kind, Vma


class MemoryCalls(Mapping):
    """What a process can ask of the kernel about its memory."""

    def mmap(
        self,
        length: int,
        prot: str = "rw",
        kind: Kind = "private",
        file: File | None = None,
        *,
        offset: int = 0,
        addr: int | None = None,
        populate: bool = False,
        locked: bool = False,
        grows_down: bool = False,
        hugetlb: bool = False,
        noreserve: bool = False,
    ) -> Vma:
        """Map memory or a file.

        Parameters
        ----------
        length : int
            Bytes, rounded up to whole pages.
        prot : str
            Letters of "rwx"; empty for PROT_NONE.
        kind : {"private", "shared"}
            Who sees the writes.
        file : File, optional
            What to map; zeros if left out.
        offset : int
            Where in the file to start, in bytes, a multiple of the page size.
        addr : int, optional
            Where to map it, replacing what is there (MAP_FIXED); the kernel chooses if left out.
        populate : bool
            Whether all pages are touched at once (MAP_POPULATE).
        locked : bool
            Whether they also stay (MAP_LOCKED).
        grows_down : bool
            Whether it is a stack; only private memory without a file can be one.
        hugetlb : bool
            Whether it has huge pages out of the pool (MAP_HUGETLB); its length is rounded up to
            such pages.
        noreserve : bool
            Whether nothing is promised for it (MAP_NORESERVE), neither memory nor pool.

        Returns
        -------
        Vma
            What was asked for; the kernel may keep it as one area with a neighbour.

        Raises
        ------
        ValueError
            If an argument is out of range, or there is no room.
        SystemCallError
            EAGAIN if it is to be locked, and that is more than may be; ENOMEM if the pool of huge
            pages cannot promise so many.
        """
        area = self.map_area(
            length,
            prot,
            kind,
            file,
            offset=offset,
            addr=addr,
            locked=locked,
            grows_down=grows_down,
            huge_pages=hugetlb,
            noreserve=noreserve,
        )
        if (populate or area.locked) and prot:
            bring_in(self, area, fitting(area))
        return area

    def munmap(self, where: Vma | int, length: int | None = None) -> None:
        """Unmap an area or a range; holes in it do not matter.

        Raises
        ------
        SystemCallError
            ENOMEM if that leaves more areas than there may be; EINVAL if it cuts a page of the pool
            of huge pages.
        """
        start, end = self._range(where, length, "munmap", holes=True)
        area = self.space.areas.find(start)
        if area and area.start < start and end < area.end:
            self.check_count("munmap", splits=1)
        self._check_cuts("munmap", start, end)
        self.space.unmap(start, end)

    def mprotect(self, where: Vma | int, prot: str, length: int | None = None) -> None:
        """Change what may be done to an area or a range, splitting and merging areas.

        Raises
        ------
        ValueError
            If a letter is unknown, or part of the range is not mapped; nothing has changed then.
        SystemCallError
            ENOMEM if there are too many areas for one more, or too much was promised; EINVAL if it
            cuts a page of the pool of huge pages.
        """
        prot = letters(prot)
        start, end = self._range(where, length, "mprotect")
        self._check_cuts("mprotect", start, end)
        space = self.space
        for area in space.areas.within(start, end):
            if area.prot == prot:
                continue
            accounted = commit.once_protected(area, prot)
            changed = replace(area, prot=prot, accounted=accounted)
            self.check_count("mprotect", splits=space.areas.splits(changed))
            if accounted and not area.accounted:
                commit.promise(self.kernel, space, area.length, "mprotect")
            space.protect(area, prot)
            space.areas.remove(area.start, area.end)
            space.areas.insert(changed)

    def madvise(self, where: Vma | int, advice: str, length: int | None = None) -> None:
        """Tell the kernel what an area or a range will be used for.

        Parameters
        ----------
        where, length
            The area, or its address and length in bytes.
        advice : str
            "normal", "random" (read nothing ahead), "hugepage", "nohugepage", "dontneed" (forget
            the content), "free" (forget it when memory is short, unless it is written before),
            "cold" (let it be the next to leave), "pageout" (make it leave memory), "willneed" (read
            it ahead), "collapse" (make huge pages of it), "populate_read", "populate_write".

        Raises
        ------
        ValueError
            If the advice is unknown, or part of the range is not mapped.
        SystemCallError
            EINVAL if the area cannot have it, ENOMEM if there is no block for a huge page.
        """
        if advice not in ADVICE:
            raise ValueError(f"advice {advice!r} is not one of {', '.join(ADVICE)}")
        start, end = self._range(where, length, "madvise")
        for area in self.space.areas.within(start, end):
            advise(self, area, advice)

    def brk(self, end: int | None = None) -> int:
        """Move the end of the heap, and return where it is.

        Parameters
        ----------
        end : int, optional
            First address behind the heap; leave it out to ask only.

        Raises
        ------
        ValueError
            If it lies below the heap's start, or another area is in the way.
        """
        space, page = self.space, self.space.page
        if end is None:
            return space.brk
        end = bounded("end", end, space.start_brk, space.layout.top, "the heap starts there")
        old, new = (-(-at // page) * page for at in (space.brk, end))
        if new < old:
            space.unmap(new, old)
        elif new > old:
            if space.areas.within(old, new):
                raise ValueError(f"brk {end:#x}: another area is in the way")
            area = self.map_area(new - old, "rw", addr=old, role="heap")
            if area.locked:
                bring_in(self, area, fitting(area))
        space.brk = end
        return end

    # -- helpers -------------------------------------------------------------------------------

    def _range(
        self, where: Vma | int, length: int | None, call: str, holes: bool = False
    ) -> tuple[int, int]:
        """Turn an area, or an address and a length, into whole pages."""
        if isinstance(where, Vma):
            start, size = where.start, where.length
        elif length is None:
            raise ValueError(f"{call} at {where:#x} needs a length")
        else:
            start, size = where, length
        top = self.space.layout.top
        start = self.aligned("addr", bounded("addr", start, 0, top - 1, f"{call}, {self}"))
        size = -(-bounded("length", size, 1, top - start, call) // self.space.page)
        end = start + size * self.space.page
        if not holes and not self.space.areas.covers(start, end):
            raise ValueError(f"{call}: part of {start:#x}-{end:#x} is not mapped")
        return start, end

    def _check_cuts(self, call: str, start: int, end: int) -> None:
        """Refuse to cut a page of the pool of huge pages."""
        pool = self.space.pool.hugetlb
        for area in self.space.areas.within(start, end):
            size = pool.frames * self.space.page
            if area.hugetlb and (area.start % size or area.end % size):
                raise SystemCallError("EINVAL", f"{call}: {start:#x}-{end:#x} cuts a huge page")
