"""A small Linux: processes with virtual memory areas, page faults, swap and replacement."""

from ..memory import OutOfMemory
from .counters import Counters, Smaps
from .files import File
from .kernel import Kernel
from .outcome import AccessError, BadAddress, BusError, Outcome, SegmentationFault, Step
from .process import Process
from .reclaim import Eviction
from .swap import SwapFull
from .vma import Vma

__all__ = [
    "AccessError",
    "BadAddress",
    "BusError",
    "Counters",
    "Eviction",
    "File",
    "Kernel",
    "OutOfMemory",
    "Outcome",
    "Process",
    "SegmentationFault",
    "Smaps",
    "Step",
    "SwapFull",
    "Vma",
]
