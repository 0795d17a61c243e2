"""One walk through a tree of page tables, step by step."""

from __future__ import annotations

from typing import Any

from ...arch import PagingMode
from ...draw import BitStrip, Column, Goal, Labels, TableWalk, Words
from ...draw.style import INK, MUTED
from ...tables import Walk
from ...units import count
from ..base import Address, Controls, Finding, Hidden, Scene, Sheet, Slider, Table
from .small_process import ROWS, census, entries, follow, mode_of, shown_rows, steps_of, walk_of

_START = 0x7F3A_1C6D_5E48
_MAX_LEVELS = 5
_READS = ("", "One read", "Two reads", "Three reads", "Four reads", "Five reads")


class RadixWalk(Scene):
    """Walk the tree: the bits, the row, the arrow and the counter light up together."""

    size = (9, 4.1)
    play = "step"
    clickable = True
    controls = Controls(
        levels=Slider("levels of the tree", 1, _MAX_LEVELS, 4),
        step=Slider("step of the walk", 0, _MAX_LEVELS + 1, 5),
        va=Address("address", 57, _START),
        whole=Hidden(_START),  # the address, of which a low tree uses the lower bits
    )

    def draw(self, sheet: Sheet) -> None:
        """Make one strip of bits per number of levels, and the tables."""
        self.strips = {
            n: BitStrip(sheet, 0.12, 3.16, 8.76, 0.27, (9,) * n + (12,))
            for n in range(1, _MAX_LEVELS + 1)
        }
        self.names = Labels(sheet, _MAX_LEVELS + 1, align="center", weight="bold", size=10)
        self.tables = TableWalk(sheet, 2.66, ROWS, _MAX_LEVELS, foot=0.27)

    # -- controls ------------------------------------------------------------------------------

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Cut the address to the tree's width, and no further; end where the walk ends."""
        whole = values["va"] if changed == "va" else values["whole"]
        va = whole & ((1 << mode_of(values["levels"]).va_bits) - 1)
        last = steps_of(walk_of(values["levels"], va))
        step = min(values["step"], last) if changed == "step" else last
        return {**values, "va": va, "whole": whole, "step": step}

    def limits(self, values: Any) -> dict[str, tuple[int, int]]:
        """Give the range of the steps: each read, and the access itself if the walk arrives."""
        return {"step": (0, steps_of(walk_of(values["levels"], values["va"])))}

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Flip a bit of the address, or follow the row of a table."""
        levels, va = values["levels"], values["va"]
        bit = self.strips[levels].bit_at(x, y)
        if bit is not None:
            return {"va": va ^ (1 << bit)}
        reached = len(walk_of(levels, va).steps)
        level = self.tables.table_at(x, y, _lefts(levels)[:reached])
        if level is None:
            return {}
        row, shown = self.tables.row_at(y), shown_rows(levels, va, level)
        if not 0 <= row < len(shown) or shown[row][0] is None:
            return {}
        return {"va": follow(mode_of(levels), va, level, shown[row][0])}

    # -- the picture ---------------------------------------------------------------------------

    def update(self, *, levels: int, step: int, va: int, whole: int) -> Finding:
        """Light everything that belongs to the first `step` reads."""
        mode, walk = mode_of(levels), walk_of(levels, va)
        read = min(step, len(walk.steps))  # entries read so far
        arrived = walk.pa is not None and step > levels
        for n, strip in self.strips.items():
            strip.set_visible(n == levels)
        self.strips[levels].show(va, levels if arrived else (read - 1 if read else None))
        self.names.clear()
        groups = self.strips[levels].groups
        for (left, wide), name in zip(groups, (*mode.level_names, "offset"), strict=True):
            self.names.put(left + wide / 2, 3.56, name)
        *lefts, end = _lefts(levels)
        columns = [_column(mode, walk, read, level) for level in range(levels)]
        self.tables.put(walk, read, arrived, columns, lefts, _goal(mode, walk, arrived, end))
        title = _title(mode, walk, read, arrived)
        path = ", ".join(f"{mode.level_names[s.level]} {s.index}" for s in walk.steps[:read])
        said = f"Address {va:#x}, step {step}: {title}." + (f" Read {path}." if path else "")
        return Finding(title, whole=said)

    def tabulate(self, *, levels: int, step: int, va: int, **_: Any) -> list[Table]:
        """List the rows that are shown of each table on the way."""
        mode, walk = mode_of(levels), walk_of(levels, va)
        many = [(name, str(n)) for name, n in zip(mode.level_names, census(levels), strict=True)]
        return [
            entries(walk, mode.level_names, step, lambda n: shown_rows(levels, va, n)),
            Table("Tables of each level", ("level", "tables"), many),
        ]


def _lefts(levels: int) -> list[float]:
    """Give the left edges of the tables, and of the frame behind them."""
    pitch = min(1.7, (8.88 - 0.86) / (levels + 1))
    return [0.86 + level * pitch for level in range(levels + 1)]


def _column(mode: PagingMode, walk: Walk, read: int, level: int) -> Column:
    name, tables = mode.level_names[level], census(mode.levels)[level]
    if level >= len(walk.steps):
        return Column("", behind=tables - 1)
    many = f"1 of {tables} tables" if tables > 1 else "the only table"
    below = [Words(many, MUTED)]
    if level < read:
        below.append(Words(f"read {level + 1}", INK, "bold"))
    return Column(name, shown_rows(mode.levels, walk.va, level), below, tables - 1)


def _goal(mode: PagingMode, walk: Walk, arrived: bool, left: float) -> Goal:
    if walk.pa is None:
        return Goal(left)
    byte = f"byte {walk.va % mode.page_bytes:#x}"
    below = [Words(byte), Words("the access", INK, "bold")] if arrived else [Words(byte, MUTED)]
    return Goal(left, f"frame {walk.pa >> mode.page_shift:#x}", below)


def _title(mode: PagingMode, walk: Walk, read: int, arrived: bool) -> str:
    if read == 0:
        return "CR3 names the root table; nothing is read yet"
    if arrived:
        return f"{_READS[mode.levels]} of memory before the one you asked for"
    step = walk.steps[read - 1]
    entry = f"{mode.level_names[step.level]} entry {step.index}"
    if walk.fault is not None and read == len(walk.steps):
        return f"Page fault after {count(read, 'read')}: {entry} is not present"
    what = "the page's frame" if step.level == mode.levels - 1 else "the next table"
    return f"Read {read} of {mode.levels}: {entry} names {what}, {step.pte.pfn:#x}"
