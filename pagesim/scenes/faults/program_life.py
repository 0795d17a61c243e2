"""A program's life, step by step: its areas, its entries, the frames, and what Linux counts."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from ...draw import (
    FAULT,
    FRAME,
    INK,
    MUTED,
    PAPER,
    RULE,
    TABLE,
    VIRTUAL,
    Boxes,
    Frames,
    Label,
    Labels,
    paper,
    title,
)
from ...units import count
from ..base import Choice, Scene, Slider, Toggle
from .short_life import COUNTERS, FAULTS, PAGES, SHOWN, SIZES, WHO, Entry, Moment, life

_STEPS = len(life(False, False))
_TOP, _LINE = 4.4, 0.245  # of the program
_MIDDLE, _CELL, _HIGH = 3.72, 0.6, 0.27  # of the entries
_BLOCK = 1.06
_RIGHT, _FRAME = 6.62, 0.98  # of the frames
_COLUMNS = (1.5, 2.45, 3.4, 4.5, 5.6, 6.7, 7.8)  # of the counters
_PRIVATE, _SHARED = "MAP_PRIVATE", "MAP_SHARED"


class ProgramLife(Scene):
    """Step through a program: what does each step change, and what does it cost?"""

    size = (9, 5.1)
    play = "step"
    clickable = True

    def __init__(self) -> None:
        super().__init__(
            {
                "step": Slider("step", 1, _STEPS, 9),
                "cached": Toggle("the file is in the page cache", False),
                "kind": Choice("memory", (_PRIVATE, _SHARED), _PRIVATE),
            }
        )

    def build(self, figure: Figure) -> None:
        """Draw the headings; everything else moves."""
        sheet = paper(figure)
        self.title = title(sheet)
        still: dict[str, Any] = {"size": 9.5, "moving": False}
        for x, words in ((0.15, "the program"), (_MIDDLE, "page-table entries"),
                         (_RIGHT, "frames, and who maps them")):  # fmt: skip
            Label(sheet, x, _TOP + 0.12, words, weight="bold", **still)
        self.here = Boxes(sheet, face=VIRTUAL.fill, edge=VIRTUAL.line, line=1.2, zorder=2)
        self.lines = Labels(sheet, _STEPS, size=9.5)
        self.slots = Boxes(sheet, edge=TABLE.line, line=1.0, zorder=2)
        self.changed = Boxes(sheet, face="none", edge=INK, line=2.2, zorder=3)
        self.texts = Labels(sheet, 6 * PAGES, size=9, align="center")
        self.names = Labels(sheet, 9, size=9)
        self.frames = Frames(sheet)
        self.used = Labels(sheet, 12, size=9)
        for column, name in zip(_COLUMNS, ("areas", *COUNTERS), strict=True):
            unit = " kB" if name in SIZES else ""
            Label(sheet, column, 0.88, name + unit, align="right", color=MUTED, **still)
        sheet.plot([0.15, 8.85], [0.74, 0.74], color=RULE, lw=1.0)
        self.rows = Labels(sheet, 2 * (len(COUNTERS) + 2), size=10, align="right")
        self.mark = Boxes(sheet, edge="none", line=0, zorder=1)

    def update(self, *, step: int, cached: bool, kind: str) -> str:
        """Show the moment after a step."""
        moments = life(cached, kind == _SHARED)
        now, before = moments[step - 1], moments[step - 2] if step > 1 else None
        self.lines.clear()
        for row, moment in enumerate(moments):
            y = _TOP - 0.14 - _LINE * row
            current = row == step - 1
            color = INK if row < step else MUTED
            words = f"{row + 1:2}  {moment.words}"
            self.lines.put(0.2, y, words, color, "bold" if current else "normal")
        self.here.put([(0.12, _TOP - 0.26 - _LINE * (step - 1), 2.78, _LINE)])
        self._entries(now, before, kind)
        self._frames(now)
        self._counters(now, before)
        self.title.text = finding = f"{now.words}: {now.result}"
        says = "; ".join(
            f"{who} {counts['minflt']} minor, {counts['majflt']} major, RSS {counts['VmRSS']} kB, "
            f"Pss {counts['Pss']} kB"
            for who, counts in now.counters.items()
        )
        taken = sum(bool(owners) for owners in now.frames.values())
        return f"Step {step} of {_STEPS}. {finding}. {says}. {count(taken, 'frame')}."

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the step whose line was clicked."""
        row = int((_TOP - 0.02 - y) // _LINE)
        return {"step": row + 1} if x < 2.9 and 0 <= row < _STEPS else {}

    def _entries(self, now: Moment, before: Moment | None, kind: str) -> None:
        boxes, faces, lit = [], [], []
        self.texts.clear()
        self.names.clear()
        for block, area in enumerate(SHOWN):
            top = _TOP - 0.2 - block * _BLOCK
            what = {"memory": f"memory, rw, {kind}", "file": "file, r, MAP_SHARED",
                    "stack": "stack: its lowest pages"}[area]  # fmt: skip
            self.names.put(_MIDDLE, top, what, MUTED)
            for row, who in enumerate(WHO):
                y = top - 0.42 - 0.34 * row
                if (who, area) not in now.entries:
                    continue
                self.names.put(_MIDDLE - 0.55, y + _HIGH / 2, who)
                was = before.entries.get((who, area)) if before else None
                for page, entry in enumerate(now.entries[who, area]):
                    x = _MIDDLE + _CELL * page
                    if entry.frame == -2:
                        continue
                    boxes.append((x, y, _CELL, _HIGH))
                    faces.append(TABLE.fill if entry.frame > 0 else PAPER)
                    changed = was is not None and was[page] != entry
                    if changed:
                        lit.append(boxes[-1])
                    weight = "bold" if changed else "normal"
                    self.texts.put(x + _CELL / 2, y + _HIGH / 2, _says(entry), INK, weight)
        self.slots.put(boxes, faces)
        self.changed.put(lit)

    def _frames(self, now: Moment) -> None:
        used = list[tuple[float, float, float, float]]()
        free = list[tuple[float, float, float, float]]()
        self.used.clear()
        for place, (number, owners) in enumerate(now.frames.items()):
            x = _RIGHT + (_FRAME + 0.14) * (place % 2)
            y = _TOP - 0.42 - 0.42 * (place // 2)
            (used if owners else free).append((x, y, _FRAME, 0.32))
            who = "both" if len(owners) > 1 else "".join(owners) or "free"
            self.used.put(x + 0.1, y + 0.16, f"{number}: {who}", INK,
                          "bold" if len(owners) > 1 else "normal")  # fmt: skip
        self.frames.put(used, free)

    def _counters(self, now: Moment, before: Moment | None) -> None:
        self.rows.clear()
        marks, faces = [], []
        for row, (who, counts) in enumerate(now.counters.items()):
            y = 0.55 - 0.27 * row
            self.rows.put(0.75, y, who, INK, "bold")
            was = before.counters.get(who) if before else None
            self.rows.put(_COLUMNS[0], y, str(now.areas[who]))
            for column, (name, value) in zip(_COLUMNS[1:], counts.items(), strict=True):
                changed = was is not None and was[name] != value
                self.rows.put(column, y, str(value), INK, "bold" if changed else "normal")
                if changed:
                    marks.append((column - 0.42, y - 0.12, 0.48, 0.24))
                    faces.append(FAULT.fill if name in FAULTS else FRAME.fill)
        self.mark.put(marks, faces or PAPER)


def _says(entry: Entry) -> str:
    if entry.frame == -1:
        return "–"
    return f"zero {entry.rights}" if entry.frame == 0 else f"{entry.frame} {entry.rights}"
