"""What paging hardware expects: how addresses are cut, and what the bits of an entry mean."""

from .mode import PagingMode
from .presets import (
    ARM64_16K,
    MODES,
    SV39,
    SV48,
    TOY6,
    TOY10,
    TOY15,
    X86_32,
    X86_64,
    X86_64_LA57,
)
from .pte import Pte, PteFormat

__all__ = [
    "ARM64_16K",
    "MODES",
    "SV39",
    "SV48",
    "TOY6",
    "TOY10",
    "TOY15",
    "X86_32",
    "X86_64",
    "X86_64_LA57",
    "PagingMode",
    "Pte",
    "PteFormat",
]
