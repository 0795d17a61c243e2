"""Page tables of any number of levels, which live in simulated memory.

There is one way to map a page: walk to its table, adding those that are missing on the way, and
write the entry. And one to unmap it: empty the entry, and every table above it that holds nothing
else. A table of one entry per page, or per byte, is a tree of one level (`flat`).
"""

from __future__ import annotations

from ..arch import Kind, Pte
from ..checks import whole
from ..memory import OutOfMemory
from ..units import binary
from .tree import TableTree


class RadixTable(TableTree):
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
    >>> from pagesim import X86_64, PhysicalMemory
    >>> table = RadixTable(X86_64, PhysicalMemory(frames=64))
    >>> table.map(0x7F3A_1C6D_5000, pfn=0x2A)
    >>> walk = table.walk(0x7F3A_1C6D_5E48)
    >>> hex(walk.pa), len(walk.steps), table.table_bytes
    ('0x2ae48', 4, 16384)
    """

    def map(
        self,
        va: int,
        pfn: int,
        page: int | None = None,
        *,
        writable: bool = True,
        user: bool = True,
        nx: bool = False,
        global_: bool = False,
    ) -> None:
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
            If `va` is not canonical, `va` or `pfn` not aligned or too large, the page is already
            mapped, the mode has no such page size, or a permission has no bit in its entries.
        OutOfMemory
            If a table is needed and no frame is free; nothing has changed then.
        """
        mode = self.mode
        level = self._level_of(page)
        fmt, span, base = mode.rules[level].format, mode.span(level), mode.translated_bits(va)
        if base & (span - 1):
            raise ValueError(f"va {va:#x} is not aligned to its page of {binary(span)}")
        pfn = self._frame(pfn, level)
        asked = {"writable": writable, "user": user, "nx": nx, "global_": global_}
        for name, wanted in asked.items():
            if getattr(fmt, name) is None and wanted != (name in ("writable", "user")):
                raise ValueError(f"{name}={wanted} has no bit in an entry of {mode.name}")
        leaf = Pte(present=True, pfn=pfn, readable=True, huge=level < mode.levels - 1)
        word = fmt.pack(leaf, **asked)
        indices = mode.indices(base)
        where = self.entry_pa(level, self._path(va, indices, level)[-1], indices[level])
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
            If no page is mapped there, a field is unknown or does not fit, or an entry has no bit
            for it.
        """
        walk = self.walk(va)
        if walk.fault:
            raise ValueError(f"va {va:#x} is not mapped ({walk.fault})")
        step, rules = walk.steps[-1], self.mode.rules[walk.steps[-1].level]
        fmt, where = rules.format, self.entry_pa(step.level, step.table_pfn, step.index)
        before = self.memory.load(where, fmt.bytes)
        if "pfn" in fields:
            fields["pfn"] = self._frame(fields["pfn"], step.level)
        word = fmt.rewrite(before, **fields) | before & rules.pat
        self.memory.store(where, word, fmt.bytes)
        return rules.read(word)[1]

    # -- helpers -------------------------------------------------------------------------------

    def _level_of(self, page: int | None) -> int:
        mode = self.mode
        if page is None or page == mode.page_bytes:
            return mode.levels - 1
        for level in mode.huge_levels:
            if mode.span(level) == page:
                return level
        sizes = ", ".join(binary(size) for size in mode.page_sizes)
        raise ValueError(f"page size {page} is not one of {mode.name}'s: {sizes}")

    def _frame(self, pfn: int, level: int) -> int:
        """Check the frame of a page of a level."""
        mode, rules, pfn = self.mode, self.mode.rules[level], whole("pfn", pfn)
        frames = 1 << rules.spare
        if pfn & (frames - 1):
            raise ValueError(f"pfn {pfn:#x} is not aligned to the {frames} frames of its page")
        if not 0 <= pfn < 1 << rules.pfn_bits:
            raise ValueError(f"pfn {pfn:#x} does not fit in {rules.pfn_bits} bits ({mode.name})")
        return pfn

    def _path(self, va: int, indices: tuple[int, ...], level: int) -> list[int]:
        """Return the tables from the root to `level`, creating those that are missing."""
        mode, memory, width = self.mode, self.memory, self.mode.pte.bytes
        path, made = [self.root], list[int]()
        undo: tuple[int, int] | None = None  # the first entry written, and what it held before
        for here in range(level):
            where = self.entry_pa(here, path[-1], indices[here])
            word = memory.load(where, width)
            kind, pte = mode.rules[here].read(word)
            if kind is Kind.PAGE:
                size = binary(mode.span(here))
                raise ValueError(f"va {va:#x} is already mapped, by a page of {size}")
            if kind is Kind.RESERVED:
                where_to = f"{mode.level_names[here]} entry {indices[here]}"
                raise ValueError(f"va {va:#x}: {where_to} is {word:#x}, with a reserved bit set")
            if kind is Kind.TABLE:
                self.check_table(here, indices[here], pte.pfn)
                path.append(pte.pfn)
                continue
            try:
                pfn = memory.alloc(self._orders[here + 1])
            except OutOfMemory:
                for earlier in made:
                    memory.free(earlier)
                if undo is not None:
                    memory.store(*undo, width)
                raise
            undo = undo or (where, word)
            memory.store(where, mode.rules[here].format.pointer(pfn), width)
            made.append(pfn)
            path.append(pfn)
        return path
