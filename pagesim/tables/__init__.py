"""Page tables, stored in simulated memory: byte by byte, page by page, or as a tree."""

from .flat import ByteTable, LinearTable
from .radix import RadixTable
from .walk import NOT_CANONICAL, NOT_PRESENT, RESERVED, Table, Walk, WalkFault, WalkStep

__all__ = [
    "NOT_CANONICAL",
    "NOT_PRESENT",
    "RESERVED",
    "ByteTable",
    "LinearTable",
    "RadixTable",
    "Table",
    "Walk",
    "WalkFault",
    "WalkStep",
]
