"""The memory management unit: every access becomes a physical address, or a page fault."""

from .fault import RSVD, Access, GeneralProtection, I, P, PageFault, U, W
from .mmu import Mmu
from .rights import Rights
from .translation import Cycles, Translation

__all__ = [
    "RSVD",
    "Access",
    "Cycles",
    "GeneralProtection",
    "I",
    "Mmu",
    "P",
    "PageFault",
    "Rights",
    "Translation",
    "U",
    "W",
]
