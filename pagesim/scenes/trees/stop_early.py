"""Where a walk stops: the same address through pages of 4 KiB, 2 MiB and 1 GiB."""

from __future__ import annotations

from typing import Any

from ...arch import X86_64
from ...draw import BitStrip, Column, Goal, Labels, TableWalk, Words
from ...draw.style import INK, MUTED
from ...tables import Walk
from ..base import Address, Choice, Controls, Finding, Scene, Sheet, Slider, Table
from .small_process import entries, steps_of
from .three_sizes import LEAF, START, rows_of, walk_of

_COUNT = ("no reads", "one read", "two reads", "three reads", "four reads")
_NAMES = X86_64.level_names
_LEFTS = [0.86 + level * 1.66 for level in range(5)]  # of the tables, and of what is behind them


class StopEarly(Scene):
    """Let an entry further up name the page: fewer reads, and a longer offset."""

    size = (9, 3.45)
    play = "step"
    clickable = True
    controls = Controls(
        page=Choice("page size", tuple(LEAF), "2 MiB"),
        step=Slider("step of the walk", 0, 5, 5),
        va=Address("address", X86_64.va_bits, START),
    )

    def draw(self, sheet: Sheet) -> None:
        """Make a strip of bits for each page size, and the tables."""
        self.strips = {}
        for page, leaf in LEAF.items():
            groups = (*X86_64.index_bits[: leaf + 1], X86_64.shift(leaf))
            self.strips[page] = BitStrip(sheet, 0.12, 2.54, 8.76, 0.27, groups)
        self.names = Labels(sheet, 5, align="center", weight="bold", size=10)
        self.tables = TableWalk(sheet, 2.06, 5, 4, wide=1.1)

    # -- controls ------------------------------------------------------------------------------

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """End where the walk ends."""
        last = steps_of(walk_of(values["page"], values["va"]))
        return {**values, "step": min(values["step"], last) if changed == "step" else last}

    def limits(self, values: Any) -> dict[str, tuple[int, int]]:
        """Give the range of the steps: each read, and the access itself if the walk arrives."""
        return {"step": (0, steps_of(walk_of(values["page"], values["va"])))}

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Flip a bit of the address, or let the walk stop at the table that was clicked."""
        bit = self.strips[values["page"]].bit_at(x, y)
        if bit is not None:
            return {"va": values["va"] ^ (1 << bit)}
        table = self.tables.table_at(x, y, _LEFTS[:4])
        return next(({"page": page} for page, level in LEAF.items() if level == table), {})

    # -- the picture ---------------------------------------------------------------------------

    def update(self, *, page: str, step: int, va: int) -> Finding:
        """Light what belongs to the first `step` reads."""
        walk, leaf = walk_of(page, va), LEAF[page]
        read = min(step, len(walk.steps))
        arrived = walk.pa is not None and step > read
        for size, strip in self.strips.items():
            strip.set_visible(size == page)
        self.strips[page].show(va, leaf + 1 if arrived else (read - 1 if read else None))
        self.names.clear()
        bits = X86_64.shift(leaf)
        names = (*_NAMES[: leaf + 1], f"offset, {bits} bits")
        for (left, wide), name in zip(self.strips[page].groups, names, strict=True):
            self.names.put(left + wide / 2, 2.94, name)
        columns = [_column(walk, leaf, level, read) for level in range(leaf + 1)]
        goal = _goal(walk, page, leaf, arrived)
        self.tables.put(walk, read, arrived, columns, _LEFTS[: leaf + 1], goal)
        title = _title(walk, page, leaf, read, arrived)
        way = ", ".join(f"{_NAMES[s.level]} {s.index}" for s in walk.steps[:read])
        path = f" Read {way}." if way else ""
        return Finding(
            title,
            whole=f"Address {va:#x}, step {read + arrived}: {title}.{path} {bits} bits of offset "
            f"choose a byte of the {page}.",
        )

    def tabulate(self, *, page: str, step: int, va: int) -> list[Table]:
        """List the rows that are shown of each table on the way."""
        walk, leaf = walk_of(page, va), LEAF[page]
        return [entries(walk, _NAMES, step, lambda n: rows_of(walk, leaf, n))]


def _column(walk: Walk, leaf: int, level: int, read: int) -> Column:
    if level >= len(walk.steps):
        return Column(_NAMES[level])
    below = [Words(f"read {level + 1}", INK, "bold")] if level < read else []
    if below and level == leaf < 3 and walk.steps[level].pte.present:
        below.append(Words("PS = 1: a page"))
    return Column(_NAMES[level], rows_of(walk, leaf, level), below)


def _goal(walk: Walk, page: str, leaf: int, arrived: bool) -> Goal:
    """Give the page, to stand where the tables would be that it makes superfluous."""
    byte = f"byte {walk.va % walk.page_bytes:#x}" if walk.pa is not None else ""
    below = [Words(byte), Words("the access", INK, "bold")] if arrived else [Words(byte, MUTED)]
    left = _LEFTS[leaf + 1]
    return Goal(left, f"the page: {page}", below, wide=8.88 - left)


def _title(walk: Walk, page: str, leaf: int, read: int, arrived: bool) -> str:
    if not read:
        return "CR3 names the root table; nothing is read yet"
    step = walk.steps[read - 1]
    entry = f"{_NAMES[step.level]} entry {step.index}"
    if arrived:
        return f"{_COUNT[read].capitalize()}, then a byte of the {page} page"
    if not step.pte.present:
        return f"Page fault after {_COUNT[read]}: {entry} is not present"
    if step.level == leaf:
        return f"Read {read}: {entry} names a page of {page}, frame {step.pte.pfn:#x}"
    return f"Read {read}: {entry} names the next table, in frame {step.pte.pfn:#x}"
