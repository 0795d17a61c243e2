"""One moving picture per question: built once, updated on every control, knowing no widget."""

from .address_bits import AddressBits
from .base import Address, Choice, Control, Hidden, Scene, Slider, Toggle
from .byte_machine import ByteMachine
from .design_table import DesignTable
from .granularity import Granularity
from .map_territory import MapTerritory
from .radix_walk import RadixWalk
from .table_price import TablePrice

__all__ = [
    "Address",
    "AddressBits",
    "ByteMachine",
    "Choice",
    "Control",
    "DesignTable",
    "Granularity",
    "Hidden",
    "MapTerritory",
    "RadixWalk",
    "Scene",
    "Slider",
    "TablePrice",
    "Toggle",
]
