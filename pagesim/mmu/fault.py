"""The page fault, and the error code that hardware pushes with it (Intel SDM vol. 3A sec. 5.7):

bit 0  P     0: no present entry, 1: present, but the access was not allowed
bit 1  W     the access was a write
bit 2  U     it came from user mode
bit 3  RSVD  a reserved bit was set in some entry (P is then 1)
bit 4  I     it was an instruction fetch (only where there is an NX bit, or SMEP)

Other processors report the same in other words; an `Mmu` of theirs uses these bits too.
"""

from __future__ import annotations

from typing import Literal

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


class GeneralProtection(Exception):
    """The address is not canonical: x86-64 does not even look into the tables (exception 13).

    Source: Intel SDM vol. 1 sec. 3.3.7.1 (canonical addressing).

    Parameters
    ----------
    va : int
        The address that was accessed.

    Examples
    --------
    >>> str(GeneralProtection(0x8000_0000_0000))
    'general protection at 0x800000000000: the address is not canonical'
    """

    def __init__(self, va: int) -> None:
        super().__init__(va)
        self.va = va

    def __str__(self) -> str:
        return f"general protection at {self.va:#x}: the address is not canonical"
