"""What a report of a fault says, whatever processor wrote it: address, code, entries.

Source of the formats: Linux 6.18 arch/x86/mm/fault.c (`show_fault_oops`, `show_signal_msg`),
arch/x86/kernel/traps.c, arch/{arm,arm64,riscv}/mm/fault.c, mm/memory.c (`print_bad_pte`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from . import codes
from .codes import Code
from .walks import Printed

_HEX = "[0-9a-f]"
_ADDRESS = re.compile(
    r"(?:[Uu]nable to handle|NULL pointer dereference)"
    rf".*?(?:address:?|\bat)\s+(?:0x)?({_HEX}{{1,16}}\b|\(null\))"
)
_CODE = re.compile(r"error_code\(0x([0-9a-f]{1,8})\)")
_OOPS = re.compile(r"\bOops: ([0-9a-f]{1,16})\b")
_ANY_OOPS = re.compile(r"\bOops\b")
_ESR = re.compile(r"\bESR\s*=\s*0x([0-9a-f]{8,16})")
_CAUSE = re.compile(r"\bcause:\s*([0-9a-f]{1,16})")
_BADADDR = re.compile(r"\bbadaddr:\s*([0-9a-f]{1,16})")
_TABLES = (
    re.compile(r"\b(PGD|P4D|PUD|PMD|PTE) ([0-9a-f]{1,16}\b|BAD)"),
    re.compile(r"\*(pdpt|pde|pte) = ([0-9a-f]{1,16})\b"),
    re.compile(r"(?<!p)\b\*?(pgd|p4d|pud|pmd|pte)=([0-9a-f]{1,16})\b"),
)
_RENAMED = {"PDE": "PMD"}
_PGTABLE = re.compile(r"pgtable: (\d+)[kK] page(?:s|size), (\d+)-bit VAs")
SEGFAULT = re.compile(
    rf"([^\[\n]{{1,40}})\[(\d+)\]: segfault at ({_HEX}{{1,16}}) "
    rf"r?ip ({_HEX}{{1,16}}) r?sp ({_HEX}{{1,16}}) error ({_HEX}{{1,8}})"
    rf"(?: in (\S+)\[(?:{_HEX}+,)?({_HEX}{{1,16}})\+({_HEX}{{1,16}})\])?"
)
GPF = re.compile(
    r"general protection fault(?:.*?address 0x([0-9a-f]{1,16}))?.*?: ([0-9a-f]{4}) \[#"
)
BAD_MAP = re.compile(r"Bad page map in process (.*?) +pte:([0-9a-f]{1,16}) pmd:([0-9a-f]{1,16})")
_BAD_ADDRESS = re.compile(r"^\s*addr:([0-9a-f]{8,16})\b")
_CLAIMED = (_ADDRESS, _CODE, _OOPS, _ESR, _BADADDR, SEGFAULT, GPF, BAD_MAP, *_TABLES, _PGTABLE)
_FAMILIES = (
    ("arm64", re.compile(r"\bESR = 0x|Mem abort info|pgtable: \d+k pages|Internal error: Oops: "
                         r"[0-9a-f]{8,16} ")),
    ("riscv", re.compile(r"\bbadaddr:|pgtable: \d+K pagesize|^\s*epc ?: [0-9a-f]{8}")),
    ("arm", re.compile(r"Oops: [0-9a-f]+ \[#\d+\].*\bARM\b|\*pgd=|\bpsr ?: ")),
    ("mips", re.compile(r"\bepc ==")),
    ("powerpc", re.compile(r"Faulting instruction address:|\bNIP \[")),
    ("s390", re.compile(r"Failing address:")),
    ("x86", re.compile(r"#PF:|\b[RE]?IP: |\bCR2: |\bPGD [0-9a-f]|\*pde = |segfault at|"
                       r"\bRIP\b|BUG: (?:unable to handle|kernel NULL)|general protection fault")),
)  # fmt: skip


@dataclass
class Report:
    """What was found in the lines of a report; None where it does not say."""

    family: str = ""
    address: int | None = None
    code: Code | None = None
    printed: Printed = field(default_factory=dict)
    page_kib: int = 4
    bits: int = 48
    oopses: int = 0
    where: dict[str, int] = field(default_factory=dict)  # the line of each entry
    notes: dict[int, str] = field(default_factory=dict)
    protection: bool = False  # a general protection fault
    bad_map: str = ""
    program: str = ""

    @property
    def says_anything(self) -> bool:
        """Whether it is a report of a fault at all."""
        found = (self.address, self.code)
        return found != (None, None) or bool(self.printed or self.protection or self.oopses)


def claims(lines: Sequence[str]) -> int:
    """Count the lines that only a report of a fault has."""
    return sum(4 * any(pattern.search(line) for pattern in _CLAIMED) for line in lines)


def family_of(lines: Sequence[str]) -> str:
    """Name the processor's family by what only its kernel writes."""
    for family, pattern in _FAMILIES:
        if any(pattern.search(line) for line in lines):
            return family
    return ""


def read(lines: Sequence[str]) -> Report:
    """Find address, code and entries of the first report in the lines."""
    report = Report()
    starts = [n for n, line in enumerate(lines) if _ADDRESS.search(line) or GPF.search(line)]
    oopses = [n for n, line in enumerate(lines) if _ANY_OOPS.search(line)]
    report.oopses = max(len(oopses), len(starts))
    first, end = (starts[0] if starts else 0), len(lines)
    if len(oopses) > 1 and len(starts) > 1 and starts[1] > oopses[0]:
        end = starts[1]
    report.family = family_of(lines[first:end]) or family_of(lines)
    for number in range(end):
        _one(report, number, lines[number])
    return report


def _one(report: Report, number: int, line: str) -> None:
    notes: list[str] = []
    if (found := _ADDRESS.search(line)) and report.address is None:
        report.address = 0 if found[1] == "(null)" else int(found[1], 16)
    for pattern, read_code in (
        (_CODE, codes.x86),
        (_ESR, codes.arm64),
        (_OOPS, _reader(report.family)),
        (_CAUSE, codes.riscv),
    ):
        if read_code and (found := pattern.search(line)):
            value = int(found[1], 16)
            code = read_code(value)
            notes.append(code.words)
            if pattern is not _OOPS or not report.protection:
                report.code = report.code or code
    if (found := _BADADDR.search(line)) and report.address is None:
        report.address = int(found[1], 16)
    if found := _PGTABLE.search(line):
        report.page_kib, report.bits = int(found[1]), min(max(int(found[2]), 20), 57)
        notes.append(f"pages of {found[1]} KiB, addresses of {found[2]} bits")
    for pattern in _TABLES:
        for name, value in pattern.findall(line):
            known = _RENAMED.get(name.upper(), name.upper())
            if known not in report.printed:
                report.printed[known] = None if value == "BAD" else int(value, 16)
                report.where[known] = number
    if found := SEGFAULT.search(line):
        notes.append(_segfault(report, found))
    if found := GPF.search(line):
        report.protection = True
        if found[1] and report.address is None:
            report.address = int(found[1], 16)
        notes.append("general protection: no page table was asked, or another rule was broken")
    if found := BAD_MAP.search(line):
        report.bad_map = report.bad_map or found[1]
        for name, digits in (("PMD", found[3]), ("PTE", found[2])):
            if name not in report.printed:
                report.printed[name], report.where[name] = int(digits, 16), number
    if report.bad_map and (found := _BAD_ADDRESS.search(line)) and report.address is None:
        report.address = int(found[1], 16)
        report.family = "x86" if len(found[1]) == 16 and _is_x86(report.printed) else "other"
    if notes:
        report.notes[number] = "; ".join(notes)


def _reader(family: str) -> Callable[[int], Code] | None:
    """Choose how the number behind "Oops:" is read."""
    return {"x86": codes.x86, "arm64": codes.arm64, "arm": codes.arm32}.get(family)


def _is_x86(printed: Printed) -> bool:
    """Tell x86-64's tables by the flags that Linux gives them: P W U A D."""
    return (printed.get("PMD") or 0) & 0xFFF == 0x067


def _segfault(report: Report, found: re.Match[str]) -> str:
    """Read the line that Linux writes when a program dies of a bad access."""
    code = codes.x86(int(found[6], 16))
    words = code.words
    if found[7]:
        offset = int(found[4], 16) - int(found[8], 16)
        inside = 0 <= offset < int(found[9], 16)
        where = f"at offset {offset:#x} of that mapping" if inside else "outside that mapping"
        words += f"; the instruction lies in {found[7]}, {where}"
    if report.address is None:
        report.address, report.code, report.program = int(found[3], 16), code, found[1].strip()
    return words
