"""One walk through a tree of page tables, step by step."""

from __future__ import annotations

from typing import Any

from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from ...arch import PagingMode
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
from ..base import Address, Scene, Slider
from .small_process import ROWS, census, entry_of, follow, last_step, mode_of, shown_rows, walk_of

_START = 0x7F3A_1C6D_5E48
_MAX_LEVELS = 5
_ROW = 0.25  # height of a row in inches
_TOP, _COLUMN = 2.66, 1.04  # where the tables begin, and how wide they are


class RadixWalk(Scene):
    """Walk the tree: the bits, the row, the arrow and the counter light up together."""

    size = (9, 4.1)
    play = "step"
    clickable = True

    def __init__(self) -> None:
        super().__init__(
            {
                "levels": Slider("levels of the tree", 1, _MAX_LEVELS, 4),
                "step": Slider("step of the walk", 0, 5, 5),
                "va": Address("address", 57, _START),
            }
        )

    def build(self, figure: Figure) -> None:
        """Make one strip of bits per number of levels, and pools for all that moves."""
        self.sheet = sheet = paper(figure)
        self.title = title(sheet)
        self.strips = {
            n: BitStrip(sheet, 0.12, 3.16, 8.76, 0.27, (9,) * n + (12,))
            for n in range(1, _MAX_LEVELS + 1)
        }
        self.ghosts = Boxes(sheet, zorder=1, line=0.8)
        self.slots = Boxes(sheet, zorder=2, line=0.8)
        self.lit = Boxes(sheet, zorder=3, line=2.2)
        self.frame = Boxes(sheet, zorder=3, line=2.6, hatch="//")
        self.byte = Boxes(sheet, zorder=4, line=1.0, face=FRAME.line, edge=FRAME.line)
        self.links = LineCollection([], linewidths=2, animated=True, zorder=4)
        sheet.add_collection(self.links, autolim=False)
        (self.heads,) = sheet.plot(
            [], [], ls="", marker=">", ms=7, color=TABLE.line, animated=True, zorder=4
        )
        (self.tip,) = sheet.plot(
            [], [], ls="", marker=">", ms=7, color=FRAME.line, animated=True, zorder=5
        )
        (self.cross,) = sheet.plot(
            [], [], ls="", marker="x", ms=11, mew=3, color=FAULT.line, animated=True, zorder=6
        )
        self.names = Labels(sheet, 12, align="center", weight="bold", size=10)
        self.indices = Labels(sheet, _MAX_LEVELS * ROWS, mono=True, size=9)
        self.targets = Labels(sheet, _MAX_LEVELS * ROWS, mono=True, size=9, align="right")
        self.notes = Labels(sheet, 20, align="center", size=9)
        self.cr3 = Label(sheet, 0.12, _TOP - _ROW / 2, "CR3", weight="bold", size=10)

    # -- controls ------------------------------------------------------------------------------

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Cut the address to the tree's width; end where the walk ends."""
        mode = mode_of(values["levels"])
        va = values["va"] & ((1 << mode.va_bits) - 1)
        last = last_step(values["levels"], va)
        step = last if changed in ("levels", "va") else min(values["step"], last)
        return {**values, "va": va, "step": step}

    def limits(self, values: Any) -> dict[str, tuple[int, int]]:
        """One step for each read, and one for the access itself if the walk arrives."""
        return {"step": (0, last_step(values["levels"], values["va"]))}

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Flip a bit of the address, or follow the row of a table."""
        levels, va = values["levels"], values["va"]
        bit = self.strips[levels].bit_at(x, y)
        if bit is not None:
            return {"va": va ^ (1 << bit)}
        walk, mode = walk_of(levels, va), mode_of(levels)
        row = int((_TOP - y) / _ROW)
        for step in walk.steps:
            left = _left(levels, step.level)
            if left <= x <= left + _COLUMN and 0 <= row < ROWS and y <= _TOP:
                shown = shown_rows(levels, va, step.level)
                if row < len(shown) and shown[row] is not None:
                    return {"va": follow(mode, va, step.level, shown[row])}
        return {}

    # -- the picture ---------------------------------------------------------------------------

    def update(self, *, levels: int, step: int, va: int) -> str:
        """Light everything that belongs to the first `step` reads."""
        mode, walk = mode_of(levels), walk_of(levels, va)
        read = min(step, len(walk.steps))  # entries read so far
        arrived = walk.pa is not None and step > levels
        for n, strip in self.strips.items():
            strip.set_visible(n == levels)
        lit_bits = levels if arrived else (read - 1 if read else None)
        self.strips[levels].show(va, lit_bits)
        self._name_bits(mode)
        self._tables(mode, walk, read)
        self._links(mode, walk, read, arrived)
        self._frame(mode, walk, arrived)
        finding = self._finding(mode, walk, read, arrived)
        self.title.text = finding
        path = ", ".join(f"{mode.level_names[s.level]} {s.index}" for s in walk.steps[:read])
        return f"Address {va:#x}, step {step}: {finding}." + (f" Read {path}." if path else "")

    def _name_bits(self, mode: PagingMode) -> None:
        self.names.clear()
        groups = self.strips[mode.levels].groups
        for (left, wide), name in zip(groups, (*mode.level_names, "offset"), strict=True):
            self.names.put(left + wide / 2, 3.56, name)

    def _tables(self, mode: PagingMode, walk: Walk, read: int) -> None:
        slots, faces, lit, ghosts = [], [], [], []
        self.indices.clear()
        self.targets.clear()
        self.notes.clear()
        tables = census(mode.levels)
        for level in range(mode.levels):
            left = _left(mode.levels, level)
            others = tables[level] - 1
            ghosts += [
                (left + d, _TOP - ROWS * _ROW - d, _COLUMN, ROWS * _ROW)
                for d in (0.14, 0.07)[max(0, 2 - others) :]
            ]
            middle = left + _COLUMN / 2
            reached = level < len(walk.steps)
            base = _TOP - ROWS * _ROW
            many = f"1 of {tables[level]} tables" if others else "the only table"
            if not reached:
                ghosts.append((left, base, _COLUMN, ROWS * _ROW))
                self.notes.put(middle, base + ROWS * _ROW / 2, "never read", MUTED)
                continue
            self.names.put(middle, _TOP + 0.17, mode.level_names[level])
            self.notes.put(middle, base - 0.27, many, MUTED)
            done = level < read
            self.notes.put(middle, base - 0.47, f"read {level + 1}" if done else "", INK, "bold")
            current = walk.steps[level]
            for row, index in enumerate(shown_rows(mode.levels, walk.va, level)):
                y = _TOP - (row + 1) * _ROW
                slots.append((left, y, _COLUMN, _ROW))
                faces.append(PAPER)
                text = "…" if index is None else str(index)
                here = done and index == current.index
                self.indices.put(left + 0.07, y + _ROW / 2, text, INK if here else MUTED)
                if index is not None:
                    pte = entry_of(mode.levels, current.table_pfn, level, index)
                    target = f"{pte:#x}" if pte >= 0 else "–"
                    self.targets.put(
                        left + _COLUMN - 0.07, y + _ROW / 2, target, INK if here else MUTED
                    )
                if here:
                    lit.append((left, y, _COLUMN, _ROW))
        self.slots.put(slots, faces, RULE)
        self.ghosts.put(ghosts, PAPER, RULE)
        failed = walk.fault is not None and read == len(walk.steps)
        hues = [TABLE] * len(lit)
        if failed:
            hues[-1] = FAULT
        self.lit.put(lit, [hue.fill for hue in hues], [hue.line for hue in hues])

    def _links(self, mode: PagingMode, walk: Walk, read: int, arrived: bool) -> None:
        """Draw an arrow into every table whose base is known, and one to the frame."""
        lines, tips = [], []
        top = _TOP - _ROW / 2
        first = _left(mode.levels, 0)
        lines.append([(0.52, top), (first - 0.05, top)])
        tips.append((first - 0.07, top))
        known = read - (walk.fault is not None and read == len(walk.steps))
        for step in walk.steps[:known]:
            right = _left(mode.levels, step.level) + _COLUMN
            last = step.level == mode.levels - 1
            if last and not arrived:
                continue
            row = shown_rows(mode.levels, walk.va, step.level).index(step.index)
            y = _TOP - (row + 0.5) * _ROW
            target = _left(mode.levels, step.level + 1)
            turn = (right + target) / 2
            lines.append([(right, y), (turn, y), (turn, top), (target - 0.05, top)])
            tips.append((target - 0.07, top))
        hues = [TABLE.line] * len(lines)
        if arrived:
            hues[-1] = FRAME.line
        self.tip.set_data(*zip(*tips[-1:], strict=True) if arrived else ([], []))
        self.links.set_segments(lines)
        self.links.set_color(hues)
        self.heads.set_data(*zip(*tips, strict=True))

    def _frame(self, mode: PagingMode, walk: Walk, arrived: bool) -> None:
        """Draw the frame that the walk arrived in, or the cross where it could not go on."""
        failed = walk.fault is not None
        self.cross.set_data([], [])
        left = _left(mode.levels, mode.levels)
        if failed or walk.pa is None:
            self.frame.put([])
            self.byte.put([])
            last = walk.steps[-1]
            if last.level + 1 < mode.levels:
                x = _left(mode.levels, last.level + 1) - (_pitch(mode.levels) - _COLUMN) / 2
            else:
                x = left + 0.1
            row = shown_rows(mode.levels, walk.va, last.level).index(last.index)
            y = _TOP - (row + 0.5) * _ROW
            self.cross.set_data([x], [y])
            self.notes.put(x, y - 0.2, "fault", INK, "bold")
            return
        height = ROWS * _ROW
        offset = walk.va & (mode.page_bytes - 1)
        mark = _TOP - 0.28 - (height - 0.4) * offset / mode.page_bytes
        box = (left, _TOP - height, _COLUMN, height)
        if arrived:
            self.frame.put([box], FRAME.fill, FRAME.line)
        else:
            self.frame.put([box], PAPER, RULE)
        self.byte.put([(left, mark - 0.03, _COLUMN, 0.06)] if arrived else [])
        middle = left + _COLUMN / 2
        ink = INK if arrived else MUTED
        pfn = walk.pa >> mode.page_shift
        self.names.put(middle, _TOP + 0.17, f"frame {pfn:#x}", ink)
        self.notes.put(middle, _TOP - height - 0.27, f"byte {offset:#x}", ink)
        self.notes.put(middle, _TOP - height - 0.47, "the access" if arrived else "", INK, "bold")

    def _finding(self, mode: PagingMode, walk: Walk, read: int, arrived: bool) -> str:
        if read == 0:
            return "CR3 names the root table; nothing is read yet"
        step = walk.steps[read - 1]
        name = mode.level_names[step.level]
        if arrived:
            words = ("", "One read", "Two reads", "Three reads", "Four reads", "Five reads")
            return f"{words[mode.levels]} of memory before the one you asked for"
        if walk.fault is not None and read == len(walk.steps):
            reads = "1 read" if read == 1 else f"{read} reads"
            return f"Page fault after {reads}: {name} entry {step.index} is not present"
        what = "the page's frame" if step.level == mode.levels - 1 else "the next table"
        entry = f"{name} entry {step.index}"
        return f"Read {read} of {mode.levels}: {entry} names {what}, {step.pte.pfn:#x}"


def _pitch(levels: int) -> float:
    return min(1.7, (8.88 - 0.86) / (levels + 1))


def _left(levels: int, level: int) -> float:
    """Give the left edge of a level's table (of the frame, for ``level == levels``)."""
    return 0.86 + level * _pitch(levels)
