"""One moving picture per question: built once, updated on every control, knowing no widget."""

from .address_bits import AddressBits
from .address_strip import AddressStrip
from .almost_empty import AlmostEmpty
from .base import Address, Choice, Control, Hidden, Scene, Slider, Toggle
from .before_paging import BeforePaging
from .belady_curve import BeladyCurve
from .bill import Bill
from .byte_machine import ByteMachine
from .cliff import Cliff
from .cow_shares import CowShares
from .design_table import DesignTable
from .eviction_cost import EvictionCost
from .fault_decision import FaultDecision
from .fault_price import FaultPrice
from .fork_exec import ForkExec
from .frame_scatter import FrameScatter
from .granularity import Granularity
from .growth import Growth
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
from .own_space import OwnSpace
from .page_bits import PageBits
from .pager_replay import PagerReplay
from .program_life import ProgramLife
from .pte_decoder import PteDecoder
from .radix_walk import RadixWalk
from .stop_early import StopEarly
from .switching import Switching
from .table_price import TablePrice
from .thrashing import Thrashing
from .two_modes import TwoModes
from .two_programs import TwoPrograms
from .u_curve import UCurve
from .who_leaves import WhoLeaves

__all__ = [
    "Address",
    "AddressBits",
    "AddressStrip",
    "AlmostEmpty",
    "BeforePaging",
    "BeladyCurve",
    "Bill",
    "ByteMachine",
    "Choice",
    "Cliff",
    "Control",
    "CowShares",
    "DesignTable",
    "EvictionCost",
    "FaultDecision",
    "FaultPrice",
    "ForkExec",
    "FrameScatter",
    "Granularity",
    "Growth",
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
    "OwnSpace",
    "PageBits",
    "PagerReplay",
    "ProgramLife",
    "PteDecoder",
    "RadixWalk",
    "Scene",
    "Slider",
    "StopEarly",
    "Switching",
    "TablePrice",
    "Thrashing",
    "Toggle",
    "TwoModes",
    "TwoPrograms",
    "UCurve",
    "WhoLeaves",
]
