"""What the hardware says about a fault: x86's error code, Arm's ESR and FSR, RISC-V's cause.

Sources: Intel SDM vol. 3A sec. 4.7 (error code); Linux 6.18 arch/x86/include/asm/trap_pf.h;
Arm ARM D24.2.40 (ESR_EL1, ISS of a data abort), for 32 bits B4.1.51 (DFSR, short descriptors);
RISC-V privileged spec 1.12 table 4.2 (scause).
"""

from __future__ import annotations

from typing import NamedTuple

from ..mmu.fault import RSVD, I, P, U, W

PK, SHADOW_STACK, SGX, RMP = 1 << 5, 1 << 6, 1 << 15, 1 << 31
_X86_BITS = (
    *((P, "P"), (W, "W"), (U, "U"), (RSVD, "RSVD"), (I, "I")),
    *((PK, "PK"), (SHADOW_STACK, "SS"), (SGX, "SGX"), (RMP, "RMP")),
)

_ARM_CLASSES = {
    0x20: "instruction abort from user mode",
    0x21: "instruction abort in the kernel",
    0x24: "data abort from user mode",
    0x25: "data abort in the kernel",
}
_ARM_STATUS = {0x00: "address size", 0x04: "translation", 0x08: "access flag", 0x0C: "permission"}
_ARM_OTHERS = {
    0x10: "external abort",
    0x11: "tag check fault",
    0x21: "alignment fault",
    0x30: "TLB conflict",
}
_ARM32_STATUS = {
    0x1: "alignment fault",
    0x5: "translation fault: no entry in the first table",
    0x7: "translation fault: no entry in the second table",
    0x9: "domain fault, section",
    0xB: "domain fault, page",
    0xD: "permission fault, section",
    0xF: "permission fault, page",
    0x3: "access flag fault, section",
    0x6: "access flag fault, page",
}
_RISCV_CAUSES = {
    1: "instruction access fault",
    5: "load access fault",
    7: "store access fault",
    12: "instruction page fault",
    13: "load page fault",
    15: "store page fault",
}


class Code(NamedTuple):
    """What a code says: in words, and as far as known what the access was, and the walk's end.

    `present` tells whether the hardware found an entry that forbids the access (True) or none
    (False); `level` is the one that it names, counted from the page's up, 0 for the last.
    """

    words: str
    write: bool | None = None
    user: bool | None = None
    fetch: bool | None = None
    present: bool | None = None
    reserved: bool | None = None
    level: int | None = None


def x86(code: int) -> Code:
    """Explain the error code that an x86 processor pushes.

    >>> x86(0x3).words
    'error code 0x3: P W. The kernel wrote to a page that it may not write to'
    >>> x86(0x4).words
    'error code 0x4: U. A user program read where no entry was present'
    """
    letters = " ".join(name for bit, name in _X86_BITS if code & bit) or "no bit set"
    who = "A user program" if code & U else "The kernel"
    fetch, write = bool(code & I), bool(code & W)
    did = "fetched an instruction" if fetch else "wrote" if write else "read"
    if code & RMP:
        why = "a page that the machine's owner table (RMP) gives to another"
    elif code & SGX:
        why = "an enclave's page that the processor refused (SGX)"
    elif code & PK:
        why = "a page whose protection key forbids it"
    elif code & RSVD:
        why = "an address for which some entry has a reserved bit set"
    elif code & P:
        verb = "run" if fetch else "write to" if write else "read"
        why = f"a page that it may not {verb}"
    else:
        why = ""
    where = "where no entry was present"
    if why:
        join = "from" if fetch or not write else "to"
        where = f"{join} {why}"
    unknown = code & ~sum(bit for bit, _ in _X86_BITS)
    rest = f"; bits {unknown:#x} are not known here" if unknown else ""
    return Code(
        f"error code {code:#x}: {letters}. {who} {did} {where}{rest}",
        write,
        bool(code & U),
        fetch,
        bool(code & P),
        bool(code & RSVD),
    )


def arm64(esr: int) -> Code:
    """Explain Arm's exception syndrome register of an abort.

    >>> arm64(0x96000004).words
    'ESR 0x96000004: data abort in the kernel, a read, translation fault at level 0'
    """
    kind, status = esr >> 26 & 0x3F, esr & 0x3F
    what = _ARM_CLASSES.get(kind, f"class {kind:#x}, not known here")
    abort = kind in _ARM_CLASSES
    fetch = kind in (0x20, 0x21)
    write = bool(esr >> 6 & 1) if kind in (0x24, 0x25) else None
    access = "" if write is None else ", a write" if write else ", a read"
    level, present = None, None
    if abort and status & 0x3C in _ARM_STATUS:
        level = 3 - (status & 3)
        name = _ARM_STATUS[status & 0x3C]
        present = name in ("access flag", "permission")
        reason = f"{name} fault at level {status & 3}"
    else:
        reason = _ARM_OTHERS.get(status, f"status {status:#x}, not known here")
    words = f"ESR {esr:#x}: {what}{access}" + (f", {reason}" if abort else "")
    return Code(words, write, kind in (0x20, 0x24), fetch, present, None, level)


def arm32(fsr: int) -> Code:
    """Explain the fault status register of a 32-bit Arm, as `Oops: 805` prints it.

    >>> arm32(0x805).words
    'FSR 0x805: a write, translation fault: no entry in the first table'
    """
    status = fsr & 0xF | (fsr >> 6 & 0x10)
    write = bool(fsr >> 11 & 1)
    reason = _ARM32_STATUS.get(status, f"status {status:#x}, not known here")
    level = 1 if status in (0x3, 0x5, 0x9, 0xD) else 0 if status in (0x6, 0x7, 0xB, 0xF) else None
    present = None if level is None else status not in (0x5, 0x7)
    did = "a write" if write else "a read or a fetch"
    return Code(f"FSR {fsr:#x}: {did}, {reason}", write, None, None, present, None, level)


def riscv(cause: int) -> Code:
    """Explain RISC-V's cause register.

    >>> riscv(15).words
    'cause 15: store page fault'
    """
    words = _RISCV_CAUSES.get(cause, "not known here")
    write = cause in (7, 15) if cause in _RISCV_CAUSES else None
    return Code(f"cause {cause}: {words}", write, None, cause in (1, 12))
