"""LRU for every size at once: hits of each associativity, miss-ratio curves, the miss stream.

One idea carries all of it: an access hits in an LRU cache of w ways exactly if its page lies among
the w used last in its set. So find out once how deep each page lies (`pagesim.reuse.peeling` tells
how, without a loop over the accesses), and every number of ways is a comparison.

- `lru_hits`: the hits of every associativity; `miss_ratio_curve`: the misses of every size.
- `Stack`: the same for one access at a time, and which accesses miss.
- `Hierarchy`: split first-level TLBs, a shared second level and walk caches.
- `keys`: address spaces and flushes as other page numbers.
"""

from .hierarchy import Counts, Hierarchy
from .keys import keys
from .peeling import NEVER
from .stack import Stack, lru_hits, miss_ratio_curve

__all__ = [
    "NEVER",
    "Counts",
    "Hierarchy",
    "Stack",
    "keys",
    "lru_hits",
    "miss_ratio_curve",
]
