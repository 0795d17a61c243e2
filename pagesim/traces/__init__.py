"""Which pages a program touches, in order: made up from a seed, or recorded from real programs.

A *reference string* is an array of page numbers, one for each access. The generators make one with
a single known property; `recorded` loads millions of accesses of a real program; `collapse` drops
the accesses that stay on the page of the one before, which no replacement policy can tell apart.
"""

from .generators import chase, loop, phases, sequential, strided, zipf
from .lackey import read_lackey
from .named import EXAMPLES, example, keep, named
from .perf import read_perf
from .recorded import RECORDED, PerAccess, Trace, recorded
from .runs import Runs, collapse, page_numbers
from .stored import load, save
from .trace import PageTrace, changes

__all__ = [
    "EXAMPLES",
    "RECORDED",
    "PageTrace",
    "PerAccess",
    "Runs",
    "Trace",
    "changes",
    "chase",
    "collapse",
    "example",
    "keep",
    "load",
    "loop",
    "named",
    "page_numbers",
    "phases",
    "read_lackey",
    "read_perf",
    "recorded",
    "save",
    "sequential",
    "strided",
    "zipf",
]
