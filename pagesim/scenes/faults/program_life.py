"""A program's life, step by step: its areas, its entries, the frames, and what Linux counts."""

from __future__ import annotations

from typing import Any

from ...draw import Box, Boxes, Frames, Grid, Labels, Links, middle, note
from ...draw.style import FAULT, FRAME, INK, MUTED, PAPER, RULE, TABLE, VIRTUAL
from ...units import count
from ..base import Choice, Controls, Finding, Scene, Sheet, Slider, Table, Toggle
from .short_life import COUNTERS, FAULTS, PAGES, SHOWN, SIZES, WHO, Entry, Moment, life

_STEPS = len(life(False, False))
_TOP = 4.4
_LINES = Grid(0.12, _TOP - 0.015, 2.78, 0.245, rows=_STEPS)  # of the program
_MIDDLE, _CELL, _HIGH = 3.72, 0.6, 0.27  # of the entries
_BLOCK = 1.06
_RIGHT = 6.62
_FRAMES = Grid(_RIGHT - 0.07, _TOP - 0.05, 1.12, 0.42, 2, 6, gap_x=0.14, gap_y=0.1)
_COLUMNS = (1.5, 2.45, 3.4, 4.5, 5.6, 6.7, 7.8)  # of the counters
_PRIVATE, _SHARED = "MAP_PRIVATE", "MAP_SHARED"


class ProgramLife(Scene):
    """Step through a program: what does each step change, and what does it cost?"""

    size = (9, 5.1)
    play = "step"
    clickable = True
    controls = Controls(
        step=Slider("step", 1, _STEPS, 9),
        cached=Toggle("the file is in the page cache", False),
        kind=Choice("memory", (_PRIVATE, _SHARED), _PRIVATE),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw the headings; everything else moves."""
        heads = {0.15: "the program", _MIDDLE: "page-table entries"}
        for x, words in (heads | {_RIGHT: "frames, and who maps them"}).items():
            note(sheet, x, _TOP + 0.12, words, size=9.5, weight="bold", color=INK)
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
            note(sheet, column, 0.88, name + unit, size=9.5, align="right")
        Links(sheet, [[(0.15, 0.74), (8.85, 0.74)]], color=RULE, width=1.0, moving=False)
        self.rows = Labels(sheet, 2 * (len(COUNTERS) + 2), size=10, align="right")
        self.mark = Boxes(sheet, edge="none", line=0, zorder=1)

    def update(self, *, step: int, cached: bool, kind: str) -> Finding:
        """Show the moment after a step."""
        moments = life(cached, kind == _SHARED)
        now, before = moments[step - 1], moments[step - 2] if step > 1 else None
        self.lines.fill(
            (
                0.2,
                _LINES.middle(row)[1],
                f"{row + 1:2}  {moment.words}",
                INK if row < step else MUTED,
                "bold" if row == step - 1 else "normal",
            )
            for row, moment in enumerate(moments)
        )
        self.here.put([_LINES.box(step - 1)])
        self._entries(now, before, kind)
        self._frames(now)
        self._counters(now, before)
        says = "; ".join(
            f"{who} {counts['minflt']} minor, {counts['majflt']} major, RSS {counts['VmRSS']} kB, "
            f"Pss {counts['Pss']} kB"
            for who, counts in now.counters.items()
        )
        taken = sum(bool(owners) for owners in now.frames.values())
        title = f"{now.words}: {now.result}"
        whole = f"Step {step} of {_STEPS}. {title}. {says}. {count(taken, 'frame')}."
        return Finding(title, whole=whole)

    def tabulate(self, *, step: int, cached: bool, kind: str) -> list[Table]:
        """List counters and entries of both processes, and the frames."""
        now = life(cached, kind == _SHARED)[step - 1]
        people = list(now.counters)
        rows = [("areas", *(str(now.areas[who]) for who in people))]
        for name in COUNTERS:
            unit = " kB" if name in SIZES else ""
            rows.append((name, *(f"{now.counters[who][name]}{unit}" for who in people)))
        for area in SHOWN:
            for page in range(PAGES):
                entries = [now.entries.get((who, area)) for who in people]
                cells = (_hears(each[page]) if each else "no area" for each in entries)
                rows.append((f"{area}, page {page}", *cells))
        frames = [
            (str(number), " and ".join(owners) or "nobody") for number, owners in now.frames.items()
        ]
        found = [Table(f"After step {step}: {now.words}", ("what", *people), rows)]
        return found + [Table("Frames", ("frame", "mapped by"), frames)] * bool(frames)

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the step whose line was clicked."""
        row = _LINES.at(x, y)
        return {} if row is None else {"step": row + 1}

    def _entries(self, now: Moment, before: Moment | None, kind: str) -> None:
        boxes, faces, lit = list[Box](), list[str](), list[Box]()
        self.texts.clear()
        self.names.clear()
        heads = (f"memory, rw, {kind}", "file, r, MAP_SHARED", "stack: its lowest pages")
        for block, (area, head) in enumerate(zip(SHOWN, heads, strict=True)):
            top = _TOP - 0.2 - block * _BLOCK
            self.names.put(_MIDDLE, top, head, MUTED)
            for row, who in enumerate(WHO):
                if (who, area) not in now.entries:
                    continue
                cells = Grid(_MIDDLE, top - 0.15 - 0.34 * row, _CELL, _HIGH, PAGES)
                self.names.put(_MIDDLE - 0.55, cells.middle(0)[1], who)
                was = before.entries.get((who, area)) if before else None
                for page, entry in enumerate(now.entries[who, area]):
                    if entry.frame == -2:
                        continue
                    boxes.append(cells.box(page))
                    faces.append(TABLE.fill if entry.frame > 0 else PAPER)
                    changed = was is not None and was[page] != entry
                    lit += boxes[-1:] * changed
                    weight = "bold" if changed else "normal"
                    self.texts.put(*middle(boxes[-1]), _says(entry), INK, weight)
        self.slots.put(boxes, faces)
        self.changed.put(lit)

    def _frames(self, now: Moment) -> None:
        used, free = list[Box](), list[Box]()
        self.used.clear()
        for place, (number, owners) in enumerate(now.frames.items()):
            box, both = _FRAMES.box(place), len(owners) > 1
            (used if owners else free).append(box)
            who = "both" if both else "".join(owners) or "free"
            weight = "bold" if both else "normal"
            self.used.put(box[0] + 0.1, middle(box)[1], f"{number}: {who}", INK, weight)
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


def _hears(entry: Entry) -> str:
    if entry.frame == -2:
        return "no area"
    if entry.frame == -1:
        return "empty"
    return f"{_says(entry)}" if entry.frame == 0 else f"frame {_says(entry)}"


def _says(entry: Entry) -> str:
    if entry.frame == -1:
        return "–"
    return f"zero {entry.rights}" if entry.frame == 0 else f"{entry.frame} {entry.rights}"
