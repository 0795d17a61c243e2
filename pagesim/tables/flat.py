"""Tables of one level: an entry for every byte, or an entry for every page."""

from __future__ import annotations

from ..arch import PagingMode
from ..memory import PhysicalMemory
from .radix import RadixTable


class LinearTable(RadixTable):
    """One entry for every page of the address space, mapped or not.

    Parameters
    ----------
    mode : PagingMode
        A mode of one level.
    memory : PhysicalMemory
        Where the table stands, in one aligned block of frames.
    root : int, optional
        PFN of an existing table.

    Raises
    ------
    ValueError
        If the mode has more than one level.
    OutOfMemory
        If no block is large enough.

    Examples
    --------
    >>> flat = PagingMode("flat 16-bit", (4,), page_shift=12)
    >>> table = LinearTable(flat, PhysicalMemory(frames=8))
    >>> table.map(0x3000, pfn=5)
    >>> hex(table.walk(0x3ABC).pa), table.table_bytes
    ('0x5abc', 4096)
    """

    def __init__(self, mode: PagingMode, memory: PhysicalMemory, root: int | None = None) -> None:
        if mode.levels != 1:
            raise ValueError(f"{mode.name} has {mode.levels} levels; a linear table has 1")
        super().__init__(mode, memory, root)


class ByteTable(LinearTable):
    """One entry for every byte: the map that is larger than the territory.

    Parameters
    ----------
    mode : PagingMode
        A mode of one level whose page is a single byte (``page_shift=0``); a PFN then is the
        physical address of a byte.
    memory, root
        As for `LinearTable`.

    Raises
    ------
    ValueError
        If the mode's pages are larger than a byte.

    Examples
    --------
    >>> from pagesim.arch import TOY6
    >>> table = ByteTable(TOY6, PhysicalMemory(frames=128, frame_bytes=1))
    >>> table.map(5, pfn=42)
    >>> table.walk(5).pa, table.table_bytes
    (42, 64)
    """

    def __init__(self, mode: PagingMode, memory: PhysicalMemory, root: int | None = None) -> None:
        if mode.page_shift:
            raise ValueError(
                f"{mode.name} has pages of {mode.page_bytes} bytes; a byte table's have 1"
            )
        super().__init__(mode, memory, root)
