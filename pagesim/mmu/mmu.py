"""One core's MMU: TLBs, walk caches, walk, permission check, accessed and dirty bits.

For each access it asks

1. the TLBs, level by level: an entry knows the frame and the rights, so a hit reads no memory;
2. the walk caches: the deepest table that one of them leads to is where the walk starts;
3. the page table in memory, from there, or from the root.

Whatever it had to fetch it keeps. Nothing here notices when software changes the table: until
`Mmu.invlpg` old entries stay in use, and so a kernel has to interrupt every core that may hold one
(a *shootdown*) before it may count on less being allowed. Two rules see to it that *more* rights
need no shootdown:

- a fault drops what is kept of its address, so the second try comes from the table in memory;
- the first write through an entry that is not dirty walks again, to set the dirty bit in memory.

Source: Intel SDM vol. 3A sec. 5.10, especially 5.10.4 (invalidation).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..arch import Pte, PteFormat
from ..checks import bounded
from ..tables import RESERVED, RadixTable, Walk
from ..tlb import MAX_ASID, Lookup, Tlb, TlbLevels
from .fault import RSVD, Access, I, P, PageFault, U, W
from .translation import Cycles, Translation
from .walker import Walker


class Mmu:
    """The hardware of one core that translates every access through one page table.

    Writes to read-only pages fault in the kernel's mode too (CR0.WP = 1, as Linux runs), and it may
    use user pages (no SMEP or SMAP; SUM = 1); only RISC-V never lets it execute them.

    Parameters
    ----------
    table : RadixTable
        The table that CR3 points to; to assign another is to `switch`.
    tlbs : sequence of (Tlb or sequence of Tlb)
        The levels, the one that is asked first at the front; a level may be several TLBs that
        part its work. A level keeps no page of a size that it has no entries for.
    walk_caches : sequence of Tlb
        Caches of upper entries: their `page_shift` is what such an entry covers (x86-64: 21 for
        PDEs, 30 for PDPTEs, 39 for PML4Es).
    cycles : Cycles, optional
        What to charge.

    Raises
    ------
    ValueError
        If a TLB holds pages, or a walk cache entries, of a size that the mode does not have, or
        the cycles are those of more or fewer levels.

    Examples
    --------
    >>> from pagesim.arch import X86_64
    >>> from pagesim.memory import PhysicalMemory
    >>> table = RadixTable(X86_64, PhysicalMemory(frames=64))
    >>> table.map(0x1000, pfn=7, writable=False)
    >>> mmu = Mmu(table)
    >>> hex(mmu.translate(0x1234).pa)
    '0x7234'
    >>> mmu.translate(0x1234, access="w")
    Traceback (most recent call last):
    pagesim.mmu.fault.PageFault: page fault at 0x1234: P W U

    Two levels of TLB and a cache of PDEs; a miss is no page fault, only a walk:

    >>> mmu = Mmu(table, [Tlb(1, 1), Tlb(16, 4)], [Tlb(4, 4, page_shift=21)])
    >>> table.map(0x2000, pfn=8)
    >>> found = [mmu.translate(va) for va in (0x1000, 0x2000, 0x2008, 0x1000)]
    >>> [(one.found, one.reads) for one in found]
    [('walk', 4), ('walk', 1), ('L1', 0), ('L2', 0)]
    """

    def __init__(
        self, table: RadixTable, tlbs: Sequence[Tlb | Sequence[Tlb]] = (),
        walk_caches: Sequence[Tlb] = (), cycles: Cycles | None = None,
    ) -> None:  # fmt: skip
        self._tlbs, self._walker, self.cycles = TlbLevels(tlbs), Walker(walk_caches), cycles
        charged = len(cycles.lookup or ()) if cycles else len(self._tlbs)
        if charged != len(self._tlbs):
            raise ValueError(f"lookup cycles of {charged} levels for {len(self._tlbs)} of TLBs")
        self.switch(table)

    @property
    def tlbs(self) -> tuple[tuple[Tlb, ...], ...]:
        """The TLBs of each level."""
        return self._tlbs.levels

    @property
    def walk_caches(self) -> tuple[Tlb, ...]:
        """The caches of upper entries."""
        return self._walker.caches.levels[0] if self._walker.caches else ()

    @property
    def table(self) -> RadixTable:
        """The table in use."""
        return self._table

    @table.setter
    def table(self, table: RadixTable) -> None:
        self.switch(table, self.asid)

    def switch(self, table: RadixTable, asid: int = 0, flush: bool = True) -> None:
        """Load CR3: go to another table.

        Parameters
        ----------
        table : RadixTable
            The table of the address space.
        asid : int
            Its ASID (PCID); entries of others stay, but do not match.
        flush : bool
            Whether to forget what was kept under this ASID.

        Raises
        ------
        ValueError
            If the ASID is out of range, or TLBs do not fit the table's mode.
        """
        mode, asid = table.mode, bounded("asid", asid, 0, MAX_ASID)
        pages = {size.bit_length() - 1 for size in mode.page_sizes}
        for shift in sorted(self._tlbs.page_shifts - pages):
            raise ValueError(f"{mode.name} has no pages of 2**{shift} bytes, as those of a TLB are")
        self._walker.fit(mode)
        self._table, self.asid = table, asid
        if flush:
            self.flush(asid)

    def translate(self, va: int, access: Access = "r", user: bool = True) -> Translation:
        """Translate one access, setting accessed and dirty bits as hardware does.

        Parameters
        ----------
        va : int
            Virtual address.
        access : {"r", "w", "x"}
            Read, write, or instruction fetch.
        user : bool
            Whether the access comes from user mode.

        Raises
        ------
        PageFault
            If no present entry leads there or the access is not allowed; no bit is set then, and
            what the TLBs knew of the page is dropped.
        ValueError
            If `va` does not fit the mode or `access` is not one of the three.
        """
        if access not in ("r", "w", "x"):
            raise ValueError(f"access {access!r} is not 'r', 'w' or 'x'")
        mode, fmt = self.table.mode, self.table.mode.pte
        low = mode.low_bits(va)
        code = W * (access == "w") | U * user | I * (access == "x" and fmt.nx is not None)
        level, entry, lookups = self._tlbs.find(low, access, self.asid)
        if entry:
            if not _allows(fmt, entry.pte, access, user):
                raise self._fault(va, code | P)
            if access != "w" or entry.pte.dirty or fmt.dirty is None:
                self._tlbs.fill(low, access, self.asid, entry.page_shift, entry.pte, level - 1)
                page = 1 << entry.page_shift
                pa = entry.pte.pfn << mode.page_shift | low & (page - 1)
                return self._done(pa, Walk(va, (), pa, page), lookups, level, level)
        walked = self._walker.walk(self.table, va, access, self.asid)
        walk, rights = walked.walk, walked.rights[-1]
        if walk.pa is None:
            reserved = walk.fault is not None and walk.fault.reason == RESERVED
            raise self._fault(va, code | (P | RSVD) * reserved)
        if not _allows(fmt, rights, access, user):
            raise self._fault(va, code | P)
        self._mark(walk, dirty=access == "w")
        self._walker.keep(mode, low, access, self.asid, walked)
        if self._tlbs:
            pte = replace(rights, accessed=True, dirty=rights.dirty or access == "w")
            self._tlbs.fill(low, access, self.asid, walk.page_bytes.bit_length() - 1, pte)
        asked = level or len(self._tlbs)
        return self._done(walk.pa, walk, lookups + walked.lookups, 0, asked)

    def invlpg(self, va: int, asid: int | None = None) -> None:
        """Forget one page and all upper entries, in one address space; see `Tlb.invlpg`.

        Parameters
        ----------
        va : int
            Any address in the page.
        asid : int, optional
            The current address space if left out.

        Raises
        ------
        ValueError
            If `va` does not fit the mode, or the ASID is out of range.
        """
        asid = self.asid if asid is None else asid
        self._tlbs.invlpg(self.table.mode.low_bits(va), asid)
        self._walker.caches.flush(asid)

    def flush(self, asid: int | None = None, global_: bool = False) -> None:
        """Forget everything, or one address space; see `Tlb.flush`."""
        self._tlbs.flush(asid, global_)
        self._walker.caches.flush(asid, global_)

    def _fault(self, va: int, code: int) -> PageFault:
        """Forget what led to a fault, so that an old entry cannot cause it twice."""
        low = self.table.mode.low_bits(va)
        self._tlbs.invlpg(low, self.asid)
        self._walker.caches.invlpg(low, self.asid)
        return PageFault(va, code)

    def _done(
        self, pa: int, walk: Walk, lookups: list[Lookup], level: int, asked: int
    ) -> Translation:
        """Say how it went, and charge for the levels that were asked and the entries read."""
        cycles = None
        if self.cycles and self.cycles.lookup is not None:
            cycles = sum(self.cycles.lookup[:asked]) + self.cycles.read * len(walk.steps)
        return Translation(walk.va, pa, walk, tuple(lookups), level, cycles)

    def _mark(self, walk: Walk, dirty: bool) -> None:
        """Set A in every entry that was used (only the leaf on RISC-V and Arm), D in the leaf."""
        table, fmt, leaf = self.table, self.table.mode.pte, walk.steps[-1]
        for step in walk.steps if fmt.hierarchical else (leaf,):
            missing = {}
            if not step.pte.accessed and fmt.accessed is not None:
                missing["accessed"] = True
            if dirty and step is leaf and not step.pte.dirty and fmt.dirty is not None:
                missing["dirty"] = True
            if missing:
                where = table.entry_pa(step.level, step.table_pfn, step.index)
                word = table.memory.load(where, fmt.bytes)
                table.memory.store(where, fmt.rewrite(word, **missing), fmt.bytes)


def _allows(fmt: PteFormat, rights: Pte, access: Access, user: bool) -> bool:
    """Tell whether an entry that holds the rights of all levels allows an access."""
    if user and not rights.user:
        return False
    if access == "w":
        return rights.writable
    if access == "x":
        if not user and rights.user and fmt.readable is not None:  # RISC-V
            return False
        return not rights.nx
    return rights.readable
