"""One moving picture per question: built once, updated on every control, knowing no widget."""

from .address_bits import AddressBits
from .base import Address, Choice, Control, Hidden, Scene, Slider, Toggle
from .design_table import DesignTable
from .radix_walk import RadixWalk
from .table_price import TablePrice

__all__ = [
    "Address",
    "AddressBits",
    "Choice",
    "Control",
    "DesignTable",
    "Hidden",
    "RadixWalk",
    "Scene",
    "Slider",
    "TablePrice",
    "Toggle",
]
