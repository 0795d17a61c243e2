"""Many processes map one region: what is shared, and what has everybody for himself?

    4 KiB pages          each process has its own tables, down to the last level
    2 MiB, transparent   of shared memory: the last level is gone, the rest is each one's own
    2 MiB, hugetlb       the same; and where a mapping fills 1 GiB from its boundary, Linux lets
                         processes share the one table for it (x86-64, Arm64, RISC-V)

Anonymous transparent huge pages keep a table of the last level in store for each 2 MiB, in case
they must be split; those of shared memory do not. VmPTE of each process counts shared tables too.

Source: Linux 6.18 mm/hugetlb.c (`huge_pmd_share`, `vma_shareable`), mm/huge_memory.c
(`__do_huge_pmd_anonymous_page`), mm/memory.c (`do_set_pmd`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ...arch import X86_64
from ...costs import tables_for_regions
from ...draw import Bar, Bars, Boxes, Label, Links, nearest, note
from ...draw.style import FRAME, INK, MUTED, TABLE
from ...units import binary, count, times
from ..base import Choice, Controls, Finding, Scene, Sheet, Slider, Table

_KINDS = ("4 KiB", "2 MiB, transparent", "2 MiB, hugetlb")
_CLIENTS = (1, 2, 4, 8, 16, 32, 64, 100, 200, 300, 500, 1000, 1500, 2000)
_DRAWN, _LEFT, _WIDE = 12, 0.55, 7.9  # processes that are drawn; where, and how wide
_TABLES_Y, _REGION_Y = 3.35, 2.1
_BARS = (1.22, 0.9, 0.58, 0.26)
_LONG = 3.7  # of the longest bar


class Tables(NamedTuple):
    """Page tables for a region, in tables of 4 KiB: each process's own, and those of all."""

    own: int
    shared: int

    def total(self, clients: int) -> int:
        """All of them together."""
        return clients * self.own + self.shared


def tables(size: int, kind: str) -> Tables:
    """Count the tables that a region needs, mapped at a multiple of 512 GiB; the root left out.

    >>> tables(16 << 30, "4 KiB"), tables(16 << 30, "2 MiB, hugetlb")
    (Tables(own=8209, shared=0), Tables(own=1, shared=16))
    """
    _, *below = tables_for_regions(X86_64, [(0, size)])
    upper, middle, last = below
    if kind == "4 KiB":
        return Tables(upper + middle + last, 0)
    if kind == "2 MiB, hugetlb":
        whole = size >> 30  # tables of the third level that are filled
        return Tables(upper + middle - whole, whole)
    return Tables(upper + middle, 0)


class SharedTables(Scene):
    """Let more and more processes map a region, and see what it takes beside the region."""

    size = (9, 4.8)
    clickable = True
    controls = Controls(
        clients=Slider("processes", 0, len(_CLIENTS) - 1, 0, lambda n: f"{_CLIENTS[n]:,}"),
        size=Slider("the region has", 21, 38, 34, lambda n: binary(1 << n)),
        kind=Choice("pages", _KINDS, "4 KiB"),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw the region and the names of the bars; tables, links and bars move."""
        self.tables = Boxes(sheet, line=1.4, face=TABLE.fill, edge=TABLE.line, zorder=3)
        self.slots = Links(sheet, color=TABLE.line, width=0.8, zorder=4)
        self.common = Boxes(sheet, line=1.8, face=TABLE.line, edge=INK, zorder=4)
        self.links = Links(sheet, color=TABLE.line, width=1.0, zorder=2)
        box = [(_LEFT, _REGION_Y - 0.3, _WIDE, 0.3)]
        Boxes(sheet, box, moving=False, line=2.2, face=FRAME.fill, edge=FRAME.line, hatch="//")
        self.heads = Label(sheet, _LEFT, _TABLES_Y + 0.72, size=10)
        self.more = Label(sheet, _LEFT + _WIDE, _TABLES_Y + 0.72, size=10, align="right")
        self.one = Label(sheet, _LEFT + 0.02, _REGION_Y - 0.46, size=9.5)
        self.once = Label(sheet, _LEFT + _WIDE / 2 + 1.6, _REGION_Y + 0.46, size=9, color=MUTED)
        self.bars = Bars(sheet, 2.3, 0.24, 4)
        for y, name in zip(_BARS, ("the region", *_KINDS), strict=True):
            note(sheet, 2.2, y, name, align="right", size=10, color=INK)

    def update(self, *, clients: int, size: int, kind: str) -> Finding:
        """Count the tables, and draw them above the region."""
        many, region = _CLIENTS[clients], 1 << size
        found = {name: tables(region, name) for name in _KINDS}
        now = found[kind]
        self._trees(many, now)
        each, all_ = binary(now.own * 4096), binary(now.total(many) * 4096)
        self.heads.text = f"tables of {count(many, 'process', 'processes')}: {each} each"
        self.more.text = f"and {many - _DRAWN:,} more" if many > _DRAWN else ""
        self.one.text = f"one region of {binary(region)}, in memory once"
        self.once.text = f"{count(now.shared, 'table')} that all share" if now.shared else ""
        self._gauge(region, many, found, kind)
        return Finding(
            f"{count(many, 'process', 'processes')} with {binary(region)}, pages of {kind}: "
            f"{all_} of tables",
            f"Each has {count(now.own, 'table')} of its own, {each}"
            + (f", and {count(now.shared, 'table')} are shared" if now.shared else "")
            + f"; together {_against(now.total(many) * 4096, region)}. "
            + "; ".join(f"{name}: {binary(one.total(many) * 4096)}" for name, one in found.items())
            + ".",
        )

    def tabulate(self, *, clients: int, size: int, **_: Any) -> list[Table]:
        """List the tables that each kind of pages takes."""
        many, region, rows = _CLIENTS[clients], 1 << size, []
        for kind in _KINDS:
            found = tables(region, kind)
            total = found.total(many) * 4096
            own, shared = binary(found.own * 4096), binary(found.shared * 4096)
            rows.append((kind, own, shared, binary(total), _against(total, region)))
        caption = f"{binary(region)}, mapped by {count(many, 'process', 'processes')}"
        heads = ("pages", "tables of each", "shared by all", "together", "beside the region")
        return [Table(caption, heads, rows)]

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Choose the kind of pages whose bar was clicked, or so many processes."""
        place = int((x - _LEFT) / (_WIDE / _DRAWN))
        if 0 <= place < _DRAWN and _TABLES_Y <= y <= _TABLES_Y + 0.5:
            return {"clients": nearest(_CLIENTS, place + 1)}
        for middle, name in zip(_BARS[1:], _KINDS, strict=True):
            if abs(y - middle) < 0.17:
                return {"kind": name}
        return {}

    def _trees(self, many: int, now: Tables) -> None:
        """Draw the tables of each process, some only, and where they lead."""
        drawn = min(many, _DRAWN)
        pitch = _WIDE / _DRAWN
        boxes, slots, links = [], [], []
        middle = _LEFT + _WIDE / 2
        for number in range(drawn):
            x = _LEFT + pitch * number + 0.06
            wide = pitch - 0.12
            boxes.append((x, _TABLES_Y, wide, 0.5))
            slots += [
                [(x, _TABLES_Y + 0.1 * n), (x + wide, _TABLES_Y + 0.1 * n)] for n in range(1, 5)
            ]
            end = (middle, _REGION_Y + 0.6) if now.shared else (x + wide / 2, _REGION_Y)
            links.append([(x + wide / 2, _TABLES_Y), end])
        shared = [(middle - 1.5, _REGION_Y + 0.32, 3.0, 0.28)] if now.shared else []
        if now.shared:
            links.append([(middle, _REGION_Y + 0.32), (middle, _REGION_Y)])
        self.tables.put(boxes)
        self.slots.put(slots)
        self.links.put(links)
        self.common.put(shared)

    def _gauge(self, region: int, many: int, found: dict[str, Tables], kind: str) -> None:
        sizes = [one.total(many) * 4096 for one in found.values()]
        scale = _LONG / max(region, *sizes)
        bars = [Bar(_BARS[0], [(region * scale, FRAME.fill)], binary(region))]
        for y, name, size in zip(_BARS[1:], _KINDS, sizes, strict=True):
            words = f"{binary(size)}, {_against(size, region)}"
            weight = "bold" if name == kind else "normal"
            bars.append(Bar(y, [(size * scale, TABLE.fill)], words, weight=weight))
        self.bars.put(bars)


def _against(size: int, region: int) -> str:
    """Compare tables with the region that they map."""
    if size >= region:
        return times(size / region, "the region")
    share = 100 * size / region
    return f"{share:.2g} % of it" if share >= 0.01 else "under 0.01 % of it"
