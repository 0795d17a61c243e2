"""The system calls that change a process's areas: mmap, munmap, mprotect, madvise, brk.

Wherever a call takes an area, it also takes an address, together with a length.

Source: Linux mm/mmap.c, mm/mprotect.c, mm/madvise.c; mmap(2), brk(2).
"""

from __future__ import annotations

from dataclasses import replace

from ..checks import bounded
from . import locking
from .accesses import Accesses
from .advice import ADVICE, advise
from .pages import File
from .populate import fitting
from .populate import populate as bring_in
from .vma import Kind, Role, Vma


class MemoryCalls(Accesses):
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

        Returns
        -------
        Vma
            What was asked for; the kernel may keep it as one area with a neighbour.

        Raises
        ------
        ValueError
            If an argument is out of range, or there is no room.
        SystemCallError
            EAGAIN if it is to be locked, and that is more than may be.
        """
        area = self.map_area(
            length, prot, kind, file, offset=offset, addr=addr, locked=locked, grows_down=grows_down
        )
        if (populate or area.locked) and prot:
            bring_in(self, area, fitting(area))
        return area

    def map_area(
        self,
        length: int,
        prot: str,
        kind: Kind = "private",
        file: File | None = None,
        *,
        offset: int = 0,
        addr: int | None = None,
        locked: bool = False,
        grows_down: bool = False,
        role: Role = "mmap",
    ) -> Vma:
        """Make an area; see `mmap`."""
        space = self.space
        layout, page = space.layout, space.page
        prot = _letters(prot)
        if kind not in ("private", "shared"):
            raise ValueError(f"kind {kind!r} is not 'private' or 'shared'")
        if file is not None and not isinstance(file, File):
            raise ValueError(f"file {file!r} is not a File; Kernel.file makes one")
        if grows_down and (file or kind == "shared"):
            what = "shared memory" if file is None else "a file"
            raise ValueError(f"{what} cannot grow down; only private memory can")
        size = (
            -(-bounded("length", length, 1, layout.top - layout.lowest, f"{self}") // page) * page
        )
        skipped, rest = divmod(bounded("offset", offset, 0, 1 << 62), page)
        if rest:
            raise ValueError(f"offset {offset} is not a multiple of the page size {page}")
        locked = locking.check_future(self, size, locked)
        if addr is None:
            huge = space.huge if file is None and kind == "private" else 0
            align = huge if huge and size % huge == 0 else page
            found = space.areas.gap(size, layout.lowest, layout.mmap_top, layout.guard, align)
            if found is None:
                raise ValueError(f"length {length} does not fit into any hole of {self}")
            addr = found
        else:
            addr = bounded("addr", addr, layout.lowest, layout.top - size, f"{self}, {size} bytes")
            self._aligned("addr", addr)
            space.unmap(addr, addr + size)
        if file is None and kind == "shared":
            file = self.kernel.shared_memory(size)
        promised = kind == "private" and "w" in prot
        area = Vma(
            addr,
            addr + size,
            prot,
            kind,
            file,
            skipped,
            role,
            grows_down,
            accounted=promised,
            locked=locked,
        )
        if file:
            file.mapped += size // page
        space.areas.insert(area)
        return area

    def munmap(self, where: Vma | int, length: int | None = None) -> None:
        """Unmap an area or a range; holes in it do not matter."""
        self.space.unmap(*self._range(where, length, "munmap", holes=True))

    def mprotect(self, where: Vma | int, prot: str, length: int | None = None) -> None:
        """Change what may be done to an area or a range, splitting and merging areas.

        Raises
        ------
        ValueError
            If a letter is unknown, or part of the range is not mapped; nothing has changed then.
        """
        prot = _letters(prot)
        start, end = self._range(where, length, "mprotect")
        for area in self.space.areas.within(start, end):
            if area.prot != prot:
                self.space.protect(area, prot)
                self.space.areas.remove(area.start, area.end)
                self.space.areas.insert(replace(area, prot=prot, accounted=_promised(area, prot)))

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

    def _aligned(self, name: str, va: int) -> int:
        if va % self.space.page:
            raise ValueError(f"{name} {va:#x} is not a multiple of the page size {self.space.page}")
        return va

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
        start = self._aligned("addr", bounded("addr", start, 0, top - 1, f"{call}, {self}"))
        size = -(-bounded("length", size, 1, top - start, call) // self.space.page)
        end = start + size * self.space.page
        if not holes and not self.space.areas.covers(start, end):
            raise ValueError(f"{call}: part of {start:#x}-{end:#x} is not mapped")
        return start, end


def _promised(area: Vma, prot: str) -> bool:
    """Tell whether an area's memory counts as promised once its protection is another.

    What was promised stays so, but for private memory in which nothing was ever written.

    Source: Linux 6.18 mm/mprotect.c (`mprotect_fixup`).
    """
    if "w" in prot:
        return area.accounted or area.kind == "private"
    return area.accounted and (area.file is not None or area.own_pages)


def _letters(prot: str) -> str:
    """Check the letters of a protection, and put them in order."""
    if not isinstance(prot, str) or set(prot) - set("rwx"):
        raise ValueError(f"prot {prot!r} has letters other than r, w and x")
    return "".join(letter for letter in "rwx" if letter in prot)
