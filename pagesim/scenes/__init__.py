"""One moving picture per question: built once, updated on every control, knowing no widget."""

from .base import Address, Choice, Control, Hidden, Scene, Slider, Toggle
from .faults.cow_shares import CowShares
from .faults.fault_decision import FaultDecision
from .faults.fault_price import FaultPrice
from .faults.program_life import ProgramLife
from .huge.huge_trade import HugeTrade
from .huge.large_copy import LargeCopy
from .huge.no_room import NoRoom
from .memory.before_paging import BeforePaging
from .memory.cliff import Cliff
from .memory.numa_nodes import NumaNodes
from .memory.one_ram import OneRam
from .memory.two_programs import TwoPrograms
from .pages.almost_empty import AlmostEmpty
from .pages.byte_machine import ByteMachine
from .pages.frame_scatter import FrameScatter
from .pages.granularity import Granularity
from .pages.map_territory import MapTerritory
from .pages.page_bits import PageBits
from .pages.pte_decoder import PteDecoder
from .pages.u_curve import UCurve
from .replacement.belady_curve import BeladyCurve
from .replacement.eviction_cost import EvictionCost
from .replacement.pager_replay import PagerReplay
from .replacement.thrashing import Thrashing
from .replacement.who_leaves import WhoLeaves
from .space.address_strip import AddressStrip
from .space.fork_exec import ForkExec
from .space.growth import Growth
from .space.own_space import OwnSpace
from .space.two_modes import TwoModes
from .tlb.bill import Bill
from .tlb.inclusion import Inclusion
from .tlb.inside_tlb import InsideTlb
from .tlb.knee import Knee
from .tlb.lru_stack import LruStack
from .tlb.miss_curve import MissCurve
from .tlb.switching import Switching
from .trees.address_bits import AddressBits
from .trees.build_tree import BuildTree
from .trees.design_table import DesignTable
from .trees.radix_walk import RadixWalk
from .trees.stop_early import StopEarly
from .trees.table_price import TablePrice

__all__ = [
    "Address",
    "AddressBits",
    "AddressStrip",
    "AlmostEmpty",
    "BeforePaging",
    "BeladyCurve",
    "Bill",
    "BuildTree",
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
