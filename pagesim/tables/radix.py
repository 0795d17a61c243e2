"""Page tables that live in simulated memory: one entry per byte, one per page, or a tree of them.

All three are the same thing with different modes. A *linear* table is a tree of one level; a *byte*
table is a linear one whose pages are single bytes. So there is one walk:

1. Start at the root table.
2. Take the next piece of the address as an index, and read that entry.
3. If its present bit is 0, stop.
4. If it is a leaf (the last level, or a huge page), it names the frame: put the offset behind it.
5. Otherwise it names the next table: go to 2.

Source: Intel SDM vol. 3A sec. 5.5; RISC-V privileged spec sec. 4.3.2; xv6-riscv's `walk`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..arch import PagingMode, Pte
from ..checks import bounded, whole
from ..memory import OutOfMemory, PhysicalMemory
from ..units import binary
from .bulk import translate
from .walk import NOT_PRESENT, RESERVED, Table, Walk, WalkFault, WalkStep


class RadixTable:
    """A page table of any number of levels, stored in frames of `memory`.

    Parameters
    ----------
    mode : PagingMode
        How addresses are cut and entries are laid out.
    memory : PhysicalMemory
        Where the tables stand. Above one level its frames must be as large as the mode's pages,
        because an entry names the next table by its PFN.
    root : int, optional
        PFN of an existing root (what CR3 holds); a new, empty root is allocated if left out.

    Raises
    ------
    ValueError
        If frame and page sizes differ, memory has more frames than an entry can name, or `root` is
        outside memory.
    OutOfMemory
        If there is no room for the root.

    Examples
    --------
    >>> from pagesim.arch import X86_64
    >>> table = RadixTable(X86_64, PhysicalMemory(frames=64))
    >>> table.map(0x7F3A_1C6D_5000, pfn=0x2A)
    >>> walk = table.walk(0x7F3A_1C6D_5E48)
    >>> hex(walk.pa), len(walk.steps), table.table_bytes
    ('0x2ae48', 4, 16384)
    """

    def __init__(self, mode: PagingMode, memory: PhysicalMemory, root: int | None = None) -> None:
        if mode.levels > 1 and memory.frame_bytes != mode.page_bytes:
            raise ValueError(
                f"frames of {binary(memory.frame_bytes)} cannot hold the tables of {mode.name}, "
                f"whose pages have {binary(mode.page_bytes)}"
            )
        if mode.levels > 1 and memory.frames > 1 << mode.pte.pfn_bits:
            raise ValueError(
                f"memory has {memory.frames} frames, but the {mode.pte.pfn_bits} PFN bits of "
                f"{mode.name} name only {1 << mode.pte.pfn_bits}"
            )
        self.mode, self.memory = mode, memory
        # A table larger than a frame takes a block of frames, a smaller one still a whole frame.
        self._orders = tuple(
            max(mode.table_bytes(level) // memory.frame_bytes, 1).bit_length() - 1
            for level in range(mode.levels)
        )
        if root is None:
            self.root = memory.alloc(self._orders[0])
        else:
            blocks = 1 << self._orders[0]
            self.root = bounded("root", root, 0, memory.frames - blocks, "frames of memory")

    # -- the walk ------------------------------------------------------------------------------

    def walk(self, va: int) -> Walk:
        """Translate one address and say how.

        Raises
        ------
        ValueError
            If `va` does not fit the mode, or an entry names a table outside memory.
        """
        mode, memory, fmt = self.mode, self.memory, self.mode.pte
        indices, _ = mode.split(va)
        table, last = self.root, mode.levels - 1
        steps: list[WalkStep] = []
        for level, index in enumerate(indices):
            where = table * memory.frame_bytes + index * fmt.bytes
            pte = fmt.unpack(memory.load(where, fmt.bytes))
            steps.append(WalkStep(level, table, index, pte))
            if not pte.present:
                return Walk(va, tuple(steps), fault=WalkFault(level, NOT_PRESENT))
            if level == last or fmt.is_leaf(pte):
                if not self._leaf_is_legal(level, pte):
                    return Walk(va, tuple(steps), fault=WalkFault(level, RESERVED))
                span = mode.span(level)
                pa = pte.pfn << mode.page_shift | mode.low_bits(va) & (span - 1)
                return Walk(va, tuple(steps), pa, span)
            table = pte.pfn
            self.check_table(level, index, table)
        raise AssertionError("unreachable: the last level is a leaf")

    def translate(self, vas: NDArray[np.integer]) -> NDArray[np.int64]:
        """Translate a whole array of addresses at once, counting nothing and setting nothing.

        Parameters
        ----------
        vas : array of int, shape (n,)
            Virtual addresses.

        Returns
        -------
        array of int64, shape (n,)
            Physical addresses, and -1 where the walk would stop early.

        Raises
        ------
        ValueError
            If an address does not fit the mode, or an entry names a table outside memory.

        Examples
        --------
        >>> from pagesim.arch import TOY10
        >>> table = RadixTable(TOY10, PhysicalMemory(frames=16, frame_bytes=16))
        >>> table.map(0x40, pfn=9)
        >>> table.translate(np.array([0x45, 0x55])).tolist()
        [149, -1]
        """
        return translate(self, vas)

    # -- changing it ---------------------------------------------------------------------------

    def map(
        self, va: int, pfn: int, page: int | None = None, *, writable: bool = True,
        user: bool = True, nx: bool = False, global_: bool = False,
    ) -> None:  # fmt: skip
        """Map the page at `va` to the frame `pfn`, allocating the tables on the way.

        Parameters
        ----------
        va : int
            First address of the page.
        pfn : int
            Frame (for a huge page: the first of its frames).
        page : int, optional
            Page size in bytes; the mode's smallest if left out.
        writable, user, nx, global_ : bool
            Permissions of the leaf.

        Raises
        ------
        ValueError
            If `va` or `pfn` is not aligned, the page is already mapped, the mode has no such page
            size, or a permission has no bit in the mode's entries.
        OutOfMemory
            If a table is needed and no frame is free; nothing has changed then.
        """
        mode, fmt = self.mode, self.mode.pte
        level = self._level_of(page)
        span, base, pfn = mode.span(level), mode.low_bits(va), whole("pfn", pfn)
        if base & (span - 1):
            raise ValueError(f"va {va:#x} is not aligned to its page of {binary(span)}")
        frames = span >> mode.page_shift
        if pfn & (frames - 1):
            raise ValueError(f"pfn {pfn:#x} is not aligned to the {frames} frames of its page")
        asked = {"writable": writable, "user": user, "nx": nx, "global_": global_}
        for name, wanted in asked.items():
            if getattr(fmt, name) is None and wanted != (name in ("writable", "user")):
                raise ValueError(f"{name}={wanted} has no bit in an entry of {mode.name}")
        leaf = Pte(present=True, pfn=pfn, readable=True, huge=level < mode.levels - 1, **asked)
        word = fmt.pack(leaf)  # before anything changes: it may refuse the PFN
        path = self._path(va, level)
        where = self.entry_pa(level, path[-1], mode.split(va)[0][level])
        if fmt.bit(self.memory.load(where, fmt.bytes), "present"):
            raise ValueError(f"va {va:#x} is already mapped; unmap it first")
        self.memory.store(where, word, fmt.bytes)

    def unmap(self, va: int) -> Pte:
        """Remove the page that holds `va`, give tables that became empty back, return its entry.

        Raises
        ------
        ValueError
            If no page is mapped there.
        """
        walk = self.walk(va)
        if walk.fault:
            raise ValueError(f"va {va:#x} is not mapped ({walk.fault})")
        for step in reversed(walk.steps):
            where = self.entry_pa(step.level, step.table_pfn, step.index)
            self.memory.store(where, 0, self.mode.pte.bytes)
            if step.level == 0 or self._entries(step.level, step.table_pfn).any():
                break
            self.memory.free(step.table_pfn)
        return walk.steps[-1].pte

    def change(self, va: int, **fields: int) -> Pte:
        """Rewrite fields of the leaf entry that maps `va`, and return it.

        Raises
        ------
        ValueError
            If no page is mapped there, a field is unknown, or an entry has no bit for it.
        """
        walk = self.walk(va)
        if walk.fault:
            raise ValueError(f"va {va:#x} is not mapped ({walk.fault})")
        step, fmt = walk.steps[-1], self.mode.pte
        where = self.entry_pa(step.level, step.table_pfn, step.index)
        word = fmt.rewrite(self.memory.load(where, fmt.bytes), **fields)
        self.memory.store(where, word, fmt.bytes)
        return fmt.unpack(word)

    # -- what it costs -------------------------------------------------------------------------

    def tables(self) -> Iterator[Table]:
        """Go through every table of the tree, parents before children."""
        fmt, mode = self.mode.pte, self.mode
        stack = [Table(0, self.root, 0)]
        while stack:
            table = stack.pop()
            yield table
            if table.level == mode.levels - 1:
                continue
            entries = self._entries(table.level, table.pfn)
            for index in np.flatnonzero(entries).tolist()[::-1]:
                pte = fmt.unpack(int(entries[index]))
                if pte.present and not fmt.is_leaf(pte):
                    self.check_table(table.level, index, pte.pfn)
                    va = table.va + index * mode.span(table.level)
                    stack.append(Table(table.level + 1, pte.pfn, va))

    @property
    def table_frames(self) -> int:
        """How many frames the tables take."""
        return sum(1 << self._orders[table.level] for table in self.tables())

    @property
    def table_bytes(self) -> int:
        """How many bytes of memory the tables take, in whole frames."""
        return self.table_frames * self.memory.frame_bytes

    def entry_pa(self, level: int, table_pfn: int, index: int) -> int:
        """Give the physical address of an entry.

        Raises
        ------
        ValueError
            If `level` or `index` is out of range.
        """
        bounded("level", level, 0, self.mode.levels - 1, self.mode.name)
        bounded("index", index, 0, (1 << self.mode.index_bits[level]) - 1, self.mode.name)
        return table_pfn * self.memory.frame_bytes + index * self.mode.pte.bytes

    # -- helpers -------------------------------------------------------------------------------

    def _entries(self, level: int, pfn: int) -> NDArray[np.unsignedinteger]:
        start = pfn * self.memory.frame_bytes
        raw = self.memory.bytes[start : start + self.mode.table_bytes(level)]
        return raw.view(f"<u{self.mode.pte.bytes}")

    def _level_of(self, page: int | None) -> int:
        mode = self.mode
        if page is None or page == mode.page_bytes:
            return mode.levels - 1
        for level in mode.huge_levels:
            if mode.span(level) == page:
                return level
        sizes = ", ".join(binary(size) for size in mode.page_sizes)
        raise ValueError(f"page size {page} is not one of {mode.name}'s: {sizes}")

    def _path(self, va: int, level: int) -> list[int]:
        """Return the tables from the root to `level`, creating those that are missing."""
        mode, fmt, memory = self.mode, self.mode.pte, self.memory
        indices, _ = mode.split(va)
        path, made = [self.root], list[int]()
        undo: tuple[int, int] | None = None  # the first entry written, and what it held before
        for here in range(level):
            where = self.entry_pa(here, path[-1], indices[here])
            word = memory.load(where, fmt.bytes)
            pte = fmt.unpack(word)
            if pte.present and fmt.is_leaf(pte):
                size = binary(mode.span(here))
                raise ValueError(f"va {va:#x} is already mapped, by a page of {size}")
            if pte.present:
                self.check_table(here, indices[here], pte.pfn)
                path.append(pte.pfn)
                continue
            try:
                pfn = memory.alloc(self._orders[here + 1])
            except OutOfMemory:
                for earlier in made:
                    memory.free(earlier)
                if undo is not None:
                    memory.store(*undo, fmt.bytes)
                raise
            undo = undo or (where, word)
            memory.store(where, fmt.pointer(pfn), fmt.bytes)
            made.append(pfn)
            path.append(pfn)
        return path

    def _leaf_is_legal(self, level: int, pte: Pte) -> bool:
        """Tell whether hardware accepts a leaf here, or finds a reserved bit set in it."""
        mode, last = self.mode, level == self.mode.levels - 1
        if not mode.pte.is_legal_leaf(pte, last):
            return False
        if last:
            return True
        frames = mode.span(level) >> mode.page_shift
        return level in mode.huge_levels and pte.pfn % frames == 0

    def check_table(self, level: int, index: int, pfn: int) -> None:
        """Refuse an entry that names a table outside memory.

        Raises
        ------
        ValueError
            If frame `pfn`, named by entry `index` of a table of `level`, holds no whole table.
        """
        if pfn + (1 << self._orders[level + 1]) > self.memory.frames:
            raise ValueError(
                f"{self.mode.level_names[level]} entry {index} names a table in frame {pfn:#x}, "
                f"but memory has {self.memory.frames} frames"
            )
