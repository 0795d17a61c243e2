"""The entries that a report prints, each decoded by the format of its level, and the walk's end.

    x86-64     PGD 1e5c01067 P4D 1e5c01067 PUD 342f3d063 PMD 80000003518001e3
    x86, PAE   *pdpt = 000000000854a027 *pde = 0000000003e91067 *pte = 8000000001487061
    x86        *pde = 1e287067 *pte = 00000000
    arm64      [ffffc04000004000] pgd=0000000000000000, p4d=…, pud=…, pmd=…, pte=…
    arm        [12005456] *pgd=00000000
    riscv      [ff60000000000000] pgd=…, p4d=…, pud=…, pmd=…, pte=…

A level that a machine does not have is printed with the value of the one above it.

Source: Linux 6.18 `dump_pagetable` in arch/x86/mm/fault.c, `show_pte` in arch/arm64/mm/fault.c,
arch/arm/mm/fault.c and arch/riscv/mm/fault.c.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from ..arch import ARM64_4K, ARM64_16K, SV39, SV48, X86_32, X86_64, X86_64_LA57, X86_PAE, PagingMode
from ..arch.rules import Kind
from ..units import binary
from .codes import Code

NAMES = ("PGD", "P4D", "PUD", "PMD", "PTE")
_OTHER_NAMES = {"PDPT": "PDPT", "PDE": "PMD", "PTE": "PTE"}
_WIDEST = 46  # bits of a physical address: of most machines; those above may be reserved
Printed = dict[str, int | None]  # by level; None for an entry that could not be read


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it was read: its level, its value, what it is, and its flags by letters."""

    name: str
    value: int
    kind: Kind | None
    words: str
    flags: str = ""
    level: int = 0
    place: str = ""  # its index in the table, where it is known


@dataclass(frozen=True)
class Walk:
    """What the entries of a report tell.

    Attributes
    ----------
    entries : tuple of Entry
        From the root down, levels that the machine does not have left out.
    end : {"fault", "page", "unknown"}
        How they end.
    stopped : str
        At which level and why, in words.
    forbids : str
        Which level forbids the access, if one does.
    """

    mode: PagingMode | None
    entries: tuple[Entry, ...]
    end: str
    stopped: str
    forbids: str = ""

    @property
    def unread(self) -> tuple[str, ...]:
        """The levels below the entry that ended it, if that was not a page."""
        if self.mode is None or not self.entries or self.entries[-1].kind is Kind.PAGE:
            return ()
        below = self.entries[-1].level
        return tuple(name for name, level in _levels(self.mode).items() if level > below)


def mode_of(family: str, printed: Printed, page_kib: int = 4, bits: int = 48) -> PagingMode | None:
    """Choose the paging mode by what was printed; None if its format is not known here."""
    if family == "x86":
        if "PDPT" in printed:
            return X86_PAE
        if not set(printed) & {"PGD", "P4D", "PUD"}:
            return X86_32
        five = printed.get("P4D") not in (None, printed.get("PGD"))
        return X86_64_LA57 if five else X86_64
    if family == "riscv":
        return SV48 if bits > 39 else SV39
    if family == "arm64" and page_kib == 4:
        levels = max(-(-(bits - 12) // 9), 2)
        widths = (bits - 12 - 9 * (levels - 1), *(9,) * (levels - 1))
        huge = tuple(level for level in (levels - 3, levels - 2) if level >= 0)
        name = f"Arm64, 4 KiB pages, {bits} bits"
        return replace(ARM64_4K, name=name, index_bits=widths, huge_levels=huge)
    if family == "arm64" and page_kib == 16:
        levels = max(-(-(bits - 14) // 11), 2)
        widths = (bits - 14 - 11 * (levels - 1), *(11,) * (levels - 1))
        name = f"Arm64, 16 KiB pages, {bits} bits"
        return replace(ARM64_16K, name=name, index_bits=widths, huge_levels=(levels - 2,))
    return None


def walk(
    mode: PagingMode | None, printed: Printed, code: Code | None, va: int | None = None
) -> Walk:
    """Decode the entries, and find where the walk ended."""
    names = [name for name in ("PDPT", *NAMES) if name in printed]
    if mode is None:
        entries = tuple(
            Entry(name, value, None, "an entry of a format that is not decoded here")
            for name in names
            if (value := printed[name]) is not None
        )
        return Walk(None, entries, "unknown", "its entries are not decoded here")
    levels = _levels(mode)
    found: list[Entry] = []
    for name in names:
        value = printed[name]
        if name not in levels:
            continue  # a level that this machine does not have
        if value is None:
            words = f"the {name} could not be read: the table's address is bad"
            return Walk(mode, tuple(found), "unknown", words)
        if value >> 8 * mode.pte.bytes:
            words = f"the {name} has more than {8 * mode.pte.bytes} bits"
            return Walk(mode, tuple(found), "unknown", words)
        entry = _decode(mode, levels[name], name, value, code)
        if va is not None:
            index = va // mode.span(entry.level) % (1 << mode.index_bits[entry.level])
            entry = replace(entry, place=f" {index}")
        found.append(entry)
        if entry.kind is not Kind.TABLE:
            break
    return _ended(mode, tuple(found), code)


def _levels(mode: PagingMode) -> dict[str, int]:
    """Name the levels of a mode as the kernel prints them."""
    if mode is X86_PAE:
        return {"PDPT": 0, "PMD": 1, "PTE": 2}
    lower = {2: ("PMD",), 3: ("PUD", "PMD"), 4: ("PGD", "PUD", "PMD")}
    uppers = lower.get(mode.levels, ("PGD", "P4D", "PUD", "PMD"))
    if mode.levels == 3:
        uppers = ("PGD", "PMD")
    if mode.levels == 2 and mode is not X86_32:
        uppers = ("PGD",)
    return {name: level for level, name in enumerate((*uppers, "PTE"))}


def _decode(mode: PagingMode, level: int, name: str, value: int, code: Code | None) -> Entry:
    rules = mode.rules[level]
    kind, pte = rules.read(value)
    if kind is Kind.RESERVED and code is not None and code.reserved is False:
        # the processor did not complain: these bits mean something to this machine (Xen's tables)
        kind = Kind.PAGE if rules.page(value) else Kind.TABLE
    shift = mode.page_shift
    flags = pte.flags
    if code is not None and code.reserved and pte.present and pte.pfn << shift >> _WIDEST:
        kind = Kind.RESERVED
    if kind is Kind.TABLE:
        words = f"leads to the table at {pte.pfn << shift:#x}"
    elif kind is Kind.PAGE:
        size = mode.page_bytes if rules.last else mode.span(level)
        words = f"maps {binary(size)} at {pte.pfn << shift:#x}"
    elif kind is Kind.RESERVED:
        words = f"names {pte.pfn << shift:#x}: a reserved bit is set" + _inverted(mode, pte.pfn)
    elif not value:
        words, flags = "is empty", ""
    else:
        words = "is not present, but not empty" + (_inverted(mode, pte.pfn) or ": swap, or kept")
    return Entry(name, value, kind, words, flags, level)


def _inverted(mode: PagingMode, pfn: int) -> str:
    """Say which frame an entry of x86-64 names upside down, as Linux keeps absent ones (L1TF)."""
    if mode not in (X86_64, X86_64_LA57) or pfn >> 34 != 0x3F:
        return ""
    return f"; its frame number is inverted: {pfn ^ (1 << 40) - 1:#x}"


def _ended(mode: PagingMode, found: tuple[Entry, ...], code: Code | None) -> Walk:
    if not found:
        return Walk(mode, (), "unknown", "no entry was printed")
    last = found[-1]
    if last.kind is Kind.ABSENT:
        return Walk(
            mode, found, "fault", f"the walk stopped at the {last.name}, which {last.words}"
        )
    if last.kind is Kind.RESERVED:
        return Walk(mode, found, "fault", f"the walk stopped at the {last.name}: it {last.words}")
    if last.kind is Kind.TABLE:
        words = f"after the {last.name}, which is present, the next entry is missing: cut off?"
        return Walk(mode, found, "unknown", words)
    forbids = _forbids(mode, found, code)
    end = "fault" if forbids else "page"
    words = f"all {len(found)} entries are present" if len(found) > 1 else "the entry is present"
    return Walk(mode, found, end, f"{words}: the walk reached a page", forbids)


def _forbids(mode: PagingMode, found: tuple[Entry, ...], code: Code | None) -> str:
    """Name the level whose entry forbids the access that the code tells of."""
    if code is None or code.present is False:
        return ""
    ptes = [(entry, mode.rules[entry.level].format.unpack(entry.value)) for entry in found]
    if not mode.pte.dialect.hierarchical:
        ptes = ptes[-1:]
    for entry, pte in ptes:
        if code.fetch and pte.nx:
            return f"the {entry.name} has NX set: no code may run there"
        if code.write and not pte.writable:
            return f"the {entry.name} is read-only"
        if code.user and not pte.user:
            return f"the {entry.name} is the kernel's alone"
    if code.user is False and mode.pte.dialect.hierarchical and all(p.user for _, p in ptes):
        return "the page is the user's: SMEP" if code.fetch else "the page is the user's: SMAP?"
    return ""


def same_as_above(printed: Printed) -> list[str]:
    """List the levels that were printed with the value of the one above them.

    >>> same_as_above({"PGD": 0x67, "P4D": 0x67, "PUD": 0})
    ['P4D']
    """
    names = [name for name in NAMES if name in printed]
    return [low for high, low in pairwise(names) if printed[high] == printed[low] and printed[low]]
