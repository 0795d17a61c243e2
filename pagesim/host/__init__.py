"""The learner's own machine: counted experiments, and recorded results where it cannot count."""

from .address_space import Reservation, SameAddress, sizes
from .areas_limit import AreasLimit
from .belady import BELADY, Belady
from .child_tables import ChildTables
from .copy_on_write import CopyOnWrite
from .counters import (
    exactly,
    exactly_each,
    major_faults,
    major_faults_of,
    minor_faults,
    minor_faults_of,
    smaps,
    status,
)
from .cpu_tlbs import cpu_tlbs
from .files import FilePages
from .first_touch import FirstTouch
from .fork_writes import ForkWrites
from .group_limit import GroupLimit
from .huge_page_times import HugePageTimes
from .huge_pages import HugePages
from .lab import Lab, Report
from .linux import PAGE, Unavailable
from .maps import MapsTotals, OwnMaps, maps_by_kind, own_maps
from .own_bytes import OwnBytes
from .own_program import OwnProgram, own_times
from .own_python import OwnPython
from .page_tables import PageTableScale
from .pagemap import Frames, Presence
from .pager import PagerRun, be_the_pager
from .permissions import Permissions
from .plotted import Series
from .probe import Machine, machine
from .randomisation import Randomisation
from .record import record
from .region import Region
from .short_life import ShortLife
from .stack import StackGrowth
from .swap import SwapRoundTrip
from .table import Table
from .thread_stack import ThreadStack
from .tlb_knee import TlbKnee
from .truncated import TruncatedFile
from .watched import NotRecorded

__all__ = [
    "BELADY",
    "PAGE",
    "AreasLimit",
    "Belady",
    "ChildTables",
    "CopyOnWrite",
    "FilePages",
    "FirstTouch",
    "ForkWrites",
    "Frames",
    "GroupLimit",
    "HugePageTimes",
    "HugePages",
    "Lab",
    "Machine",
    "MapsTotals",
    "NotRecorded",
    "OwnBytes",
    "OwnMaps",
    "OwnProgram",
    "OwnPython",
    "PageTableScale",
    "PagerRun",
    "Permissions",
    "Presence",
    "Randomisation",
    "Region",
    "Report",
    "Reservation",
    "SameAddress",
    "Series",
    "ShortLife",
    "StackGrowth",
    "SwapRoundTrip",
    "Table",
    "ThreadStack",
    "TlbKnee",
    "TruncatedFile",
    "Unavailable",
    "be_the_pager",
    "cpu_tlbs",
    "exactly",
    "exactly_each",
    "machine",
    "major_faults",
    "major_faults_of",
    "maps_by_kind",
    "minor_faults",
    "minor_faults_of",
    "own_maps",
    "own_times",
    "record",
    "sizes",
    "smaps",
    "status",
]
