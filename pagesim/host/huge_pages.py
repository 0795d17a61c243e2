"""Huge pages on the real machine: how many faults they save, and what memory they waste."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..arch import X86_64
from ..units import binary
from . import counters, linux
from .helper import in_helper
from .lab import Lab, Row, Value
from .linux import HUGE_PAGE, PAGE, Unavailable, require_4_kib_pages
from .region import Region

_SIZE = 64 << 20
_SHIFTED = 1 << 20  # how far the window stands off a 2 MiB boundary
_PER_HUGE = X86_64.page_sizes[1] // X86_64.page_bytes
_FAULTS, _KIB = "minor faults", "KiB"


class HugePages(Lab):
    """Count the faults and the memory of 64 MiB with pages of 4 KiB and of 2 MiB.

    Examples
    --------
    >>> HugePages().prediction.predicted["write a window that is 1 MiB off, 2 MiB pages"]
    543
    """

    key = "huge_pages"
    notebook = "05"
    title = f"Touch {binary(_SIZE)} with small and with huge pages"
    headings = ("what is done", "counted in")
    basis = "predicted: one fault a page; a huge page must lie whole, and aligned, in the mapping"
    asked = ("write a window that is 1 MiB off, 2 MiB pages",)  # bets ask for the others

    def rows(self) -> Sequence[Row]:
        """Cut the ranges into pages, and count them."""
        small, huge = X86_64.page_sizes[:2]
        start, end = _SHIFTED, _SHIFTED + _SIZE
        whole = end // huge - -(-start // huge)  # huge pages that fit between start and end
        shifted = whole + (_SIZE - whole * huge) // small
        return (
            Row(("write all, 4 KiB pages", _FAULTS), _SIZE // small),
            Row(("write all, 2 MiB pages", _FAULTS), _SIZE // huge),
            Row(("write a window that is 1 MiB off, 2 MiB pages", _FAULTS), shifted),
            Row(("one byte per 2 MiB, 4 KiB pages", _KIB), _SIZE // huge * small // 1024),
            Row(("one byte per 2 MiB, 2 MiB pages", _KIB), _SIZE // 1024),
        )

    def check(self) -> None:
        """Need a kernel that gives this process a 2 MiB page on advice."""
        check_huge_pages()

    def count(self) -> Mapping[str, Value]:
        """Write all, or one byte per 2 MiB, and look at the faults and at the memory."""
        counts: Sequence[Value] = in_helper(_count)
        return {row.name: count for row, count in zip(self.rows(), counts, strict=True)}


def _count() -> list[int]:
    every, sparse = range(_SIZE // PAGE), range(0, _SIZE // PAGE, _PER_HUGE)
    return [
        counters.exactly(lambda: _fault_all(huge=False)),
        counters.exactly(lambda: _fault_all(huge=True)),
        counters.exactly(lambda: _fault_shifted(every)),
        counters.exactly(lambda: _resident(sparse, huge=False)),
        counters.exactly(lambda: _resident(sparse, huge=True), max),
    ]


def check_huge_pages() -> None:
    """Refuse a machine that does not give this process a 2 MiB page on advice."""
    require_4_kib_pages()
    with Region(HUGE_PAGE, align=HUGE_PAGE, huge=True) as region:
        region.write((0,))
        require_huge(region, 1)


def require_huge(region: Region, pages: int) -> None:
    """Refuse a region whose huge pages the kernel did not find, or does not give."""
    if region.kib("AnonHugePages") * 1024 < pages * HUGE_PAGE:
        raise Unavailable("it gives this process no huge pages (switched off, or none free)")


def _fault_all(huge: bool) -> list[int]:
    with Region(_SIZE, align=HUGE_PAGE, huge=huge) as region:
        faults = counters.minor_faults_of(region.touches("w"))
        if huge:
            require_huge(region, _SIZE // HUGE_PAGE)
    return faults


def _fault_shifted(pages: Sequence[int]) -> list[int]:
    """Write the pages of a window that starts 1 MiB after a 2 MiB boundary."""
    with Region(_SIZE + HUGE_PAGE, align=HUGE_PAGE) as region:
        linux.advise(region.address + _SHIFTED, _SIZE, linux.MADV_HUGEPAGE)
        first = _SHIFTED // PAGE
        window = range(first, first + len(pages))
        return counters.minor_faults_of(region.touches("w", window))


def _resident(pages: Sequence[int], huge: bool) -> int:
    with Region(_SIZE, align=HUGE_PAGE, huge=huge) as region:
        region.write(pages)
        return region.kib("Rss")
