"""The memory management unit: every access becomes a physical address, or a page fault."""

from .fault import RSVD, Access, I, P, PageFault, U, W
from .mmu import Mmu
from .translation import Cycles, Translation

__all__ = ["RSVD", "Access", "Cycles", "I", "Mmu", "P", "PageFault", "Translation", "U", "W"]
