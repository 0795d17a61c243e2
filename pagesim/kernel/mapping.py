"""Making an area: where it goes, what is promised for it, and what may forbid it.

Source: Linux 6.18 mm/mmap.c (`do_mmap`), mm/vma.c (`__mmap_region`, `__mmap_setup`).
"""

from __future__ import annotations

from dataclasses import replace

from ..checks import bounded
from ..units import count
from . import commit, hugetlb, locking
from .accesses import Accesses
from .errors import SystemCallError
from .pages import File
from .vma import Kind, Role, Vma


class Mapping(Accesses):
    """A process that can get new areas."""

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
        huge_pages: bool = False,
        noreserve: bool = False,
        role: Role = "mmap",
    ) -> Vma:
        """Make an area; see `mmap`."""
        space, machine = self.space, self.kernel
        layout, page = space.layout, space.page
        prot = letters(prot)
        if kind not in ("private", "shared"):
            raise ValueError(f"kind {kind!r} is not 'private' or 'shared'")
        if file is not None and not isinstance(file, File):
            raise ValueError(f"file {file!r} is not a File; Kernel.file makes one")
        if grows_down and (file or kind == "shared"):
            what = "shared memory" if file is None else "a file"
            raise ValueError(f"{what} cannot grow down; only private memory can")
        unit = self._unit(file, huge_pages)
        size = (
            -(-bounded("length", length, 1, layout.top - layout.lowest, f"{self}") // unit) * unit
        )
        skipped, rest = divmod(bounded("offset", offset, 0, 1 << 62), page)
        if rest:
            raise ValueError(f"offset {offset} is not a multiple of the page size {page}")
        self.check_count("mmap")
        if addr is None:
            addr = self._place(size, unit if unit > page else self._alignment(size, kind, file))
        else:
            addr = bounded("addr", addr, layout.lowest, layout.top - size, f"{self}, {size} bytes")
            self.aligned("addr", addr)
        if addr % unit:
            raise SystemCallError("EINVAL", f"mmap: {addr:#x} is not aligned to a huge page")
        locked = locking.check_future(self, size, locked)
        if huge_pages:
            file = file or hugetlb.new_file(size, machine.next_inode())
        elif file is None and kind == "shared":
            if not noreserve or machine.vm.overcommit_memory == 2:
                commit.promise(machine, space, size, "mmap")
            file = machine.shared_memory(size)
        area = Vma(addr, addr + size, prot, kind, file, skipped, role, grows_down)
        area = replace(area, locked=locked, noreserve=noreserve)
        area = replace(area, accounted=commit.is_promise(machine, area))
        if area.accounted:
            replaced = space.areas.within(addr, addr + size)
            commit.promise(
                machine, space, size - sum(one.length for one in replaced if one.accounted), "mmap"
            )
        if area.hugetlb and not noreserve:
            hugetlb.promise(space, area)
            area = replace(area, reserved=kind == "private")
        space.unmap(addr, addr + size)
        if file:
            file.mapped += size // page
        space.areas.insert(area)
        return area

    def check_count(self, call: str, most: int = 0, splits: int = 0) -> None:
        """Refuse what would give the process too many areas.

        Parameters
        ----------
        call : str
            Which call it is.
        most : int
            How far below its limit the number of areas must be: mmap may go one above it.
        splits : int
            How many areas have to be split for it.
        """
        limit, there = self.kernel.vm.max_map_count, len(self.space.areas)
        if there + splits - most > limit:
            raise SystemCallError(
                "ENOMEM",
                f"{call}: the process has {count(there, 'area')}, vm.max_map_count is {limit}",
            )

    def aligned(self, name: str, va: int) -> int:
        """Return an address that must stand on a page boundary."""
        if va % self.space.page:
            raise ValueError(f"{name} {va:#x} is not a multiple of the page size {self.space.page}")
        return va

    def _unit(self, file: File | None, huge_pages: bool) -> int:
        """Tell which pages an area has: their size in bytes."""
        if not huge_pages and not (file and file.hugetlb):
            return self.space.page
        frames = self.space.pool.hugetlb.frames
        if frames == 1:
            raise SystemCallError("EINVAL", f"mmap: {self.kernel.mode.name} has no huge pages")
        return frames * self.space.page

    def _alignment(self, size: int, kind: Kind, file: File | None) -> int:
        huge = self.space.huge if file is None and kind == "private" else 0
        return huge if huge and size % huge == 0 else self.space.page

    def _place(self, size: int, align: int) -> int:
        """Find the highest hole that is large enough."""
        layout = self.space.layout
        found = self.space.areas.gap(size, layout.lowest, layout.mmap_top, layout.guard, align)
        if found is None:
            raise ValueError(f"length {size} does not fit into any hole of {self}")
        return found


def letters(prot: str) -> str:
    """Check the letters of a protection, and put them in order."""
    if not isinstance(prot, str) or set(prot) - set("rwx"):
        raise ValueError(f"prot {prot!r} has letters other than r, w and x")
    return "".join(letter for letter in "rwx" if letter in prot)
