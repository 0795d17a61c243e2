"""How far this CPU's TLB reaches: the time of a step from page to page, over more and more pages.

The steps must depend on each other, or the CPU takes them at once, and Python must not be in
between. libc's own tfind() does that: it follows a binary tree from node to node. So we lay out a
tree that is one long chain, a node on each page, and let it search for what is not there.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Mapping, Sequence

import numpy as np

from .huge_pages import check_huge_pages
from .lab import Row, Value
from .linux import HUGE_PAGE, PAGE, Unavailable, libc
from .plotted import TimedLab
from .region import Region

_PAGES = (64, 128, 256, 512, 1024, 1536, 2048, 3072, 4096, 8192, 16384)
# Nodes of a chain over few pages: every chain has so many, and so takes as much of the data cache.
_NODES = 4096
_STEPS, _ROUNDS = 32768, 15
_LINE = 64  # bytes of a cache line; a node stands at the start of one


class TlbKnee(TimedLab):
    """Time a step of a pointer chase over 64 to 16,384 pages, small and huge.

    Its `series` gives "pages", and the nanoseconds of a step with "4 KiB pages" and "2 MiB pages".
    In a virtual machine the two may bend at the same place: where the host keeps the machine's
    memory in small pages, so does the TLB, whatever the guest's own tables say.

    Examples
    --------
    >>> list(TlbKnee().prediction.predicted.values())
    ['yes']
    """

    key = "tlb_knee"
    notebook = "06"
    title = "A step from page to page, and the reach of the TLB"
    headings = ("what is timed",)
    basis = "predicted: once the TLB holds no more of the pages, each step waits for a walk"
    asked = ("over 4,096 small pages it takes over one and a half times as long as over 512",)

    def rows(self) -> Sequence[Row]:
        """State what becomes slower."""
        return (Row(self.asked, "yes"),)

    def check(self) -> None:
        """Need tfind() and huge pages to compare with."""
        check_huge_pages()
        if not hasattr(libc(), "tfind"):
            raise Unavailable("its C library has no tfind()")

    def judge(self, trace: Mapping[str, Sequence[float]]) -> Mapping[str, Value]:
        """Compare two places of a curve; at more pages the data caches have their share."""
        small = trace["4 KiB pages"]
        slower = small[_PAGES.index(4096)] > 1.5 * small[_PAGES.index(512)]
        return {self.rows()[0].name: "yes" if slower else "no"}

    def trace(self) -> Mapping[str, Sequence[float]]:
        """Time every chain; about a second."""
        return {
            "pages": _PAGES,
            "4 KiB pages": [_nanoseconds(pages, huge=False) for pages in _PAGES],
            "2 MiB pages": [_nanoseconds(pages, huge=True) for pages in _PAGES],
        }


def _nanoseconds(pages: int, huge: bool) -> float:
    """Time one step over so many pages: the best of several rounds, as other load only slows."""
    search = libc().tfind
    search.argtypes = [ctypes.c_void_p] * 3
    compare = ctypes.cast(libc().strcmp, ctypes.c_void_p)
    # every node says "a"; whoever looks for "b" must go right, from each node to the next
    here, wanted = ctypes.create_string_buffer(b"a"), ctypes.create_string_buffer(b"b")
    with Region(pages * PAGE, align=HUGE_PAGE, huge=huge) as region:
        nodes = _places(pages)
        words = np.frombuffer(memoryview(region.bytes).cast("B"), np.uint64)
        at = nodes // 8  # a node is three words: key, left, right
        words[at] = ctypes.addressof(here)
        words[at + 1] = 0
        words[at[:-1] + 2] = (region.address + nodes[1:]).astype(np.uint64)
        words[at[-1] + 2] = 0
        root = ctypes.c_void_p(region.address + int(nodes[0]))
        searches = max(_STEPS // len(nodes), 1)
        best = float("inf")
        for _ in range(_ROUNDS):
            start = time.perf_counter()
            for _ in range(searches):
                search(ctypes.addressof(wanted), ctypes.addressof(root), compare)
            best = min(best, (time.perf_counter() - start) / (searches * len(nodes)))
    return round(best * 1e9, 1)


def _places(pages: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Lay out a chain: rounds over all pages in random order, each on fresh cache lines."""
    rng = np.random.default_rng(1)
    lines = PAGE // _LINE
    rounds = min(max(_NODES // pages, 1), lines)
    # each page starts at a line of its own, or all nodes would fall into a few sets of the cache
    start = rng.integers(0, lines, pages)
    laps = [
        order * PAGE + (start[order] + lap) % lines * _LINE
        for lap in range(rounds)
        for order in [rng.permutation(pages)]
    ]
    return np.concatenate(laps).astype(np.int64)
