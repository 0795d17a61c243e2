"""A small Linux: processes with virtual memory areas, page faults, swap and replacement."""

from ..memory import OutOfMemory
from .counters import Counters, Smaps
from .decision import Found, Question, Step, Why, in_words
from .errors import SystemCallError
from .evictions import Cost, Eviction
from .kernel import Kernel
from .oom import Killed
from .outcome import AccessError, BadAddress, BusError, Oops, Outcome, SegmentationFault
from .pages import File
from .process import Process
from .swap import SwapFull
from .vma import Vma

__all__ = [
    "AccessError",
    "BadAddress",
    "BusError",
    "Cost",
    "Counters",
    "Eviction",
    "File",
    "Found",
    "Kernel",
    "Killed",
    "Oops",
    "OutOfMemory",
    "Outcome",
    "Process",
    "Question",
    "SegmentationFault",
    "Smaps",
    "Step",
    "SwapFull",
    "SystemCallError",
    "Vma",
    "Why",
    "in_words",
]
