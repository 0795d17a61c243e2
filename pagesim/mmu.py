"""The memory management unit: walk, permission check, accessed and dirty bits, or a page fault.

The error code that hardware pushes with a fault (Intel SDM vol. 3A sec. 5.7):

    bit 0  P     0: no present entry, 1: present, but the access was not allowed
    bit 1  W     the access was a write
    bit 2  U     it came from user mode
    bit 3  RSVD  a reserved bit was set in some entry (P is then 1)
    bit 4  I     it was an instruction fetch (only where there is an NX bit)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .tables import RESERVED, RadixTable, Walk

Access = Literal["r", "w", "x"]

P, W, U, RSVD, I = 1, 2, 4, 8, 16  # noqa: E741 (the manual's letters)


class PageFault(Exception):
    """The hardware could not translate: the address (CR2) and the error code, for the kernel.

    Parameters
    ----------
    va : int
        The address that was accessed.
    error_code : int
        The bits of this module's table.

    Examples
    --------
    >>> fault = PageFault(0x1000, 0b111)
    >>> fault.flags, fault.error_code, str(fault)
    ('P W U', 7, 'page fault at 0x1000: P W U')
    """

    def __init__(self, va: int, error_code: int) -> None:
        super().__init__(va, error_code)
        self.va, self.error_code = va, error_code

    @property
    def flags(self) -> str:
        """The bits that are set, by name."""
        names = ((P, "P"), (W, "W"), (U, "U"), (RSVD, "RSVD"), (I, "I"))
        return " ".join(name for bit, name in names if self.error_code & bit)

    def __str__(self) -> str:
        return f"page fault at {self.va:#x}: {self.flags or 'no bits set'}"


@dataclass(frozen=True, slots=True)
class Translation:
    """A successful translation: where it led, and the walk that found it."""

    va: int
    pa: int
    walk: Walk

    @property
    def reads(self) -> int:
        """How many entries were read from memory on the way."""
        return len(self.walk.steps)


class Mmu:
    """The hardware that translates every access through one page table.

    Writes to read-only pages fault in the kernel's mode too (CR0.WP = 1, as Linux runs), and it may
    use user pages (no SMEP or SMAP; SUM = 1); only RISC-V never lets it execute them.

    Parameters
    ----------
    table : RadixTable
        The table that CR3 points to; assign another to switch the address space.

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
    pagesim.mmu.PageFault: page fault at 0x1234: P W U
    """

    def __init__(self, table: RadixTable) -> None:
        self.table = table

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
            If no present entry leads there or the access is not allowed; no bit is set then.
        ValueError
            If `va` does not fit the mode or `access` is not one of the three.
        """
        if access not in ("r", "w", "x"):
            raise ValueError(f"access {access!r} is not 'r', 'w' or 'x'")
        fmt = self.table.mode.pte
        code = W * (access == "w") | U * user | I * (access == "x" and fmt.nx is not None)
        walk = self.table.walk(va)
        if walk.pa is None:
            reserved = walk.fault is not None and walk.fault.reason == RESERVED
            raise PageFault(va, code | (P | RSVD) * reserved)
        if not self._allows(walk, access, user):
            raise PageFault(va, code | P)
        self._mark(walk, dirty=access == "w")
        return Translation(va, walk.pa, walk)

    def _allows(self, walk: Walk, access: Access, user: bool) -> bool:
        """Combine the permissions of all levels: each may only take away."""
        leaf = walk.steps[-1].pte
        entries = [step.pte for step in walk.steps] if self.table.mode.pte.hierarchical else [leaf]
        if user and not all(pte.user for pte in entries):
            return False
        if access == "w":
            return all(pte.writable for pte in entries)
        if access == "x":
            if not user and leaf.user and self.table.mode.pte.readable is not None:
                return False
            return not any(pte.nx for pte in entries)
        return leaf.readable

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
