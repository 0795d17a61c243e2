"""Where a walk stops: the same address through pages of 4 KiB, 2 MiB and 1 GiB."""

from __future__ import annotations

from typing import Any

from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from ...arch import X86_64
from ...draw import (
    FAULT,
    FRAME,
    INK,
    MUTED,
    PAPER,
    RULE,
    TABLE,
    BitStrip,
    Boxes,
    Label,
    Labels,
    paper,
    title,
)
from ...tables import Walk
from ..base import Address, Choice, Scene, Slider
from .three_sizes import LEAF, START, entry_of, last_step, rows_around, walk_of

_COUNT = ("no", "one", "two", "three", "four")
_NAMES = X86_64.level_names
_ROWS, _ROW = 5, 0.25  # rows shown of a table, and their height in inches
_TOP, _LEFT, _PITCH, _COLUMN = 2.06, 0.86, 1.66, 1.1


class StopEarly(Scene):
    """Let an entry further up name the page: fewer reads, and a longer offset."""

    size = (9, 3.45)
    play = "step"
    clickable = True

    def __init__(self) -> None:
        super().__init__(
            {
                "page": Choice("page size", tuple(LEAF), "2 MiB"),
                "step": Slider("step of the walk", 0, 5, 5),
                "va": Address("address", X86_64.va_bits, START),
            }
        )

    def build(self, figure: Figure) -> None:
        """Make a strip of bits for each page size, four tables, and the page."""
        sheet = paper(figure)
        self.title = title(sheet)
        self.strips = {}
        for page, leaf in LEAF.items():
            offset = X86_64.shift(leaf)
            groups = (*X86_64.index_bits[: leaf + 1], offset)
            self.strips[page] = BitStrip(sheet, 0.12, 2.54, 8.76, 0.27, groups)
        tables = [(_left(i), _TOP - _ROWS * _ROW, _COLUMN, _ROWS * _ROW) for i in range(4)]
        self.ghosts = Boxes(sheet, tables, zorder=1, line=0.9, linestyle="--")
        self.slots = Boxes(sheet, zorder=2, line=0.8)
        self.lit = Boxes(sheet, zorder=3, line=2.2)
        self.frame = Boxes(sheet, zorder=3, line=2.6, hatch="//")
        self.byte = Boxes(sheet, zorder=4, line=1.0, face=FRAME.line, edge=FRAME.line)
        self.links = LineCollection([], linewidths=2, animated=True, zorder=4)
        sheet.add_collection(self.links, autolim=False)
        look: dict[str, Any] = {"ls": "", "animated": True, "zorder": 5}
        (self.heads,) = sheet.plot([], [], marker=">", ms=7, color=TABLE.line, **look)
        (self.tip,) = sheet.plot([], [], marker=">", ms=7, color=FRAME.line, **look)
        (self.cross,) = sheet.plot([], [], marker="x", ms=11, mew=3, color=FAULT.line, **look)
        self.bits = Labels(sheet, 5, align="center", weight="bold", size=10)
        self.names = Labels(sheet, 5, align="center", weight="bold", size=10)
        self.indices = Labels(sheet, 4 * _ROWS, mono=True, size=9)
        self.targets = Labels(sheet, 4 * _ROWS, mono=True, size=9, align="right")
        self.notes = Labels(sheet, 12, align="center", size=9)
        Label(sheet, 0.12, _TOP - _ROW / 2, "CR3", weight="bold", size=10, moving=False)

    # -- controls ------------------------------------------------------------------------------

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """End where the walk ends."""
        last = last_step(values["page"], values["va"])
        step = last if changed in ("page", "va") else min(values["step"], last)
        return {**values, "step": step}

    def limits(self, values: Any) -> dict[str, tuple[int, int]]:
        """One step for each read, and one for the access if the walk arrives."""
        return {"step": (0, last_step(values["page"], values["va"]))}

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Flip a bit of the address, or let the walk stop at the table that was clicked."""
        bit = self.strips[values["page"]].bit_at(x, y)
        if bit is not None:
            return {"va": values["va"] ^ (1 << bit)}
        for page, level in LEAF.items():
            if _left(level) <= x <= _left(level) + _COLUMN and _TOP - 1.6 <= y <= _TOP + 0.3:
                return {"page": page}
        return {}

    # -- the picture ---------------------------------------------------------------------------

    def update(self, *, page: str, step: int, va: int) -> str:
        """Light what belongs to the first `step` reads."""
        walk, leaf = walk_of(page, va), LEAF[page]
        read = min(step, len(walk.steps))
        arrived = walk.pa is not None and step > read
        for size, strip in self.strips.items():
            strip.set_visible(size == page)
        self.strips[page].show(va, leaf + 1 if arrived else (read - 1 if read else None))
        self._name_bits(page, leaf)
        for pool in (self.names, self.indices, self.targets, self.notes):
            pool.clear()
        self._tables(walk, leaf, read)
        self._links(walk, leaf, read, arrived)
        self._page(walk, page, leaf, arrived)
        self.title.text = finding = self._finding(walk, page, leaf, read, arrived)
        way = ", ".join(f"{_NAMES[s.level]} {s.index}" for s in walk.steps[:read])
        bits = X86_64.shift(leaf)
        return (
            f"Address {va:#x}, step {read + arrived}: {finding}." + (f" Read {way}." if way else "")
            + f" {bits} bits of offset choose a byte of the {page}."
        )  # fmt: skip

    def _name_bits(self, page: str, leaf: int) -> None:
        self.bits.clear()
        groups = self.strips[page].groups
        names = (*_NAMES[: leaf + 1], f"offset, {X86_64.shift(leaf)} bits")
        for (left, wide), name in zip(groups, names, strict=True):
            self.bits.put(left + wide / 2, 2.94, name)

    def _tables(self, walk: Walk, leaf: int, read: int) -> None:
        slots, lit, hues, ghosts = [], [], [], []
        base = _TOP - _ROWS * _ROW
        for level in range(4):
            middle = _left(level) + _COLUMN / 2
            if level > leaf:
                continue  # the page itself stands there
            self.names.put(middle, _TOP + 0.17, _NAMES[level])
            if level >= len(walk.steps):
                ghosts.append((_left(level), base, _COLUMN, _ROWS * _ROW))
                self.notes.put(middle, base + _ROWS * _ROW / 2, "never read", MUTED)
                continue
            current = walk.steps[level]
            done = level < read
            if done:
                self.notes.put(middle, base - 0.2, f"read {level + 1}", INK, "bold")
            if done and level == leaf and leaf < 3 and current.pte.present:
                self.notes.put(middle, base - 0.4, "PS = 1: a page", INK)
            for row, index in enumerate(rows_around(current.index)):
                y = _TOP - (row + 1) * _ROW
                slots.append((_left(level), y, _COLUMN, _ROW))
                here = done and index == current.index
                ink = INK if here else MUTED
                text = "…" if index is None else str(index)
                self.indices.put(_left(level) + 0.07, y + _ROW / 2, text, ink)
                if index is not None:
                    pfn = entry_of(walk, leaf, level, index)
                    right = _left(level) + _COLUMN - 0.07
                    self.targets.put(right, y + _ROW / 2, "–" if pfn < 0 else f"{pfn:#x}", ink)
                if here:
                    lit.append((_left(level), y, _COLUMN, _ROW))
                    hues.append(TABLE if current.pte.present else FAULT)
        self.slots.put(slots, PAPER, RULE)
        self.ghosts.put(ghosts, PAPER, RULE)
        self.lit.put(lit, [hue.fill for hue in hues], [hue.line for hue in hues])

    def _links(self, walk: Walk, leaf: int, read: int, arrived: bool) -> None:
        """Draw an arrow into every table whose frame is known, and one to the page."""
        top = _TOP - _ROW / 2
        lines, tips = [[(0.52, top), (_left(0) - 0.05, top)]], [(_left(0) - 0.07, top)]
        self.cross.set_data([], [])
        for step in walk.steps[:read]:
            right, target = _left(step.level) + _COLUMN, _left(step.level + 1)
            y = _TOP - (rows_around(step.index).index(step.index) + 0.5) * _ROW
            if not step.pte.present:
                x = (right + target) / 2
                self.cross.set_data([x], [y])
                self.notes.put(x, y - 0.2, "fault", INK, "bold")
            elif step.level < leaf or arrived:
                turn = (right + target) / 2
                lines.append([(right, y), (turn, y), (turn, top), (target - 0.05, top)])
                tips.append((target - 0.07, top))
        self.links.set_segments(lines)
        self.links.set_color([TABLE.line] * (len(lines) - arrived) + [FRAME.line] * arrived)
        self.tip.set_data(*zip(*tips[-1:], strict=True) if arrived else ([], []))
        self.heads.set_data(*zip(*tips, strict=True))

    def _page(self, walk: Walk, page: str, leaf: int, arrived: bool) -> None:
        """Draw the page where the tables would be that it makes superfluous."""
        left, high = _left(leaf + 1), _ROWS * _ROW
        wide = 8.88 - left
        there = walk.pa is not None
        self.frame.put(
            [(left, _TOP - high, wide, high)] * there,
            FRAME.fill if arrived else PAPER, FRAME.line if arrived else RULE,
        )  # fmt: skip
        self.byte.put([])
        if walk.pa is None:
            return
        ink = INK if arrived else MUTED
        self.names.put(left + wide / 2, _TOP + 0.17, f"the page: {page}", ink)
        offset = walk.va & (walk.page_bytes - 1)
        self.notes.put(left + wide / 2, _TOP - high - 0.2, f"byte {offset:#x}", ink)
        if arrived:
            self.notes.put(left + wide / 2, _TOP - high - 0.4, "the access", INK, "bold")
            y = _TOP - 0.06 - (high - 0.12) * offset / walk.page_bytes
            self.byte.put([(left, y - 0.03, wide, 0.06)])

    def _finding(self, walk: Walk, page: str, leaf: int, read: int, arrived: bool) -> str:
        if not read:
            return "CR3 names the root table; nothing is read yet"
        step = walk.steps[read - 1]
        entry = f"{_NAMES[step.level]} entry {step.index}"
        reads = f"{_COUNT[read]} read{'s' * (read > 1)}"
        if arrived:
            return f"{reads.capitalize()}, then a byte of the {page} page"
        if not step.pte.present:
            return f"Page fault after {reads}: {entry} is not present"
        if step.level == leaf:
            return f"Read {read}: {entry} names a page of {page}, frame {step.pte.pfn:#x}"
        return f"Read {read}: {entry} names the next table, in frame {step.pte.pfn:#x}"


def _left(level: int) -> float:
    """Give the left edge of a level's table, or of the page behind it."""
    return _LEFT + level * _PITCH
