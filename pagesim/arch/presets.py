"""The machines of this course: real ones, and toys small enough to draw whole.

Sources: Intel SDM vol. 3A sec. 5.3 (32-bit paging, here without PSE-36: 32 bits of physical
address), 5.4 (PAE), 5.5 (4-level and 5-level); RISC-V privileged spec 1.12 sec. 4.3-4.5; Arm ARM
D8.3 (VMSAv8-64 with 4 KiB and 16 KiB granules, without FEAT_LPA2). TOY15 is the machine of the
homework of OSTEP ch. 20 (1-byte entries, the valid bit on top).

A table of Arm serves one half of the address space: these are the tables of TTBR0, where the bits
above the 48 are 0; the kernel's half has a table of its own.
"""

from .dialect import ARM, RISCV
from .mode import PagingMode
from .pte import PteFormat


def _bits(high: int, low: int) -> int:
    """Return bits `high` to `low`, both included, as a mask."""
    return (2 << high) - (1 << low)


_X86_32 = PteFormat(bytes=4, pfn_bits=20, nx=None)
# PAE: 62..52 must be 0, which are free to use in 64-bit mode. The four entries of the top level
# have no rights and no accessed bit: 2..1, 8..5 and 63 must be 0. (A processor loads the four with
# CR3, and refuses such bits there; here the walk does.)
_PAE = PteFormat(reserved=_bits(62, 52))
_PAE_TOP = PteFormat(
    writable=None,
    user=None,
    accessed=None,
    dirty=None,
    huge=None,
    global_=None,
    nx=None,
    reserved=_bits(2, 1) | _bits(8, 5) | _bits(63, 52),
)
# RISC-V: 60..54 are reserved, 62..61 and 63 too unless Svpbmt and Svnapot are there. Sv32 has none.
_RISCV = PteFormat(
    pfn_shift=10,
    pfn_bits=44,
    readable=1,
    writable=2,
    nx=~3,
    user=4,
    global_=5,
    accessed=6,
    dirty=7,
    huge=None,
    reserved=_bits(63, 54),
    dialect=RISCV,
)
_SV32 = PteFormat(
    bytes=4,
    pfn_shift=10,
    pfn_bits=22,
    readable=1,
    writable=2,
    nx=~3,
    user=4,
    global_=5,
    accessed=6,
    dirty=7,
    huge=None,
    dialect=RISCV,
)


def _arm(page_shift: int) -> PteFormat:
    """Lay out Arm's descriptors: the address ends at bit 47 and starts above the offset.

    AP[2] is read-only, nG is not-global; the dirty bit is software's (Linux: PTE_DIRTY).
    """
    return PteFormat(
        pfn_shift=page_shift,
        pfn_bits=48 - page_shift,
        huge=~1,
        user=6,
        writable=~7,
        accessed=10,
        global_=~11,
        dirty=55,
        nx=54,
        dialect=ARM,
    )


_OSTEP = PteFormat(
    bytes=1,
    present=7,
    pfn_shift=0,
    pfn_bits=7,
    writable=None,
    user=None,
    accessed=None,
    dirty=None,
    huge=None,
    global_=None,
    nx=None,
)
_TOY = PteFormat(bytes=2, pfn_shift=8, pfn_bits=8, global_=None, nx=4, accessed=5)

X86_64 = PagingMode("X86_64", (9, 9, 9, 9), huge_levels=(1, 2), canonical=True)
X86_64_LA57 = PagingMode("X86_64_LA57", (9, 9, 9, 9, 9), huge_levels=(2, 3), canonical=True)
X86_32 = PagingMode("X86_32", (10, 10), pte=_X86_32, huge_levels=(0,))
X86_PAE = PagingMode("X86_PAE", (2, 9, 9), pte=_PAE, huge_levels=(1,), upper=(_PAE_TOP, _PAE))
SV32 = PagingMode("SV32", (10, 10), pte=_SV32, huge_levels=(0,))
SV39 = PagingMode("SV39", (9, 9, 9), pte=_RISCV, huge_levels=(0, 1), canonical=True)
SV48 = PagingMode("SV48", (9, 9, 9, 9), pte=_RISCV, huge_levels=(0, 1, 2), canonical=True)
ARM64_4K = PagingMode("ARM64_4K", (9, 9, 9, 9), pte=_arm(12), huge_levels=(1, 2))
ARM64_16K = PagingMode("ARM64_16K", (1, 11, 11, 11), 14, pte=_arm(14), huge_levels=(2,))
TOY6 = PagingMode("TOY6", (6,), page_shift=0, pte=_OSTEP)
TOY10 = PagingMode("TOY10", (3, 3), page_shift=4, pte=_TOY, huge_levels=(0,))
TOY15 = PagingMode("TOY15", (5, 5), page_shift=5, pte=_OSTEP)

MODES = (
    X86_64,
    X86_64_LA57,
    X86_32,
    X86_PAE,
    SV32,
    SV39,
    SV48,
    ARM64_4K,
    ARM64_16K,
    TOY6,
    TOY10,
    TOY15,
)
