"""One address, two numbers: which page, and which byte of it; only the first is translated."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from ...arch import PagingMode, PteFormat
from ...draw import FRAME, INK, MUTED, PAPER, RULE, TABLE, VIRTUAL, Boxes, Labels, paper, title
from ...memory import PhysicalMemory
from ...tables import LinearTable
from ...units import binary
from ..base import Address, Scene, Slider

_VA_BITS, _PA_BITS = 32, 30
_SMALLEST, _LARGEST = 8, 22  # log2 of the page sizes
_LEFT, _STEP, _HIGH = 0.12, 8.76 / _VA_BITS, 0.32  # inches: left edge, width and height of a bit
_UPPER, _LOWER = 2.74, 0.86  # where the two rows of bits stand
_ROW, _COLUMN, _ROWS = 0.21, 2.06, 5  # the rows shown of the table
_TABLE = 1.46  # its lower edge
_ENTRY = PteFormat(bytes=4, pfn_shift=10, pfn_bits=22, nx=None)


class PageBits(Scene):
    """Move the border between page number and offset, flip bits, and see what is translated."""

    size = (9, 4.1)
    clickable = True

    def __init__(self) -> None:
        super().__init__(
            {
                "page_shift": Slider(
                    "page size", _SMALLEST, _LARGEST, 12, words=lambda shift: binary(1 << shift)
                ),
                "va": Address("address", _VA_BITS, 0x0804_9E48),
            }
        )

    def build(self, figure: Figure) -> None:
        """Draw two rows of bits; between them a table, and the lines that pass by it."""
        sheet = paper(figure)
        self.title = title(sheet)
        rows = [(_bit_left(bit), _UPPER, _STEP, _HIGH) for bit in range(_VA_BITS)]
        self.virtual = Boxes(sheet, rows, line=0.6)
        self.physical = Boxes(
            sheet, [(x, _LOWER, w, h) for x, _, w, h in rows[:_PA_BITS]], line=0.6
        )
        self.groups = Boxes(sheet, face="none", edge=INK, line=1.6, zorder=4)
        self.frame = Boxes(sheet, face="none", edge=FRAME.line, line=2.6, zorder=4)
        self.passing = LineCollection([], colors=VIRTUAL.line, linewidths=1.0, animated=True)
        sheet.add_collection(self.passing, autolim=False)
        self.tips = sheet.plot([], [], "v", ms=4, color=VIRTUAL.line, animated=True)[0]
        self.ways = [
            sheet.plot([], [], color=hue.line, lw=2.2, marker="v", ms=8, markevery=[-1],
                       animated=True)[0]
            for hue in (TABLE, FRAME)
        ]  # fmt: skip
        self.slots = Boxes(sheet, edge=RULE, zorder=2)
        self.lit = Boxes(sheet, face=TABLE.fill, edge=TABLE.line, line=2.2, zorder=3)
        mono: dict[str, Any] = {"mono": True}
        self.digits = Labels(sheet, _VA_BITS + _PA_BITS, size=10, align="center", **mono)
        self.hexes = Labels(sheet, 16, size=10, align="center", color=MUTED, **mono)
        self.names = Labels(sheet, 4, size=10, weight="bold", align="center")
        self.rows = Labels(sheet, _ROWS, size=9, **mono)

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Flip a bit, or go to another row of the table."""
        shift, va = values["page_shift"], values["va"]
        bit = _VA_BITS - 1 - int((x - _LEFT) // _STEP)
        if 0 <= bit < _VA_BITS and (
            _UPPER <= y <= _UPPER + _HIGH or (_LOWER <= y <= _LOWER + _HIGH and bit < shift)
        ):
            return {"va": va ^ (1 << bit)}
        row = _ROWS - 1 - int((y - _TABLE) // _ROW)
        shown = _shown(va >> shift, _VA_BITS - shift)
        if abs(x - _middle(shift)) < _COLUMN / 2 and 0 <= row < _ROWS and shown[row] is not None:
            return {"va": shown[row] << shift | va & ((1 << shift) - 1)}
        return {}

    def update(self, *, page_shift: int, va: int) -> str:
        """Cut the address, look the page up, and put the offset behind its frame."""
        vpn, offset = va >> page_shift, va & ((1 << page_shift) - 1)
        pa = _translate(page_shift, vpn) << page_shift | offset
        pfn = pa >> page_shift
        self._bits(page_shift, va, pa)
        self._names(page_shift, vpn, pfn, offset)
        self._table(page_shift, vpn)
        entries = 1 << (_VA_BITS - page_shift)
        page = binary(1 << page_shift)
        finding = (
            f"Pages of {page}: {_VA_BITS - page_shift} bits are translated, {page_shift} "
            "pass through untouched"
        )
        self.title.text = finding
        return (
            f"{finding}. Address {va:#x} is byte {offset:#x} of page {vpn:#x}. Entry {vpn} of "
            f"{entries:,} names frame {pfn:#x}: physical address {pa:#x}."
        )

    def _bits(self, shift: int, va: int, pa: int) -> None:
        self.digits.clear()
        self.hexes.clear()
        for boxes, number, bits, bottom, page in (
            (self.virtual, va, _VA_BITS, _UPPER, TABLE), (self.physical, pa, _PA_BITS, _LOWER,
                                                          FRAME),
        ):  # fmt: skip
            hues = [page if bit >= shift else VIRTUAL for bit in range(bits)]
            ones = [number >> bit & 1 for bit in range(bits)]
            boxes.set_facecolor(
                [hue.fill if one else PAPER for hue, one in zip(hues, ones, strict=True)]
            )
            boxes.set_edgecolor([hue.line for hue in hues])
            for bit, one in enumerate(ones):
                self.digits.put(_bit_left(bit) + _STEP / 2, bottom + _HIGH / 2, str(one))
            side = bottom + _HIGH + 0.13 if bottom == _UPPER else bottom - 0.13
            for nibble in range(-(-bits // 4)):
                width = min(4, bits - 4 * nibble)
                middle = _bit_left(4 * nibble) + _STEP - width * _STEP / 2
                self.hexes.put(middle, side, f"{number >> 4 * nibble & 15:x}", MUTED)
        split = _bit_left(shift) + _STEP
        right = _LEFT + _VA_BITS * _STEP
        self.groups.put(
            [(_LEFT, _UPPER, split - _LEFT, _HIGH), (split, _UPPER, right - split, _HIGH),
             (split, _LOWER, right - split, _HIGH)]
        )  # fmt: skip
        left = _bit_left(_PA_BITS - 1)
        self.frame.put([(left, _LOWER, split - left, _HIGH)])
        at = [_bit_left(bit) + _STEP / 2 for bit in range(shift)]
        self.passing.set_segments([[(x, _UPPER), (x, _LOWER + _HIGH + 0.05)] for x in at])
        self.tips.set_data(at, [_LOWER + _HIGH + 0.05] * shift)

    def _names(self, shift: int, vpn: int, pfn: int, offset: int) -> None:
        split = _bit_left(shift) + _STEP
        right = _LEFT + _VA_BITS * _STEP
        self.names.clear()
        for left, end, bottom, text in (
            (_LEFT, split, _UPPER + _HIGH + 0.38, f"VPN {vpn:#x}"),
            (split, right, _UPPER + _HIGH + 0.38, f"offset {offset:#x}"),
            (_bit_left(_PA_BITS - 1), split, _LOWER - 0.4, f"PFN {pfn:#x}"),
            (split, right, _LOWER - 0.4, f"offset {offset:#x}"),
        ):
            self.names.put((left + end) / 2, bottom, text)

    def _table(self, shift: int, vpn: int) -> None:
        middle = _middle(shift)
        left, top = middle - _COLUMN / 2, _TABLE + _ROWS * _ROW
        self.rows.clear()
        slots = []
        for row, index in enumerate(_shown(vpn, _VA_BITS - shift)):
            y = top - (row + 1) * _ROW
            slots.append((left, y, _COLUMN, _ROW))
            text = "…" if index is None else f"{index:<12}{_translate(shift, index):>#11x}"
            self.rows.put(left + 0.08, y + _ROW / 2, text, INK if index == vpn else MUTED)
            if index == vpn:
                self.lit.put([slots[-1]])
        self.slots.put(slots)
        down, up = self.ways
        down.set_data([middle, middle], [_UPPER, top + 0.06])
        up.set_data([middle, middle], [_TABLE, _LOWER + _HIGH + 0.06])


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


def _bit_left(bit: int) -> float:
    return _LEFT + (_VA_BITS - 1 - bit) * _STEP


def _middle(shift: int) -> float:
    """Give where the table's column stands: below the middle of the page number."""
    return _LEFT + (_VA_BITS - shift) * _STEP / 2
