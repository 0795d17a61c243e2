"""What paging hardware expects: how addresses are cut, and what the bits of an entry mean."""

from .address import NotCanonical
from .dialect import ARM, RISCV, X86, Dialect
from .mode import PagingMode
from .presets import (
    ARM64_4K,
    ARM64_16K,
    MODES,
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
)
from .pte import Pte, PteFormat
from .rules import EntryRules, Kind

__all__ = [
    "ARM",
    "ARM64_4K",
    "ARM64_16K",
    "MODES",
    "RISCV",
    "SV32",
    "SV39",
    "SV48",
    "TOY6",
    "TOY10",
    "TOY15",
    "X86",
    "X86_32",
    "X86_64",
    "X86_64_LA57",
    "X86_PAE",
    "Dialect",
    "EntryRules",
    "Kind",
    "NotCanonical",
    "PagingMode",
    "Pte",
    "PteFormat",
]
