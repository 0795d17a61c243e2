"""Design your own page table: fewer reads per walk, or fewer bytes of table?"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from ...arch import PagingMode, PteFormat
from ...costs import table_bytes, tables_for_regions
from ...draw import Curve, Label, Point, binary_axis, curve_axes
from ...draw.style import DISK, MUTED, TABLE
from ...units import binary, count, power_of_two
from ..base import Choice, Controls, Finding, Plot, Sheet, Slider, Table

_VA_BITS = 48
_MIN_BITS, _MAX_BITS = 4, 18
_MiB, _GiB = 1 << 20, 1 << 30
_LIBRARY = 0x7F00_0000_0000

_PROCESSES: dict[str, tuple[tuple[int, int], ...]] = {
    "one page": ((_LIBRARY, 4096),),
    "a shell (6 MiB, 8 regions)": (
        (0x5555_5000_0000, _MiB),
        (0x5555_6000_0000, 256 << 10),
        *((_LIBRARY + i * 32 * _MiB, 896 << 10) for i in range(5)),
        (0x7FFF_F000_0000, 128 << 10),
    ),
    "a web server (300 MiB, 62 regions)": (
        (0x5555_5000_0000, 20 * _MiB),
        *((_LIBRARY + i * 64 * _MiB, 4 * _MiB + 512 * 1024) for i in range(60)),
        (0x7FFF_F000_0000, 10 * _MiB),
    ),
    "a database (16 GiB in one piece)": (
        (0x5555_5000_0000, 32 * _MiB),
        (_LIBRARY, 16 * _GiB),
        (0x7FFF_F000_0000, _MiB),
    ),
    "a sparse heap (4096 pages, one per 64 MiB)": tuple(
        (_LIBRARY - 256 * _GiB + i * 64 * _MiB, 4096) for i in range(4096)
    ),
}


class DesignTable(Plot):
    """Choose bits per level, page and entry size: reads per walk against bytes of table."""

    size = (7.6, 4.2)
    controls = Controls(
        bits=Slider("index bits per level", _MIN_BITS, _MAX_BITS, 9),
        page_shift=Slider("page size", 10, 21, 12, power_of_two),
        entry=Choice("bytes per entry", ("4", "8", "16"), "8"),
        process=Choice("process", tuple(_PROCESSES), list(_PROCESSES)[2]),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw the axes and the marks that every design shares."""
        self.axes = axes = curve_axes(sheet, right=1.35)
        axes.set(xlim=(0.4, 10.6), xlabel="memory reads per walk (levels)", ylabel="page tables")
        axes.set_xticks(range(1, 11))
        binary_axis(axes, "y", (10, 15, 20, 25, 30, 35, 40, 45))
        axes.set_ylim(2.0**7.5, 2.0**46)
        self.trail = Curve(axes, "--", TABLE.line, 1.2, marker="o", ms=6, mfc="white")
        self.data = Curve(axes, ":", DISK.line, 1.4)
        self.point = Point(axes, TABLE.fill, size=12, guides="")
        self.said = Label(axes, 0, 0, size=10, weight="bold")
        self.mapped = Label(axes, 10.7, 0, size=9, color=MUTED)
        flat = "flat: one read, an entry for every page"
        self.flat = Label(axes, 0.6, 0, flat, size=9, color=MUTED)

    def update(self, *, bits: int, page_shift: int, entry: str, process: str) -> Finding:
        """Draw the designs of this page and entry size, and light the chosen one."""
        size = int(entry)
        trail = [_design(b, page_shift, size, process) for b in range(_MIN_BITS, _MAX_BITS + 1)]
        flat = _design(_VA_BITS - page_shift, page_shift, size, process)
        levels, weight = _design(bits, page_shift, size, process)
        self.trail.set_data(*zip(*trail, flat, strict=True))
        self.point.put(levels, weight)
        data = _touched(process, page_shift)
        self.data.set_data([0.4, 10.6], [data, data])
        self.mapped.text, self.mapped.y = f"data: {binary(data)}", data
        crossed = abs(math.log2(flat[1] * 7 / data)) < 2  # by the line of the data
        self.flat.y = flat[1] * (80 if crossed else 7)
        self.said.text = f"{bits} bits"
        # beside the point, off the line of the data and left of what is written at its end
        crossed = abs(math.log2(weight * 3.6 / data)) < 1.5
        inwards = levels > 9
        self.said.x = levels - 0.22 if inwards else levels + 0.22
        self.said.align = "right" if inwards else "left"
        self.said.y = weight / 3.6 if crossed else weight * 3.6
        reads, page = count(levels, "read"), power_of_two(page_shift)
        return Finding(
            f"{bits} bits a level, {page} pages: {reads}, {binary(weight)} of tables",
            whole=f"{bits} bits per level, {page} pages, {entry}-byte entries, {process}: {reads} "
            f"per walk and {binary(weight)} of tables for {binary(data)} of memory. "
            f"Flat: 1 read and {binary(flat[1])}.",
        )

    def tabulate(self, *, page_shift: int, entry: str, process: str, **_: Any) -> list[Table]:
        """List the designs, and the flat table."""
        designs = [*range(_MIN_BITS, _MAX_BITS + 1), _VA_BITS - page_shift]
        rows = []
        for bits in designs:
            levels, weight = _design(bits, page_shift, int(entry), process)
            name = str(bits) if bits <= _MAX_BITS else "flat"
            rows.append((name, str(levels), binary(weight)))
        caption = f"Tables for {binary(_touched(process, page_shift))} of data"
        return [Table(caption, ("bits per level", "reads per walk", "tables"), rows)]

    def hit_data(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Choose the design nearest to the click."""
        rest = values["page_shift"], int(values["entry"]), values["process"]

        def distance(bits: int) -> float:
            levels, weight = _design(bits, *rest)
            return (levels - x) ** 2 + (math.log2(weight / y) / 4) ** 2

        return {"bits": min(range(_MIN_BITS, _MAX_BITS + 1), key=distance)}


@lru_cache(maxsize=4096)
def _design(bits: int, page_shift: int, entry: int, process: str) -> tuple[int, int]:
    """Give levels and table bytes; the root takes the bits that are left over."""
    vpn_bits = _VA_BITS - page_shift
    levels = -(-vpn_bits // bits)
    index_bits = (vpn_bits - (levels - 1) * bits, *[bits] * (levels - 1))
    # only the entry's size matters here; any layout of that many bytes will do
    layout = PteFormat(bytes=min(entry, 8), pfn_bits=20, nx=None)
    mode = PagingMode("design", index_bits, page_shift, layout)
    counts = tables_for_regions(mode, _PROCESSES[process])
    return levels, table_bytes(mode, counts) * entry // layout.bytes


@lru_cache(maxsize=256)
def _touched(process: str, page_shift: int) -> int:
    """Add up the process's memory in whole pages."""
    pages, done = 0, -1
    for start, length in sorted(_PROCESSES[process]):
        first, last = start >> page_shift, (start + length - 1) >> page_shift
        low = max(first, done + 1)
        pages, done = pages + max(0, last - low + 1), max(done, last)
    return pages << page_shift
