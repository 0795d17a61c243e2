"""Dialects: the rules by which a family of processors reads the entries of its page tables.

Where the bits stand is a `PteFormat`'s business. A dialect says what they do:

    x86      a bit (PS) makes a page of an upper entry; no level gives back what one above took away
    RISC-V   R, W or X makes a page of an entry on any level; only the page's entry gives rights
    Arm      bit 1 is 1 for a table or page and 0 for a block; only the page's entry gives rights

Sources: Intel SDM vol. 3A sec. 5.3-5.8; RISC-V privileged spec 1.12 sec. 4.3.1-4.3.2; Arm ARM
D8.3 (descriptors) and D8.4 (permissions; the table descriptors' APTable and XNTable are left 0).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, repr=False)
class Dialect:
    """The rules that all entries of a family of processors share.

    Parameters
    ----------
    name : str
        The family.
    letters : tuple of (str, str)
        The letters of its manual for each field of `Pte`, in the order in which they are said; a
        ``~`` before the field's name where the letter says the opposite (X of RISC-V is ``~nx``).
    leaf : {"PS", "rights", "block"}
        What makes a page of an entry: above the last level the bit `huge` ("PS", where that bit
        of a last-level entry means something else); any of R, W and X ("rights"); the bit `huge`
        of a block, which a last-level entry must not be ("block").
    hierarchical : bool
        Whether upper entries restrict lower ones, and are marked as accessed.
    pat : bool
        Whether the lowest PFN bit of a huge page is no address bit but picks a memory type.
    pointer_zeros : tuple of str
        Fields that are reserved in an entry that leads to a table.
    outside : {"general protection", "page fault"}
        What an access to an address that is not canonical ends in.
    kernel_fetches : bool
        Whether the kernel may execute user pages unless it is told otherwise (SMEP).
    """

    name: str
    letters: tuple[tuple[str, str], ...]
    leaf: Literal["PS", "rights", "block"]
    hierarchical: bool = False
    pat: bool = False
    pointer_zeros: tuple[str, ...] = ()
    outside: Literal["general protection", "page fault"] = "page fault"
    kernel_fetches: bool = True

    def __repr__(self) -> str:
        return f"<dialect {self.name}>"


X86 = Dialect(
    "x86",
    (
        ("P", "present"),
        ("W", "writable"),
        ("U", "user"),
        ("A", "accessed"),
        ("D", "dirty"),
        ("PS", "huge"),
        ("G", "global_"),
        ("NX", "nx"),
    ),
    leaf="PS",
    hierarchical=True,
    pat=True,
    outside="general protection",
)
RISCV = Dialect(
    "RISC-V",
    (
        ("V", "present"),
        ("R", "readable"),
        ("W", "writable"),
        ("X", "~nx"),
        ("U", "user"),
        ("G", "global_"),
        ("A", "accessed"),
        ("D", "dirty"),
    ),
    leaf="rights",
    pointer_zeros=("user", "accessed", "dirty"),
    kernel_fetches=False,
)
ARM = Dialect(
    "Arm",
    (
        ("V", "present"),
        ("W", "writable"),
        ("U", "user"),
        ("AF", "accessed"),
        ("D", "dirty"),
        ("block", "huge"),
        ("G", "global_"),
        ("UXN", "nx"),
    ),
    leaf="block",
)
