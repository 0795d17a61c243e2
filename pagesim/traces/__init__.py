"""Which pages a program touches, in order: made up from a seed, or recorded from real programs.

A *reference string* is an array of page numbers, one for each access. The generators make one with
a single known property; `recorded` loads millions of accesses of a real program; `collapse` drops
the accesses that stay on the page of the one before, which no replacement policy can tell apart.
"""

from .generators import chase, loop, phases, sequential, strided, zipf
from .recorded import RECORDED, PerAccess, Trace, recorded
from .runs import Runs, collapse, page_numbers

__all__ = [
    "RECORDED",
    "PerAccess",
    "Runs",
    "Trace",
    "chase",
    "collapse",
    "loop",
    "page_numbers",
    "phases",
    "recorded",
    "sequential",
    "strided",
    "zipf",
]
