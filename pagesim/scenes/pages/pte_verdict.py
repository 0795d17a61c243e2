"""What the hardware makes of one x86-64 entry and one access to its page."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from ...arch import X86_64, PagingMode
from ...memory import PhysicalMemory
from ...mmu import Access, Mmu, PageFault
from ...tables import LinearTable

FORMAT = X86_64.pte
OFFSET = 0xE48  # of the byte that is accessed
ACCESS: dict[str, Access] = {"read": "r", "write": "w", "execute": "x"}
PA_BITS = 46  # of a server; real machines have 39, 46 or 48
_MODE = PagingMode("one entry", (1,), 12, FORMAT, pa_bits=PA_BITS)
MUST_BE_0 = (1 << FORMAT.pfn_shift + FORMAT.pfn_bits) - (1 << PA_BITS)  # as a mask


class Flag(NamedTuple):
    """One flag: its control, its field, its letters, and what 0 and 1 mean."""

    name: str
    field: str
    letters: str
    off: str
    on: str

    @property
    def bit(self) -> int:
        """Its position in the entry."""
        position: int = getattr(FORMAT, self.field)
        return position


FLAGS = (
    Flag("nx", "nx", "NX", "code may run", "no code"),
    Flag("dirty", "dirty", "D", "clean", "written to"),
    Flag("accessed", "accessed", "A", "not yet used", "used"),
    Flag("user", "user", "U/S", "kernel only", "user too"),
    Flag("writable", "writable", "R/W", "read-only", "writable"),
    Flag("present", "present", "P", "not there", "there"),
)


class Outcome(NamedTuple):
    """Where the access arrived or the error code, and the entry afterwards."""

    pa: int | None
    code: int | None
    after: int


@lru_cache(maxsize=1024)
def outcome(entry: int, access: Access, user: bool) -> Outcome:
    """Let the MMU try an access with this entry, alone in a table; return what comes of it."""
    memory = PhysicalMemory(frames=1)
    table = LinearTable(_MODE, memory)
    place = table.entry_pa(0, table.root, 0)
    memory.store(place, entry)
    try:
        pa, code = Mmu(table).translate(OFFSET, access, user).pa, None
    except PageFault as fault:
        pa, code = None, fault.error_code
    return Outcome(pa, code, memory.load(place))


def questions(entry: int, access: str, user: bool) -> list[tuple[str, bool | None]]:
    """List what the hardware asks; None where the answer no longer matters."""
    pte = FORMAT.unpack(entry)
    asked = [
        ("P: is it there?", pte.present),
        ("51..46: is each of them 0?", not entry & MUST_BE_0),
    ]
    asked.append(
        ("U/S: is it open to user mode?", pte.user)
        if user
        else ("U/S: not asked of the kernel", True)
    )
    asked.append(
        {
            "read": ("reading needs no more", True),
            "write": ("R/W: may it be written?", pte.writable),
            "execute": ("NX: may code run?", not pte.nx),
        }[access]
    )
    seen: list[tuple[str, bool | None]] = []
    for question, passed in asked:
        stopped = any(answer is not True for _, answer in seen)
        seen.append((question, None if stopped else passed))
    return seen
