"""What a huge page buys and what it costs, by how densely a program touches its memory."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...arch import X86_64
from ...costs import tables_for_stride
from ...draw import Bar, Bars, Boxes, Curve, Grid, Label, Links, Pixels, note
from ...draw.style import FAULT, FRAME, INK, MUTED, PAPER, TABLE, TLB
from ...machines import MACHINES
from ...units import binary, count, percent, power_of_two
from ..base import Choice, Controls, Finding, Scene, Sheet, Slider, Table

_SMALL, _HUGE = X86_64.page_sizes[:2]
_PER = _HUGE // _SMALL  # small pages in a huge one
# Machines whose second-level TLB takes both sizes in the same entries.
_TLBS = {
    name: MACHINES[name].levels[1][0].entries
    for name in ("Intel Haswell", "Intel Skylake", "Intel Golden Cove")
}
_MAP = Grid(0.2, 3.06, 0.08, 0.08, 16, 32)  # the 512 pages of a 2 MiB
_LEFT, _WIDE = 3.62, 4.1  # of the bars
_TOP, _PITCH, _BAR = 3.3, 0.8, 0.22
_HUES = (FRAME, TABLE, FAULT, TLB)
_HEADS = (
    ("RAM", "in use"),
    ("tables", "to walk"),
    ("faults at", "first touch"),
    ("TLB entries", "for all of it"),
)


def _in_pages(power: int) -> str:
    return count(1 << power, "page")


class HugeTrade(Scene):
    """Touch more or less of every 2 MiB: when do huge pages pay?"""

    size = (9, 4.1)
    clickable = True
    controls = Controls(
        touched=Slider("touched per 2 MiB", 0, 9, 6, words=_in_pages),
        size=Slider("memory mapped", 21, 36, 30, power_of_two),
        machine=Choice("TLB of", tuple(_TLBS), "Intel Skylake"),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw one 2 MiB as its 512 pages, and four pairs of bars."""
        self.map = Pixels(sheet, _MAP.outline, _MAP.columns, _MAP.rows)
        x, y, _, high = _MAP.outline
        Links(sheet, _MAP.lines(), color=PAPER, width=0.6)
        Boxes(sheet, [_MAP.outline], face="none", edge=FRAME.line, line=2.4, zorder=4)
        note(sheet, x, y + high + 0.17, "each 2 MiB", size=10, weight="bold", color=INK)
        note(sheet, x, y - 0.2, "dark: touched")
        self.bars = Bars(sheet, _LEFT, _BAR, 8, line=1.2)
        bold: dict[str, Any] = {"size": 10, "align": "right", "weight": "bold", "color": INK}
        for row, head in enumerate(_HEADS):
            for pair, name in enumerate(("4 KiB", "2 MiB")):
                note(sheet, _LEFT - 0.08, _middle(row, pair), name, align="right")
            y = (_middle(row, 0) + _middle(row, 1)) / 2
            for line, word in enumerate(head):
                note(sheet, _LEFT - 0.62, y + 0.09 - 0.18 * line, word, **bold)
        self.limit = Curve(sheet, (0, (2, 2)), width=1.4, zorder=4)
        note(sheet, _LEFT, _TOP + 0.3, "each pair to its own scale")
        self.said = Label(sheet, 0, 0.13, size=9, color=MUTED, align="center")

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Touch every 2 MiB up to the page that was clicked (in powers of two)."""
        page = _MAP.at(x, y)
        return {} if page is None else {"touched": min(page.bit_length(), 9)}

    def update(self, *, touched: int, size: int, machine: str) -> Finding:
        """Set the map and the bars."""
        pages, regions, entries = 1 << touched, 1 << size - 21, _TLBS[machine]
        small, huge = _costs(pages, regions)
        self.map.put(np.arange(_PER) < pages, (FRAME.fill, FRAME.line))
        bars, at = [], 0.0
        for row, pair in enumerate(zip(small, huge, strict=True)):
            scale = _WIDE / max(*pair, entries if row == 3 else 0)
            at = _LEFT + entries * scale  # in the last row, where the TLB's entries end
            for which, value in enumerate(pair):
                long = max(value * scale, 0.02)
                words = binary(value) if row < 2 else f"{value:,}"
                crossed = row == 3 and _LEFT + long <= at <= _LEFT + long + 0.7
                part, beyond = (long, _HUES[row].fill), at + 0.1 if crossed else 0
                bars.append(Bar(_middle(row, which), [part], words, beyond=beyond))
        self.bars.put(bars)
        self.limit.set_data([at, at], [_middle(3, 1) - 0.18, _middle(3, 0) + 0.18])
        self.said.x, self.said.text = at, f"this TLB has {entries:,}"
        covered = [min(1.0, entries / pair[3]) for pair in (small, huge)]
        reach = ["all" if share == 1 else percent(share, 2) for share in covered]
        return Finding(
            _title(pages, small, huge, entries),
            f"{binary(1 << size)} mapped, {_in_pages(touched)} in every 2 MiB. With 4 KiB pages: "
            f"{binary(small[0])} of RAM, {binary(small[1])} of tables, {count(small[2], 'fault')}; "
            f"with 2 MiB pages: {binary(huge[0])}, {binary(huge[1])}, {huge[2]:,}. The {entries:,} "
            f"TLB entries of {machine} reach {_of_it(*reach)}.",
        )

    def tabulate(self, *, touched: int, size: int, machine: str) -> list[Table]:
        """List what both sizes of pages take."""
        pairs = zip(*_costs(1 << touched, 1 << size - 21), strict=True)
        rows = [
            (" ".join(head), *(binary(value) if row < 2 else f"{value:,}" for value in pair))
            for row, (head, pair) in enumerate(zip(_HEADS, pairs, strict=True))
        ]
        caption = f"With pages of both sizes; the TLB of {machine} has {_TLBS[machine]:,} entries"
        return [Table(caption, ("what", "4 KiB pages", "2 MiB pages"), rows)]


def _costs(pages: int, regions: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Give RAM, table bytes, faults and TLB entries, with small pages and with huge ones."""
    counts = tables_for_stride(X86_64, regions, _HUGE)
    table, above = X86_64.table_bytes(0), sum(counts[:-1])
    touched = pages * regions
    return (
        (touched * _SMALL, (above + counts[-1]) * table, touched, touched),
        (regions * _HUGE, above * table, regions, regions),
    )


def _title(pages: int, small: tuple[int, ...], huge: tuple[int, ...], entries: int) -> str:
    waste = f"RAM × {_PER // pages}"
    if pages == 1:
        return f"One page of 512 touched: {waste}, and the TLB gains nothing"
    if pages == _PER:
        return "All touched: 512 times fewer faults and TLB entries, no RAM wasted"
    fits = " fits" if small[3] > entries >= huge[3] else ""
    gain = f"{pages} times fewer faults and TLB entries"
    return f"{waste} buys {gain}" + ("; now the TLB reaches all" if fits else "")


def _middle(row: int, which: int) -> float:
    """Give the height of a bar's middle."""
    return _TOP - row * _PITCH - which * (_BAR + 0.06) - _BAR / 2 + 0.12


def _of_it(small: str, huge: str) -> str:
    """Say how much is reached with small pages, and with huge ones."""
    return f"{small} of it with either" if small == huge else f"{small} of it, or {huge}"
