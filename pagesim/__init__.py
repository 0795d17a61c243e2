"""Page tables, TLBs and page faults: a simulator small enough to read."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .arch import (
    ARM64_4K,
    ARM64_16K,
    SV32,
    SV39,
    SV48,
    TOY6,
    TOY10,
    TOY15,
    X86_32,
    X86_64,
    X86_64_LA57,
    X86_PAE,
    PagingMode,
    Pte,
    PteFormat,
)
from .memory import OutOfMemory, PhysicalMemory
from .mmu import GeneralProtection, Mmu, PageFault, Translation
from .tables import ByteTable, LinearTable, RadixTable, Walk, WalkStep
from .tlb import Tlb
from .units import binary

if TYPE_CHECKING:
    from .explorer import bet, explore, predict_first, reveal, seen
    from .kernel import Kernel

__all__ = [
    "ARM64_4K",
    "ARM64_16K",
    "SV32",
    "SV39",
    "SV48",
    "TOY6",
    "TOY10",
    "TOY15",
    "X86_32",
    "X86_64",
    "X86_64_LA57",
    "X86_PAE",
    "ByteTable",
    "GeneralProtection",
    "Kernel",
    "LinearTable",
    "Mmu",
    "OutOfMemory",
    "PageFault",
    "PagingMode",
    "PhysicalMemory",
    "Pte",
    "PteFormat",
    "RadixTable",
    "Tlb",
    "Translation",
    "Walk",
    "WalkStep",
    "bet",
    "binary",
    "explore",
    "predict_first",
    "reveal",
    "seen",
]


_LATER = dict.fromkeys(("bet", "explore", "predict_first", "reveal", "seen"), "explorer")
_LATER["Kernel"] = "kernel"


def __getattr__(name: str) -> Any:
    """Load the kernel, and the widgets with matplotlib, only when they are asked for."""
    if name in _LATER:
        collects = gc.isenabled()
        gc.disable()  # what is loaded stays: to look for garbage among it takes a fifth of the time
        try:
            return getattr(import_module(f".{_LATER[name]}", __name__), name)
        finally:
            if collects:
                gc.enable()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
