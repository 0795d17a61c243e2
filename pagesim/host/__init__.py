"""The learner's own machine: counted experiments, and recorded results where it cannot count."""

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
from .lab import Lab, Report
from .linux import PAGE, Unavailable
from .machine import Machine, machine
from .page_tables import PageTableScale
from .region import Region
from .table import Table

__all__ = [
    "PAGE",
    "Lab",
    "Machine",
    "PageTableScale",
    "Region",
    "Report",
    "Table",
    "Unavailable",
    "exactly",
    "exactly_each",
    "machine",
    "major_faults",
    "major_faults_of",
    "minor_faults",
    "minor_faults_of",
    "smaps",
    "status",
]
