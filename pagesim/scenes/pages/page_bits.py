"""One address, two numbers: which page, and which byte of it; only the first is translated."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ...arch import PagingMode, PteFormat
from ...draw import Arrows, Bits, Boxes, Grid, Labels, Links, Marks, middle
from ...draw.style import FRAME, INK, MUTED, RULE, TABLE, VIRTUAL
from ...memory import PhysicalMemory
from ...tables import LinearTable
from ...units import power_of_two
from ..base import Address, Controls, Finding, Hidden, Scene, Sheet, Slider, Table

_VA_BITS, _PA_BITS = 32, 30
_SMALLEST, _LARGEST = 8, 22  # log2 of the page sizes
_LEFT, _STEP, _HIGH = 0.12, 8.76 / _VA_BITS, 0.32  # inches: left edge, width and height of a bit
_RIGHT = _LEFT + _VA_BITS * _STEP
_UPPER, _LOWER = 2.74, 0.86  # where the two rows of bits stand
_TOP = _RIGHT - _PA_BITS * _STEP  # left edge of the physical address
_ROW, _COLUMN, _ROWS = 0.21, 2.06, 5  # the rows shown of the table
_TABLE = 1.46  # its lower edge
_ENTRY = PteFormat(bytes=4, pfn_shift=10, pfn_bits=22, nx=None)


class PageBits(Scene):
    """Move the border between page number and offset, flip bits, and see what is translated."""

    size = (9, 4.1)
    clickable = True
    controls = Controls(
        page_shift=Slider("page size", _SMALLEST, _LARGEST, 12, power_of_two),
        va=Address("address", _VA_BITS, 0x0804_9E48),
        moved=Hidden(False),
    )

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Let the title say what is to be seen once something has been moved."""
        return {**values, "moved": True}

    def draw(self, sheet: Sheet) -> None:
        """Draw two rows of bits; between them a table, and the lines that pass by it."""
        self.virtual = Bits(sheet, _LEFT, _UPPER, _RIGHT - _LEFT, _HIGH, _VA_BITS)
        self.physical = Bits(sheet, _TOP, _LOWER, _RIGHT - _TOP, _HIGH, _PA_BITS)
        self.groups = Boxes(sheet, face="none", edge=INK, line=1.6, zorder=4)
        self.frame = Boxes(sheet, face="none", edge=FRAME.line, line=2.6, zorder=4)
        self.passing = Links(sheet, color=VIRTUAL.line, width=1.0, zorder=1)
        self.tips = Marks(sheet, "v", 4, VIRTUAL.line)
        self.ways = Arrows(sheet, width=2.2, zorder=2)
        self.slots = Boxes(sheet, edge=RULE, zorder=2)
        self.lit = Boxes(sheet, face=TABLE.fill, edge=TABLE.line, line=2.2, zorder=3)
        mono: dict[str, Any] = {"mono": True}
        self.hexes = Labels(sheet, 16, size=10, align="center", **mono)
        self.names = Labels(sheet, 4, size=10, weight="bold", align="center")
        self.rows = Labels(sheet, _ROWS, size=9, **mono)

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Flip a bit, or go to another row of the table."""
        shift, va = values["page_shift"], values["va"]
        bit, low = self.virtual.bit_at(x, y), self.physical.bit_at(x, y)
        if bit is not None or (low is not None and low < shift):
            return {"va": va ^ (1 << (low or 0 if bit is None else bit))}
        row, shown = _rows(shift).at(x, y), _shown(va >> shift, _VA_BITS - shift)
        if row is None or shown[row] is None:
            return {}
        return {"va": shown[row] << shift | va & ((1 << shift) - 1)}

    def update(self, *, page_shift: int, va: int, moved: bool) -> Finding:
        """Cut the address, look the page up, and put the offset behind its frame."""
        vpn, offset = va >> page_shift, va & ((1 << page_shift) - 1)
        pa = _translate(page_shift, vpn) << page_shift | offset
        pfn = pa >> page_shift
        self._bits(page_shift, va, pa)
        self._names(page_shift, vpn, pfn, offset)
        self._table(page_shift, vpn)
        entries = 1 << (_VA_BITS - page_shift)
        bits = _VA_BITS - page_shift
        title = f"a page number of {bits} bits, and an offset of {page_shift}"
        if moved:
            title = f"{bits} bits are translated, {page_shift} pass through untouched"
        return Finding(
            f"Pages of {power_of_two(page_shift)}: {title}",
            f"Address {va:#x} is byte {offset:#x} of page {vpn:#x}. Entry {vpn:,} of {entries:,} "
            f"names frame {pfn:#x}: physical address {pa:#x}.",
        )

    def tabulate(self, *, page_shift: int, va: int, **_: Any) -> list[Table]:
        """List the parts of both addresses, and the entries that are shown."""
        vpn, offset = va >> page_shift, va & ((1 << page_shift) - 1)
        pfn = _translate(page_shift, vpn)
        numbers = (
            ("virtual address", va, _VA_BITS),
            ("VPN", vpn, _VA_BITS - page_shift),
            ("offset", offset, page_shift),
            ("PFN", pfn, _PA_BITS - page_shift),
            ("physical address", pfn << page_shift | offset, _PA_BITS),
        )
        parts = [(name, f"{number:#x}", str(bits)) for name, number, bits in numbers]
        shown = _shown(vpn, _VA_BITS - page_shift)
        entries = [
            (f"{index:,}", f"{_translate(page_shift, index):#x}")
            for index in shown
            if index is not None
        ]
        return [
            Table("The two addresses", ("number", "value", "bits"), parts),
            Table("Entries of the table", ("entry", "names frame"), entries),
        ]

    def _bits(self, shift: int, va: int, pa: int) -> None:
        self.hexes.clear()
        self.virtual.show(va, lambda bit: TABLE if bit >= shift else VIRTUAL)
        self.physical.show(pa, lambda bit: FRAME if bit >= shift else VIRTUAL)
        for row, number, y in (
            (self.virtual, va, _UPPER + _HIGH + 0.13),
            (self.physical, pa, _LOWER - 0.13),
        ):
            for low in range(0, row.count, 4):
                x = middle(row.box(min(low + 3, row.count - 1), low))[0]
                self.hexes.put(x, y, f"{number >> low & 15:x}", MUTED)
        split, left = _split(shift), _TOP
        self.groups.put(
            [
                (_LEFT, _UPPER, split - _LEFT, _HIGH),
                (split, _UPPER, _RIGHT - split, _HIGH),
                (split, _LOWER, _RIGHT - split, _HIGH),
            ]
        )
        self.frame.put([(left, _LOWER, split - left, _HIGH)])
        tips = [(self.virtual.middle(bit), _LOWER + _HIGH + 0.05) for bit in range(shift)]
        self.passing.put([[(x, _UPPER), (x, y)] for x, y in tips])
        self.tips.put(*tips)

    def _names(self, shift: int, vpn: int, pfn: int, offset: int) -> None:
        split = _split(shift)
        self.names.clear()
        for left, end, y, text in (
            (_LEFT, split, _UPPER + _HIGH + 0.38, f"VPN {vpn:#x}"),
            (split, _RIGHT, _UPPER + _HIGH + 0.38, f"offset {offset:#x}"),
            (_TOP, split, _LOWER - 0.4, f"PFN {pfn:#x}"),
            (split, _RIGHT, _LOWER - 0.4, f"offset {offset:#x}"),
        ):
            self.names.put((left + end) / 2, y, text)

    def _table(self, shift: int, vpn: int) -> None:
        grid, shown = _rows(shift), _shown(vpn, _VA_BITS - shift)
        self.rows.clear()
        for row, index in enumerate(shown):
            text = "…" if index is None else f"{index:<12,}{_translate(shift, index):>#11x}"
            ink = INK if index == vpn else MUTED
            self.rows.put(grid.left + 0.08, grid.middle(row)[1], text, ink)
        self.slots.put(grid.boxes())
        self.lit.put([grid.box(shown.index(vpn))])
        x = grid.middle(0)[0]
        ways = [[(x, _UPPER), (x, grid.top + 0.06)], [(x, _TABLE), (x, _LOWER + _HIGH + 0.06)]]
        self.ways.put(ways, [TABLE.line, FRAME.line])


# -- the machine behind the picture --------------------------------------------------------------


@lru_cache(maxsize=3)
def _flat(shift: int) -> LinearTable:
    """Give an empty table; being given its root, it touches none of its many frames yet."""
    mode = PagingMode("flat 32-bit", (_VA_BITS - shift,), shift, _ENTRY)
    frames = max(mode.table_bytes(0) >> shift, 1)
    return LinearTable(mode, PhysicalMemory(frames, 1 << shift), root=0)


@lru_cache(maxsize=4096)
def _translate(shift: int, vpn: int) -> int:
    """Look a page up; one met for the first time is mapped to a frame far from its neighbours'."""
    table = _flat(shift)
    if table.walk(vpn << shift).pa is None:
        scattered = (vpn + 7) * 0x9E37_79B1 % (1 << 32)  # golden ratio: neighbours land far apart
        table.map(vpn << shift, pfn=scattered >> (32 - _PA_BITS + shift))
    pa = table.walk(vpn << shift).pa
    assert pa is not None
    return pa >> shift


def _shown(vpn: int, bits: int) -> list[int | None]:
    """Choose the rows to show: the entry, its neighbours, and a gap where there are more."""
    last = (1 << bits) - 1
    if vpn <= 1:
        return [0, 1, 2, 3, None]
    if vpn >= last - 1:
        return [None, last - 3, last - 2, last - 1, last]
    return [None, vpn - 1, vpn, vpn + 1, None]


def _split(bit: int) -> float:
    """Give the edge between a bit and the one below it."""
    return _RIGHT - bit * _STEP


def _rows(shift: int) -> Grid:
    """Give the rows of the table: they stand below the middle of the page number."""
    middle = _LEFT + (_VA_BITS - shift) * _STEP / 2
    return Grid(middle - _COLUMN / 2, _TABLE + _ROWS * _ROW, _COLUMN, _ROW, rows=_ROWS)
