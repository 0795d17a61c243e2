"""Page tables, TLBs and page faults: a simulator small enough to read."""

from .arch import (
    ARM64_16K,
    SV39,
    SV48,
    TOY6,
    TOY10,
    TOY15,
    X86_32,
    X86_64,
    X86_64_LA57,
    PagingMode,
    Pte,
    PteFormat,
)
from .memory import OutOfMemory, PhysicalMemory
from .mmu import Mmu, PageFault, Translation
from .tables import ByteTable, LinearTable, RadixTable, Walk, WalkStep
from .units import binary

__all__ = [
    "ARM64_16K",
    "SV39",
    "SV48",
    "TOY6",
    "TOY10",
    "TOY15",
    "X86_32",
    "X86_64",
    "X86_64_LA57",
    "ByteTable",
    "LinearTable",
    "Mmu",
    "OutOfMemory",
    "PageFault",
    "PagingMode",
    "PhysicalMemory",
    "Pte",
    "PteFormat",
    "RadixTable",
    "Translation",
    "Walk",
    "WalkStep",
    "binary",
]
