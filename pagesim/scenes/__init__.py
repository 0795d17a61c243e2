"""One moving picture per question: built once, updated on every control, knowing no widget."""

from .address_bits import AddressBits
from .base import Address, Choice, Control, Hidden, Scene, Slider, Toggle
from .before_paging import BeforePaging
from .byte_machine import ByteMachine
from .cliff import Cliff
from .design_table import DesignTable
from .granularity import Granularity
from .map_territory import MapTerritory
from .numa_nodes import NumaNodes
from .one_ram import OneRam
from .radix_walk import RadixWalk
from .table_price import TablePrice
from .two_programs import TwoPrograms

__all__ = [
    "Address",
    "AddressBits",
    "BeforePaging",
    "ByteMachine",
    "Choice",
    "Cliff",
    "Control",
    "DesignTable",
    "Granularity",
    "Hidden",
    "MapTerritory",
    "NumaNodes",
    "OneRam",
    "RadixWalk",
    "Scene",
    "Slider",
    "TablePrice",
    "Toggle",
    "TwoPrograms",
]
