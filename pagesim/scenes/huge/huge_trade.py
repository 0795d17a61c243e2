"""What a huge page buys and what it costs, by how densely a program touches its memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from ...arch import X86_64
from ...costs import tables_for_stride
from ...draw import FAULT, FRAME, INK, MUTED, PAPER, TABLE, TLB, Boxes, Label, Labels, paper, title
from ...machines import MACHINES
from ...units import binary
from ..base import Choice, Scene, Slider

_SMALL, _HUGE = X86_64.page_sizes[:2]
_PER = _HUGE // _SMALL  # small pages in a huge one
# Machines whose second-level TLB takes both sizes in the same entries.
_TLBS = {
    name: MACHINES[name].levels[1][0].entries
    for name in ("Intel Haswell", "Intel Skylake", "Intel Golden Cove")
}
_ROWS_OF_MAP, _COLUMNS = 32, 16  # the 512 pages of a 2 MiB, as they are drawn
_MAP = (0.2, 0.5, 1.28, 2.56)  # left, bottom, width, height in inches
_LEFT, _WIDE = 3.62, 4.1  # of the bars
_TOP, _PITCH, _BAR = 3.3, 0.8, 0.22
_HUES = (FRAME, TABLE, FAULT, TLB)
_HEADS = ("RAM in use", "tables to walk", "faults at first touch", "TLB entries for all of it")
_MOST_LOG = 37  # log2 of the longest bar


class HugeTrade(Scene):
    """Touch more or less of every 2 MiB: when do huge pages pay?"""

    size = (9, 4.1)
    clickable = True

    def __init__(self) -> None:
        super().__init__(
            {
                "touched": Slider("touched per 2 MiB", 0, 9, 6, words=_in_pages),
                "size": Slider("memory mapped", 21, 36, 30, words=lambda n: binary(1 << n)),
                "machine": Choice("TLB of", tuple(_TLBS), "Intel Skylake"),
            }
        )

    def build(self, figure: Figure) -> None:
        """Draw one 2 MiB as its 512 pages, and four pairs of bars."""
        sheet = paper(figure)
        self.title = title(sheet)
        x, y, wide, high = _MAP
        self.map = sheet.imshow(
            np.ones((_ROWS_OF_MAP, _COLUMNS, 3)), extent=(x, x + wide, y, y + high),
            interpolation="nearest", animated=True, zorder=2,
        )  # fmt: skip
        width, height = self.size
        sheet.set(xlim=(0, width), ylim=(0, height), aspect="auto")
        lines = [x + i * wide / _COLUMNS for i in range(1, _COLUMNS)]
        look: dict[str, Any] = {"color": PAPER, "lw": 0.6, "animated": True, "zorder": 3}
        sheet.vlines(lines, y, y + high, **look)
        rows = [y + i * high / _ROWS_OF_MAP for i in range(1, _ROWS_OF_MAP)]
        sheet.hlines(rows, x, x + wide, **look)
        Boxes(sheet, [_MAP], face="none", edge=FRAME.line, line=2.4, zorder=4)
        Label(sheet, x, y + high + 0.17, "each 2 MiB", size=10, weight="bold", moving=False)
        Label(sheet, x, y - 0.2, "dark: touched", size=9, color=MUTED, moving=False)
        self.bars = Boxes(sheet, line=1.2, edge=INK, zorder=2)
        self.values = Labels(sheet, 8, size=10)
        for row, head in enumerate(_HEADS):
            for pair, name in enumerate(("4 KiB", "2 MiB")):
                y = _bottom(row, pair) + _BAR / 2
                Label(sheet, _LEFT - 0.08, y, name, size=9, color=MUTED, align="right",
                      moving=False)  # fmt: skip
            y = (_bottom(row, 0) + _bottom(row, 1) + _BAR) / 2
            for line, word in enumerate(_two_lines(head)):
                Label(sheet, _LEFT - 0.62, y + 0.09 - 0.18 * line, word, size=10, align="right",
                      weight="bold", moving=False)  # fmt: skip
        (self.limit,) = sheet.plot([], [], color=INK, lw=1.4, ls=(0, (2, 2)), animated=True,
                                   zorder=4)  # fmt: skip
        Label(sheet, self.size[0] - 0.12, 0.13, "each doubling: one step longer", size=9,
              color=MUTED, align="right", moving=False)  # fmt: skip
        self.said = Label(sheet, 0, 0.13, size=9, color=MUTED, align="center")

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Touch every 2 MiB up to the page that was clicked (in powers of two)."""
        left, bottom, wide, high = _MAP
        if not (left <= x < left + wide and bottom <= y < bottom + high):
            return {}
        row = int((bottom + high - y) / high * _ROWS_OF_MAP)
        page = row * _COLUMNS + int((x - left) / wide * _COLUMNS)
        return {"touched": page.bit_length()} if page.bit_length() <= 9 else {}

    def update(self, *, touched: int, size: int, machine: str) -> str:
        """Set the map and the bars."""
        pages, regions = 1 << touched, 1 << size - 21
        small, huge = _costs(pages, regions)
        self._fill_map(pages)
        entries = _TLBS[machine]
        boxes, faces = [], []
        self.values.clear()
        for row, pair in enumerate(zip(small, huge, strict=True)):
            for which, value in enumerate(pair):
                bottom, long = _bottom(row, which), _length(row, value)
                boxes.append((_LEFT, bottom, long, _BAR))
                faces.append(_HUES[row].fill)
                words = binary(value) if row < 2 else f"{value:,}"
                x = _LEFT + long + 0.1
                limit = _LEFT + _length(3, entries)
                if row == 3 and x - 0.1 <= limit <= x + 0.6:
                    x = limit + 0.1
                self.values.put(x, bottom + _BAR / 2, words)
        self.bars.put(boxes, faces)
        at = _LEFT + _length(3, entries)
        self.limit.set_data([at, at], [_bottom(3, 1) - 0.07, _bottom(3, 0) + _BAR + 0.07])
        self.said.x, self.said.text = at, f"this TLB has {entries:,}"
        self.title.text = finding = _finding(pages, small, huge, entries)
        covered = [_share(entries, pair[3]) for pair in (small, huge)]
        return (
            f"{finding}. {binary(1 << size)} mapped, {_in_pages(touched)} in every 2 MiB. With "
            f"4 KiB pages: {binary(small[0])} of RAM, {binary(small[1])} of tables, {small[2]:,} "
            f"faults; with 2 MiB pages: {binary(huge[0])}, {binary(huge[1])}, {huge[2]:,}. The "
            f"{entries:,} TLB entries of {machine} reach {covered[0]} of it, or {covered[1]}."
        )

    def _fill_map(self, pages: int) -> None:
        picture = np.full((_PER, 3), to_rgb(FRAME.fill))
        picture[:pages] = to_rgb(FRAME.line)
        self.map.set_data(picture.reshape(_ROWS_OF_MAP, _COLUMNS, 3))


def _costs(pages: int, regions: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """RAM, table bytes, faults and TLB entries, with small pages and with huge ones."""
    counts = tables_for_stride(X86_64, regions, _HUGE)
    table, above = X86_64.table_bytes(0), sum(counts[:-1])
    touched = pages * regions
    return (
        (touched * _SMALL, (above + counts[-1]) * table, touched, touched),
        (regions * _HUGE, above * table, regions, regions),
    )


def _finding(pages: int, small: tuple[int, ...], huge: tuple[int, ...], entries: int) -> str:
    waste = f"RAM × {_PER // pages}"
    if pages == 1:
        return f"One page of 512 touched: {waste}, and the TLB gains nothing"
    if pages == _PER:
        return "All touched: 512 times fewer faults and TLB entries, no RAM wasted"
    fits = " fits" if small[3] > entries >= huge[3] else ""
    gain = f"{pages} times fewer faults and TLB entries"
    return f"{waste} buys {gain}" + ("; now the TLB reaches all" if fits else "")


def _share(entries: int, wanted: int) -> str:
    share = 100 * min(1.0, entries / wanted)
    return "all" if share == 100 else f"{share:.2g} %"


def _length(row: int, value: int) -> float:
    """Give a bar's length: every doubling adds the same."""
    lowest = (11, 11, -1, -1)[row]
    highest = (_MOST_LOG, 29, 25, 25)[row]
    span = (np.log2(value) - lowest) / (highest - lowest)
    return float(max(span, 0.02) * _WIDE)


def _bottom(row: int, which: int) -> float:
    return _TOP - row * _PITCH - which * (_BAR + 0.06) - _BAR + 0.12


def _two_lines(head: str) -> tuple[str, str]:
    words = head.split()
    cut = -(-len(words) // 2)
    return " ".join(words[:cut]), " ".join(words[cut:])


def _in_pages(power: int) -> str:
    return "1 page" if power == 0 else f"{1 << power} pages"
