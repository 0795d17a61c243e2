"""What the CPU says about its own TLBs: the instruction CPUID, which any program may execute.

Linux shows the data caches in /sys, but not the TLBs. So a few bytes of machine code are put into
a page of their own and called; in a virtual machine the hypervisor may answer in the CPU's place.

Sources: Intel SDM vol. 2A, CPUID leaf 18H (deterministic address translation parameters); AMD
APM vol. 3 appendix E, leaves 8000_0005H, 8000_0006H.
"""

from __future__ import annotations

import ctypes
import mmap
import platform

from .linux import LINUX
from .table import Table

# void f(eax, ecx, int out[4]): CPUID, and the four registers it fills into out
_CODE = bytes.fromhex(
    "53"  # push rbx, which CPUID overwrites and the caller owns
    "4989d0"  # mov r8, rdx
    "89f8"  # mov eax, edi
    "89f1"  # mov ecx, esi
    "0fa2"  # cpuid
    "418900"  # mov [r8], eax
    "41895804"  # mov [r8+4], ebx
    "41894808"  # mov [r8+8], ecx
    "4189500c"  # mov [r8+12], edx
    "5b"  # pop rbx
    "c3"  # ret
)
_KINDS = {1: "data", 2: "instruction", 3: "unified", 4: "load", 5: "store"}
_SIZES = ("4 KiB", "2 MiB", "4 MiB", "1 GiB")
# AMD's codes of associativity, where they are no plain number (leaf 8000_0006H)
_AMD_WAYS = {0: 0, 5: 6, 6: 8, 8: 16, 10: 32, 11: 48, 12: 64, 13: 96, 14: 128}
_TITLE, _HEADINGS = "What the CPU says it has", ("TLB", "pages", "entries", "ways")


def cpu_tlbs() -> Table:
    """List the TLBs that this machine's CPU reports.

    Returns
    -------
    Table
        A row for each; no row, and the reason in the note, where nothing can be asked.

    Examples
    --------
    >>> cpu_tlbs().headings
    ('TLB', 'pages', 'entries', 'ways')
    """
    if not LINUX or platform.machine() != "x86_64":
        return Table(_TITLE, _HEADINGS, (), "only x86-64 under Linux is asked")
    try:
        highest, *vendor = _cpuid(0)
        rows = _intel() if highest >= 0x18 else []
        rows = rows or _amd()
    except OSError as why:
        reason = f"this system lets no program make code of its own ({why.strerror})"
        return Table(_TITLE, _HEADINGS, (), reason)
    name = b"".join(vendor[n].to_bytes(4, "little") for n in (0, 2, 1)).decode("ascii", "replace")
    note = f"CPUID of this machine ({name})"
    hidden = f"{note} tells no TLB; a virtual machine often hides them"
    return Table(_TITLE, _HEADINGS, tuple(rows), note if rows else hidden)


def _cpuid(leaf: int, subleaf: int = 0) -> tuple[int, int, int, int]:
    """Execute CPUID; OSError if the system refuses a page with code."""
    with mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC) as at:
        at.write(_CODE)
        here = ctypes.c_char.from_buffer(at)
        call = ctypes.CFUNCTYPE(None, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_void_p)
        registers = (ctypes.c_uint32 * 4)()
        call(ctypes.addressof(here))(leaf, subleaf, registers)
        del here, call  # the page cannot be unmapped while something points to it
    eax, ebx, ecx, edx = registers
    return eax, ebx, ecx, edx


def _intel() -> list[tuple[str | int, ...]]:
    """Read leaf 18H: a subleaf for each TLB."""
    last, rows = _cpuid(0x18)[0], list[tuple[str | int, ...]]()
    for subleaf in range(min(last, 31) + 1):
        _, ebx, sets, edx = _cpuid(0x18, subleaf)
        kind, level, full = edx & 31, edx >> 5 & 7, edx >> 8 & 1
        if kind in _KINDS:
            ways = ebx >> 16
            pages = " ".join(size for bit, size in enumerate(_SIZES) if ebx >> bit & 1)
            entries = ways * sets
            rows.append((f"L{level} {_KINDS[kind]}", pages, entries, entries if full else ways))
    return rows


def _amd() -> list[tuple[str | int, ...]]:
    """Read the first level in leaf 8000_0005H and the second in 8000_0006H, 4 KiB pages."""
    if _cpuid(0x80000000)[0] < 0x80000006:
        return []
    rows = list[tuple[str | int, ...]]()
    first, second = _cpuid(0x80000005)[1], _cpuid(0x80000006)[1]
    for kind, half in (("instruction", 0), ("data", 16)):
        entries, ways = first >> half & 0xFF, first >> half + 8 & 0xFF
        if entries:
            rows.append((f"L1 {kind}", "4 KiB", entries, entries if ways == 0xFF else ways))
    for kind, half in (("instruction", 0), ("data", 16)):
        entries, code = second >> half & 0xFFF, second >> half + 12 & 0xF
        if entries:
            ways = entries if code == 15 else _AMD_WAYS.get(code, code)
            rows.append((f"L2 {kind}", "4 KiB", entries, ways))
    return rows
