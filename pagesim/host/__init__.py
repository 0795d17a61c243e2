"""The learner's own machine: counted experiments, and recorded results where it cannot count."""

from .address_space import Reservation, SameAddress, sizes
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
from .first_touch import FirstTouch
from .huge_page_times import HugePageTimes
from .huge_pages import HugePages
from .lab import Lab, Report
from .linux import PAGE, Unavailable
from .machine import Machine, machine
from .own_bytes import OwnBytes
from .page_tables import PageTableScale
from .pagemap import Frames, Presence
from .plotted import Series
from .region import Region
from .table import Table

__all__ = [
    "PAGE",
    "FirstTouch",
    "Frames",
    "HugePageTimes",
    "HugePages",
    "Lab",
    "Machine",
    "OwnBytes",
    "PageTableScale",
    "Presence",
    "Region",
    "Report",
    "Reservation",
    "SameAddress",
    "Series",
    "Table",
    "Unavailable",
    "exactly",
    "exactly_each",
    "machine",
    "major_faults",
    "major_faults_of",
    "minor_faults",
    "minor_faults_of",
    "sizes",
    "smaps",
    "status",
]
