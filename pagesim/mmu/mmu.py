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

from ..arch import NotCanonical
from ..checks import bounded
from ..tables import RESERVED, RadixTable, Walk
from ..tlb import Lookup, Tlb
from .fault import RSVD, Access, GeneralProtection, P, PageFault
from .rights import Rights
from .state import MmuState
from .translation import Cycles, Translation


class Mmu(MmuState):
    """The hardware of one core that translates every access through one page table.

    Writes to read-only pages fault in the kernel's mode too (CR0.WP = 1, as Linux runs). Whether
    the kernel may use user pages is for `smap` and `smep` to say: by default it may, as on x86
    before 2011 and as Linux may while it copies for a program. NX bits count (EFER.NXE = 1).

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
    smap, smep : bool
        Whether the kernel is kept from reading and writing user pages, and from executing them;
        see `Rights`.

    Raises
    ------
    ValueError
        If a TLB holds pages, or a walk cache entries, of a size that the mode does not have, the
        cycles are those of more or fewer levels, or SMAP or SMEP find no user bit in the mode.

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
        self,
        table: RadixTable,
        tlbs: Sequence[Tlb | Sequence[Tlb]] = (),
        walk_caches: Sequence[Tlb] = (),
        cycles: Cycles | None = None,
        *,
        smap: bool = False,
        smep: bool = False,
    ) -> None:
        super().__init__(table, tlbs, walk_caches, Rights(smap, smep))
        self.cycles = cycles
        charged = len(cycles.lookup or ()) if cycles else len(self._tlbs)
        if charged != len(self._tlbs):
            raise ValueError(f"lookup cycles of {charged} levels for {len(self._tlbs)} of TLBs")

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
            what the TLBs knew of the page is dropped. On RISC-V also if `va` is not canonical.
        GeneralProtection
            If `va` is not canonical, on x86-64.
        ValueError
            If `va` does not fit the mode or `access` is not one of the three.
        """
        if access not in ("r", "w", "x"):
            raise ValueError(f"access {access!r} is not 'r', 'w' or 'x'")
        mode, fmt = self.table.mode, self.table.mode.pte
        try:
            low = mode.translated_bits(va)
        except NotCanonical:
            if fmt.dialect.outside == "general protection":
                raise GeneralProtection(va) from None
            raise PageFault(va, self.rights.code(mode, access, user)) from None
        level, entry, lookups = self._tlbs.find(low, access, self.asid)
        if entry:
            if not self.rights.allow(entry.pte, access, user):
                raise self._fault(va, low, access, user, P)
            if access != "w" or entry.pte.dirty or fmt.dirty is None:
                self._tlbs.fill(low, access, self.asid, entry.page_shift, entry.pte, level - 1)
                page = 1 << entry.page_shift
                pa = entry.pte.pfn << mode.page_shift | low & (page - 1)
                return self._done(pa, Walk(va, (), pa, page), lookups, level, level)
        walked = self._walker.walk(self.table, va, low, access, self.asid)
        walk, rights = walked.walk, walked.rights[-1]
        if walk.fault is not None:
            reserved = walk.fault.reason == RESERVED
            raise self._fault(va, low, access, user, (P | RSVD) * reserved)
        if not self.rights.allow(rights, access, user):
            raise self._fault(va, low, access, user, P)
        assert walk.pa is not None  # it did not stop early
        self._mark(walk, dirty=access == "w")
        self._walker.keep(mode, low, access, self.asid, walked)
        if self._tlbs:
            pte = replace(rights, accessed=True, dirty=rights.dirty or access == "w")
            self._tlbs.fill(low, access, self.asid, walk.page_bytes.bit_length() - 1, pte)
        asked = level or len(self._tlbs)
        return self._done(walk.pa, walk, lookups + walked.lookups, 0, asked)

    def access(
        self, va: int, width: int, access: Access = "r", user: bool = True
    ) -> tuple[Translation, ...]:
        """Translate an access of several bytes: once, or twice where it reaches into a second page.

        What the first translation did stays done if the second faults.

        Parameters
        ----------
        va : int
            Address of the first byte.
        width : int
            Bytes that are accessed, at most a page.
        access, user
            As for `translate`.

        Raises
        ------
        PageFault, GeneralProtection
            As `translate`; of the second page they name its first byte.
        ValueError
            If a number is out of range or `access` is not one of the three.

        Examples
        --------
        >>> from pagesim import X86_64, PhysicalMemory
        >>> table = RadixTable(X86_64, PhysicalMemory(frames=64))
        >>> table.map(0x1000, pfn=7)
        >>> [hex(part.pa) for part in Mmu(table).access(0x1FF8, width=8)]
        ['0x7ff8']
        >>> Mmu(table).access(0x1FFC, width=8)
        Traceback (most recent call last):
        pagesim.mmu.fault.PageFault: page fault at 0x2000: U
        """
        mode = self.table.mode
        width = bounded("width", width, 1, mode.page_bytes, mode.name)
        first = self.translate(va, access, user)
        behind = (va | mode.page_bytes - 1) + 1
        if va + width <= behind:
            return (first,)
        space = 64 if mode.canonical else mode.va_bits  # behind the last byte comes the first
        return first, self.translate(behind % (1 << space), access, user)

    def _fault(self, va: int, low: int, access: Access, user: bool, why: int) -> PageFault:
        """Forget what led to a fault, so that an old entry cannot cause it twice."""
        self._tlbs.invlpg(low, self.asid)
        self._walker.caches.invlpg(low, self.asid)
        return PageFault(va, self.rights.code(self.table.mode, access, user) | why)

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
        table, rules, leaf = self.table, self.table.mode.rules, walk.steps[-1]
        for step in walk.steps if leaf.pte.dialect.hierarchical else (leaf,):
            missing, fmt = {}, rules[step.level].format
            if not step.pte.accessed and fmt.accessed is not None:
                missing["accessed"] = True
            if dirty and step is leaf and not step.pte.dirty and fmt.dirty is not None:
                missing["dirty"] = True
            if missing:
                where = table.entry_pa(step.level, step.table_pfn, step.index)
                word = table.memory.load(where, fmt.bytes)
                table.memory.store(where, fmt.rewrite(word, **missing), fmt.bytes)
