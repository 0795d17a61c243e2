"""Who may do what with a page, and the code with which an access is refused.

Source: Intel SDM vol. 3A sec. 5.6 (access rights) and 5.7 (error code); RISC-V privileged spec 1.12
sec. 4.1.1 (SUM) and 4.3.2 (steps 5 and 6).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..arch import PagingMode, Pte
from .fault import Access, I, U, W


@dataclass(frozen=True, slots=True)
class Rights:
    """What a processor allows, given the rights of an entry.

    Parameters
    ----------
    smap : bool
        Whether the kernel is kept from reading and writing user pages: SMAP of x86 (with
        EFLAGS.AC = 0), SUM = 0 of RISC-V, PAN of Arm.
    smep : bool
        Whether it is kept from executing them: SMEP of x86. RISC-V always is.
    """

    smap: bool = False
    smep: bool = False

    def fit(self, mode: PagingMode) -> None:
        """Refuse a mode that knows no user pages to keep the kernel from.

        Raises
        ------
        ValueError
            If SMAP or SMEP is on, and entries have no bit `user`.
        """
        if (self.smap or self.smep) and mode.pte.user is None:
            raise ValueError(f"{mode.name} has no bit 'user' in its entries; SMAP and SMEP need it")

    def allow(self, pte: Pte, access: Access, user: bool) -> bool:
        """Tell whether an entry that holds the rights of all levels allows an access."""
        if user:
            if not pte.user:
                return False
        elif pte.user:
            fetches = pte.dialect.kernel_fetches and not self.smep
            if not fetches if access == "x" else self.smap:
                return False
        if access == "w":
            return pte.writable
        return not pte.nx if access == "x" else pte.readable

    def code(self, mode: PagingMode, access: Access, user: bool) -> int:
        """Give the bits of the error code that describe an access."""
        fetch = access == "x" and (self.smep or mode.pte.nx is not None)
        return W * (access == "w") | U * user | I * fetch
