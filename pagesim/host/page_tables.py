"""Weigh the page table: what the simulator builds, and what the kernel says its own weighs."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from statistics import mode

from ..arch import X86_64
from ..memory import PhysicalMemory
from ..tables import RadixTable
from ..units import binary
from . import counters
from .lab import Lab, Row, Value
from .linux import FREE, PAGE, Unavailable, require_4_kib_pages
from .region import Region

_MODE = X86_64
# 64-bit Linux machines that cut an address of 48 bits as 9+9+9+9+12 when their pages are 4 KiB.
# (x86-64 with five levels counts the same: neither the root nor the level below it is in VmPTE.)
_MACHINES = ("x86_64", "AMD64", "aarch64", "arm64", "riscv64")


@dataclass(frozen=True)
class _Pattern:
    name: str
    pages: int
    stride: int  # bytes from one page to the next


_PATTERNS = (
    _Pattern("1 page", 1, 4 << 10),
    _Pattern("512 pages side by side", 512, 4 << 10),
    _Pattern("512 pages, one per 2 MiB", 512, 2 << 20),
    _Pattern("512 pages, one per 1 GiB", 512, 1 << 30),
    _Pattern("64 pages, one per 512 GiB", 64, 512 << 30),
    _Pattern("1 GiB side by side", 1 << 18, 4 << 10),
)


class PageTableScale(Lab):
    """Weigh the page tables that a pattern of touched pages needs, in six patterns.

    The simulator builds each pattern in a `RadixTable` and counts its tables, the root excepted
    (every process has that one already). The kernel is asked for the same pages in a free stretch
    of this process's address space, and how much `VmPTE` grew. The pages are only read: all of
    them are the one zero page, so the tables are real while the memory behind them is not used.

    Examples
    --------
    >>> scale = PageTableScale()
    >>> scale.prediction.predicted["64 pages, one per 512 GiB"]
    768
    >>> scale.measure().agrees
    True
    """

    key = "page_tables"
    notebook = "04"
    title = "What the page tables weigh"
    headings = ("touched", "pages", "PTE tables", "PMD tables", "PUD tables")
    unit = "KiB"
    basis = f"predicted by the simulator's tree, cut as {_MODE.name}: one table is 4 KiB"
    asked = ("512 pages, one per 2 MiB", "512 pages, one per 1 GiB")  # a bet asks for 1 page

    def rows(self) -> Sequence[Row]:
        """Build each pattern in the simulator and count its tables."""
        rows = []
        for pattern in _PATTERNS:
            tables = _tables(pattern)
            kib = sum(tables) * _MODE.page_bytes // 1024
            rows.append(Row((pattern.name, pattern.pages, *tables), kib))
        return rows

    def check(self) -> None:
        """Refuse machines that cut an address in another way."""
        require_4_kib_pages()
        if platform.machine() not in _MACHINES:
            raise Unavailable(f"it is a {platform.machine()}, whose tables are cut differently")
        counters.status("VmPTE")
        _free_region(max(pattern.pages * pattern.stride for pattern in _PATTERNS)).close()

    def count(self) -> Mapping[str, Value]:
        """Touch the pages for real, and see how much VmPTE grows."""
        # All of this process is in VmPTE: other threads may need a table meanwhile, or free one.
        return {
            pattern.name: counters.exactly(partial(_weigh, pattern), mode) for pattern in _PATTERNS
        }


@cache
def _tables(pattern: _Pattern) -> tuple[int, ...]:
    """Count the tables a pattern needs below the root, the last level first."""
    # The first page under each last-level table brings all the tables; its neighbours add none.
    reach = _MODE.span(_MODE.levels - 2)
    firsts = range(0, pattern.pages * pattern.stride, max(pattern.stride, reach))
    table = RadixTable(_MODE, PhysicalMemory(frames=4 * len(firsts) + 1))
    for va in firsts:
        table.map(va, pfn=0)
    found = Counter(one.level for one in table.tables())
    return tuple(found[level] for level in range(_MODE.levels - 1, 0, -1))


def _weigh(pattern: _Pattern) -> int:
    with _free_region(pattern.pages * pattern.stride) as region:
        before = counters.status("VmPTE")
        step = pattern.stride // PAGE
        region.read(range(0, pattern.pages * step, step))
        return counters.status("VmPTE") - before


def _free_region(size: int) -> Region:
    """Map a fresh, read-only region in the first stretch that is free."""
    for address in FREE:
        try:
            # Read-only memory costs nothing even where overcommitting is forbidden.
            return Region(size, at=address, prot="r")
        except FileExistsError:
            continue
    raise Unavailable(f"no {binary(size)} of its address space are free where tables start empty")
