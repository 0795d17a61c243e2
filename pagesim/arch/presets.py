"""The machines of this course: real ones, and toys small enough to draw whole.

Sources: Intel SDM vol. 3A ch. 5 (4-level, 5-level and 32-bit paging), RISC-V privileged spec 1.12
sec. 4.4-4.5, Arm ARM D8.3 (VMSAv8-64, 16 KiB granule); TOY15 is the machine of the homework of
OSTEP ch. 20 (1-byte entries, the valid bit on top).
"""

from .mode import PagingMode
from .pte import PteFormat

_RISCV = PteFormat(
    pfn_shift=10, pfn_bits=44, readable=1, writable=2, nx=~3, user=4, global_=5,
    accessed=6, dirty=7, huge=None, hierarchical=False,
)  # fmt: skip
_X86_32 = PteFormat(bytes=4, pfn_bits=20, nx=None)
# Arm: bit 1 is 1 for a table or page and 0 for a block; AP[2] is read-only, nG is not-global; the
# dirty bit is software's (Linux: PTE_DIRTY).
_ARM_16K = PteFormat(
    pfn_shift=14, pfn_bits=34, huge=~1, user=6, writable=~7, accessed=10, global_=~11,
    dirty=55, nx=54, hierarchical=False,
)  # fmt: skip
_OSTEP = PteFormat(
    bytes=1, present=7, pfn_shift=0, pfn_bits=7, writable=None, user=None, accessed=None,
    dirty=None, huge=None, global_=None, nx=None,
)  # fmt: skip
_TOY = PteFormat(bytes=2, pfn_shift=8, pfn_bits=8, global_=None, nx=4, accessed=5)

X86_64 = PagingMode("X86_64", (9, 9, 9, 9), huge_levels=(1, 2), canonical=True)
X86_64_LA57 = PagingMode("X86_64_LA57", (9, 9, 9, 9, 9), huge_levels=(2, 3), canonical=True)
X86_32 = PagingMode("X86_32", (10, 10), pte=_X86_32, huge_levels=(0,))
SV39 = PagingMode("SV39", (9, 9, 9), pte=_RISCV, huge_levels=(0, 1), canonical=True)
SV48 = PagingMode("SV48", (9, 9, 9, 9), pte=_RISCV, huge_levels=(0, 1, 2), canonical=True)
ARM64_16K = PagingMode("ARM64_16K", (1, 11, 11, 11), page_shift=14, pte=_ARM_16K, huge_levels=(2,))
TOY6 = PagingMode("TOY6", (6,), page_shift=0, pte=_OSTEP)
TOY10 = PagingMode("TOY10", (3, 3), page_shift=4, pte=_TOY, huge_levels=(0,))
TOY15 = PagingMode("TOY15", (5, 5), page_shift=5, pte=_OSTEP)

MODES = (X86_64, X86_64_LA57, X86_32, SV39, SV48, ARM64_16K, TOY6, TOY10, TOY15)
