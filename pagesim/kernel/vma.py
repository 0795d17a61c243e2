"""A virtual memory area: which addresses a process may use, and how.

Source: Linux include/linux/mm_types.h (`struct vm_area_struct`), fs/proc/task_mmu.c
(`show_vma_header_prefix`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from .numa import MemoryPolicy
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
    moved : int
        How far its private pages were moved since they were written; only pages that were moved
        alike merge (Linux: `vm_pgoff`).
    policy : MemoryPolicy or None
        Which nodes its pages come from; the process's policy says so if None.

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
    moved: int = 0
    policy: MemoryPolicy | None = None

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
