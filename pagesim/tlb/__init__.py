"""Translation lookaside buffers: small caches in front of the page table."""

from .levels import Found, TlbLevels
from .policies import POLICIES
from .tlb import MAX_ASID, Tlb
from .values import Fill, Lookup, TlbEntry

__all__ = [
    "MAX_ASID",
    "POLICIES",
    "Fill",
    "Found",
    "Lookup",
    "Tlb",
    "TlbEntry",
    "TlbLevels",
]
