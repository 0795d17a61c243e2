"""What page tables cost: bytes of table over bytes mapped, for neighbours and for loners."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from ...arch import X86_64
from ...costs import linear_table_bytes, table_bytes, tables_for_stride
from ...draw import Point, binary_axis, curve_axes, note
from ...draw.style import INK, MUTED, TABLE
from ...units import binary, count, percent, times
from ..base import Choice, Controls, Finding, Plot, Sheet, Slider, Table

PATTERNS = {
    "contiguous": 12,
    "one page per 2 MiB": 21,
    "one page per 1 GiB": 30,
    "one page per 512 GiB": 39,
}
_LINES = ("-", "--", "-.", ":")
_MARKS = ("o", "s", "^", "D")
_MOST = 24  # log2 of the most pages shown: 64 GiB
_USER_BITS = 47  # the half of the address space that a process owns


def _pages_in_words(power: int) -> str:
    return count(1 << power, "page")


class TablePrice(Plot):
    """Slide a process from one page to millions: when does the table outgrow the data?"""

    size = (7.6, 4.2)
    controls = Controls(
        pattern=Choice("where the pages lie", tuple(PATTERNS), "contiguous"),
        pages=Slider("pages mapped", 0, _MOST, 9, words=_pages_in_words),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw the four curves, the flat table and the line where table equals data."""
        self.axes = axes = curve_axes(sheet, right=1.75)
        binary_axis(axes, "x", (12, 18, 24, 30, 36))
        binary_axis(axes, "y", (14, 20, 26, 32, 39))
        axes.set(xlim=(2.0**11.3, 2.0**36.5), ylim=(2.0**12.5, 2.0**41.5))
        axes.set(xlabel="memory mapped (4 KiB pages)", ylabel="page tables")
        axes.plot([2**12.5, 2**36.5], [2**12.5, 2**36.5], color=MUTED, lw=0.8)
        flat = linear_table_bytes(48)
        axes.plot([2**11.3, 2**36.5], [flat, flat], color=INK, lw=1.2)
        for (name, shift), line, mark in zip(PATTERNS.items(), _LINES, _MARKS, strict=True):
            powers = range(_most(shift) + 1)
            x = [4096 << power for power in powers]
            y = [_bytes(shift, power) for power in powers]
            axes.plot(x, y, line, color=TABLE.line, lw=2, marker=mark, markevery=[-1], ms=6)
            if shift > 21:  # the ends of the short curves have room on their left only
                note(axes, x[-1] * 0.75, y[-1] * 3, name, size=10, color=INK, align="right")
            else:
                note(axes, x[-1] * 1.6, y[-1], name, size=10, color=INK)
        note(axes, 2**13, flat * 2**1.1, "flat table: 512 GiB, whatever you map")
        note(axes, 2**26.6, 2**25.6, "table = data")
        self.point = Point(axes, TABLE.fill)

    def limits(self, values: Any) -> dict[str, tuple[int, int]]:
        """Give the range of the pages: what the pattern can place in half the address space."""
        return {"pages": (0, _most(PATTERNS[values["pattern"]]))}

    def update(self, *, pattern: str, pages: int) -> Finding:
        """Move the point along its curve."""
        data, tables = 4096 << pages, _bytes(PATTERNS[pattern], pages)
        self.point.put(data, tables)
        share = tables / data
        said = percent(share, 2) if share < 0.995 else times(share, "as much")
        many = sum(tables_for_stride(X86_64, 1 << pages, 1 << PATTERNS[pattern]))
        return Finding(
            f"{binary(data)} of data, {binary(tables)} of tables: {said}",
            whole=f"{_pages_in_words(pages)}, {pattern}: {binary(data)} of data need "
            f"{count(many, 'table')}, {binary(tables)}: {said}. A flat table takes 512 GiB.",
        )

    def tabulate(self, *, pages: int, **_: Any) -> list[Table]:
        """List the tables along the four curves."""
        rows = []
        for power in sorted({*range(0, _MOST + 1, 3), pages}):
            cells = (
                binary(_bytes(shift, power)) if power <= _most(shift) else "no room"
                for shift in PATTERNS.values()
            )
            rows.append((binary(4096 << power), *cells))
        caption = "Page tables; a flat table takes 512 GiB"
        return [Table(caption, ("memory mapped", *PATTERNS), rows)]

    def hit_data(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the point of a curve nearest to the click."""
        right = math.log2(x) - 12
        apart = {
            (name, power): math.hypot(right - power, math.log2(y / _bytes(shift, power)))
            for name, shift in PATTERNS.items()
            for power in range(_most(shift) + 1)
        }
        pattern, pages = min(apart, key=apart.__getitem__)
        return {"pattern": pattern, "pages": pages}


@cache
def _bytes(stride_shift: int, power: int) -> int:
    return table_bytes(X86_64, tables_for_stride(X86_64, 1 << power, 1 << stride_shift))


def _most(stride_shift: int) -> int:
    return min(_MOST, _USER_BITS - stride_shift)
