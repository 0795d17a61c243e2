"""Pages before they are asked for: MAP_POPULATE, and what mlock(2) does first.

What can be written is written to (a private page would be copied at the first write anyway), shared
pages and what can only be read are read.

Source: Linux 6.18 mm/gup.c (`populate_vma_page_range`, `__mm_populate`).
"""

from __future__ import annotations

from ..memory import OutOfMemory
from ..mmu import Access
from .accesses import Accesses
from .vma import Vma


def fitting(area: Vma) -> Access:
    """Tell which access brings an area's pages in for good.

    >>> fitting(Vma(0, 4096, "rw")), fitting(Vma(0, 4096, "rw", "shared"))
    ('w', 'r')
    """
    return "w" if "w" in area.prot and area.kind == "private" else "r"


def populate(process: Accesses, area: Vma, access: Access) -> None:
    """Touch every page of an area; as Linux does, stop quietly where memory ends."""
    try:
        process.touch(area, access)
    except OutOfMemory:
        return
