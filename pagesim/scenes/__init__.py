"""One moving picture per question: built once, updated on every control, knowing no widget."""

from .address_bits import AddressBits
from .almost_empty import AlmostEmpty
from .base import Address, Choice, Control, Hidden, Scene, Slider, Toggle
from .before_paging import BeforePaging
from .belady_curve import BeladyCurve
from .bill import Bill
from .byte_machine import ByteMachine
from .cliff import Cliff
from .design_table import DesignTable
from .eviction_cost import EvictionCost
from .frame_scatter import FrameScatter
from .granularity import Granularity
from .huge_trade import HugeTrade
from .inclusion import Inclusion
from .inside_tlb import InsideTlb
from .knee import Knee
from .large_copy import LargeCopy
from .lru_stack import LruStack
from .map_territory import MapTerritory
from .miss_curve import MissCurve
from .no_room import NoRoom
from .numa_nodes import NumaNodes
from .one_ram import OneRam
from .page_bits import PageBits
from .pager_replay import PagerReplay
from .pte_decoder import PteDecoder
from .radix_walk import RadixWalk
from .stop_early import StopEarly
from .switching import Switching
from .table_price import TablePrice
from .thrashing import Thrashing
from .two_programs import TwoPrograms
from .u_curve import UCurve
from .who_leaves import WhoLeaves

__all__ = [
    "Address",
    "AddressBits",
    "AlmostEmpty",
    "BeforePaging",
    "BeladyCurve",
    "Bill",
    "ByteMachine",
    "Choice",
    "Cliff",
    "Control",
    "DesignTable",
    "EvictionCost",
    "FrameScatter",
    "Granularity",
    "Hidden",
    "HugeTrade",
    "Inclusion",
    "InsideTlb",
    "Knee",
    "LargeCopy",
    "LruStack",
    "MapTerritory",
    "MissCurve",
    "NoRoom",
    "NumaNodes",
    "OneRam",
    "PageBits",
    "PagerReplay",
    "PteDecoder",
    "RadixWalk",
    "Scene",
    "Slider",
    "StopEarly",
    "Switching",
    "TablePrice",
    "Thrashing",
    "Toggle",
    "TwoPrograms",
    "UCurve",
    "WhoLeaves",
]
