"""Who leaves: one reference string, one policy, step by step, with what it looks at to decide."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.figure import Figure

from ...draw import (
    DISK,
    FAULT,
    FRAME,
    INK,
    MUTED,
    PAPER,
    VIRTUAL,
    Boxes,
    Frames,
    Label,
    Labels,
    paper,
)
from ...draw import title as heading
from ...replacement import POLICIES
from ..base import Choice, Scene, Slider
from .reference_strings import FEW, NAMES, SEEDED, SHOWN, memory_of, run_of, string_of

_MOST_FRAMES, _LENGTH = 6, 20
_LEFT, _CELL, _TOP, _ROW = 0.95, 0.285, 3.3, 0.36
_MIDDLE, _RADII, _FRAME = (7.95, 2.1), (0.8, 1.02), (0.42, 0.34)


class WhoLeaves(Scene):
    """Step through a string: which page is in which frame, and who would have to leave next?"""

    size = (9.2, 4.3)
    play = "step"
    clickable = True

    def __init__(self) -> None:
        super().__init__(
            {
                "frames": Slider("frames", 2, _MOST_FRAMES, 4),
                "policy": Choice("who leaves", SHOWN, "clock"),
                "string": Choice("program", NAMES, FEW),
                "seed": Slider("another draw", 0, 9, 6),
                "step": Slider("access", 1, _LENGTH, 12),
            }
        )

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Draw anew only what is drawn, and end where the string ends."""
        if changed == "seed" and values["string"] not in SEEDED:
            values["string"] = FEW
        length = len(string_of(values["string"], values["seed"]))
        return {**values, "step": min(values["step"], length)}

    def limits(self, values: Any) -> dict[str, tuple[int, int]]:
        """End the steps with the string."""
        return {"step": (1, len(string_of(values["string"], values["seed"])))}

    def build(self, figure: Figure) -> None:
        """Draw the headings; accesses, frames and the ring move."""
        sheet = paper(figure)
        self.title = heading(sheet)
        self.string = Boxes(sheet, line=0.8, edge=VIRTUAL.line)
        self.cells = Boxes(sheet, line=1.0, edge=FRAME.line)
        self.here = Boxes(sheet, line=2.4, face="none", edge=INK, zorder=4)
        self.pages = Labels(sheet, _LENGTH * (_MOST_FRAMES + 2), align="center", size=10)
        (self.crosses,) = sheet.plot(
            [], [], ls="", marker="x", ms=7, mew=2.2, color=FAULT.line, animated=True, zorder=4
        )
        self.rows = Labels(sheet, _MOST_FRAMES, size=9.5)
        still: dict[str, Any] = {"size": 9.5, "color": MUTED, "moving": False}
        Label(sheet, 0.12, _TOP + 0.17, "access", **still)
        self.faults = Label(sheet, 0.12, 0, size=9.5, color=FAULT.line)
        self.leaves = Label(sheet, 0.12, 0, "leaves", size=9.5, color=MUTED)
        self.ring = Frames(sheet, zorder=3)
        self.leaving = Boxes(sheet, line=2.4, face=DISK.fill, edge=INK, zorder=4)
        self.numbers = Labels(sheet, _MOST_FRAMES, align="center", size=11, weight="bold")
        self.notes = Labels(sheet, _MOST_FRAMES + 2, align="center", size=9)
        (self.hand,) = sheet.plot([], [], color=INK, lw=2.4, animated=True, zorder=2)
        (self.tip,) = sheet.plot(
            [], [], ls="", marker="o", ms=7, color=INK, animated=True, zorder=2
        )
        self.looks = Label(sheet, _MIDDLE[0], 3.62, size=9.5, align="center", color=MUTED)
        self.next = Label(sheet, _MIDDLE[0], 0.34, size=10.5, align="center", weight="bold")

    def update(self, *, policy: str, frames: int, string: str, seed: int, step: int) -> str:
        """Fill the grid up to the access, and show what the policy looks at."""
        pages = string_of(string, seed)
        run = run_of(string, seed, frames, policy)
        now, line = step - 1, run.timeline
        self._grid(pages, frames, step, line)
        held = [int(page) for page in line.resident[now]]
        rule, memory = POLICIES[policy], memory_of(string, seed, frames, policy, step)
        notes = [rule.note(memory, n) if page >= 0 else "" for n, page in enumerate(held)]
        self.looks.text = rule.looks_at
        full = -1 not in held
        leaving = memory.would_leave() if full else None
        hand = None if line.hand is None else int(line.hand[now])
        if rule.look == "queue":
            self._queue(held, notes, int(hand or 0), leaving)
        else:
            self._ring(held, notes, hand, leaving)
        faults = int(line.fault[:step].sum())
        what = f"page {pages[now]}"
        if not line.fault[now]:
            finding = f"Access {step}, {what}: a hit; nobody has to leave"
        elif line.victim[now] < 0:
            finding = f"Access {step}, {what}: a fault; a frame is free"
        else:
            finding = f"Access {step}, {what}: a fault; page {line.victim[now]} leaves"
        self.title.text = finding
        if leaving is not None:
            who = f"page {held[leaving]} would leave next"
        else:
            who = "chance decides" if full else "a frame is still free"
        self.next.text = who[0].upper() + who[1:]
        in_all = f"{run.faults} of {len(pages)} in the whole string"
        return (
            f"{finding}. {policy} with {frames} frames has faulted {faults} "
            f"time{'s' if faults > 1 else ''} so far, {in_all}; {who}."
        )

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the access of the column that was clicked."""
        step = int((x - _LEFT) / _CELL) + 1
        length = len(string_of(values["string"], values["seed"]))
        return {"step": step} if x >= _LEFT and y < _TOP + 0.4 and step <= length else {}

    def _grid(self, pages: tuple[int, ...], frames: int, step: int, line: Any) -> None:
        self.pages.clear()
        self.rows.clear()
        top, cells, faces, crosses = _TOP - 0.12, [], [], []
        string = [(_LEFT + n * _CELL, _TOP, _CELL, 0.34) for n in range(len(pages))]
        foot = top - frames * _ROW
        for n, page in enumerate(pages):
            middle = _LEFT + (n + 0.5) * _CELL
            self.pages.put(middle, _TOP + 0.17, str(page), INK if n < step else MUTED)
            if n < step and line.fault[n]:
                crosses.append((middle, foot - 0.18))
                if line.victim[n] >= 0:
                    self.pages.put(middle, foot - 0.44, str(line.victim[n]))
        for n in range(step):
            for row, page in enumerate(line.resident[n]):
                y = top - (row + 1) * _ROW
                came = line.fault[n] and line.frame[n] == row
                cells.append((_LEFT + n * _CELL, y, _CELL, _ROW))
                faces.append(FAULT.fill if came else FRAME.fill if page >= 0 else PAPER)
                if page >= 0:
                    weight = "bold" if came else "normal"
                    self.pages.put(_LEFT + (n + 0.5) * _CELL, y + _ROW / 2, str(page), INK, weight)
        for row in range(frames):
            self.rows.put(0.12, top - (row + 0.5) * _ROW, f"frame {row}", MUTED)
        self.string.put(string, [VIRTUAL.fill if n < step else PAPER for n in range(len(pages))])
        self.cells.put(cells, faces)
        self.crosses.set_data(*zip(*crosses, strict=True) if crosses else ([], []))
        self.faults.y, self.faults.text = foot - 0.18, "fault"
        self.leaves.y = foot - 0.44
        self.here.put([(string[step - 1][0], foot, _CELL, _TOP + 0.34 - foot)])

    def _ring(
        self, held: list[int], notes: list[str], hand: int | None, leaving: int | None
    ) -> None:
        """Put the frames in a circle, with the hand that goes round."""
        frames = len(held)
        (cx, cy), (wide, high) = _MIDDLE, _FRAME
        places = []
        for n in range(frames):
            angle = math.pi / 2 - 2 * math.pi * n / frames
            x, y = cx + _RADII[0] * math.cos(angle), cy + _RADII[1] * math.sin(angle)
            places.append((x - wide / 2, y - high / 2, wide, high))
        self._frames(places, held, leaving)
        for (x, y, *_), note in zip(places, notes, strict=True):
            self.notes.put(x + wide / 2, y + high / 2 - 0.28, note)
        if hand is None:
            self.hand.set_data([], [])
            self.tip.set_data([], [])
            return
        angle = math.pi / 2 - 2 * math.pi * hand / frames
        right, up = (0.55 * radius for radius in _RADII)
        self.hand.set_data([cx, cx + right * math.cos(angle)], [cy, cy + up * math.sin(angle)])
        self.tip.set_data([cx], [cy])

    def _queue(self, held: list[int], notes: list[str], hand: int, leaving: int | None) -> None:
        """Put the pages in a queue: who is not spared leaves at the front, who is goes back."""
        self.hand.set_data([], [])
        self.tip.set_data([], [])
        (cx, _), (wide, high) = _MIDDLE, _FRAME
        order = [(hand + n) % len(held) for n in range(len(held))]
        order = [n for n in order if held[n] >= 0]
        places = [(cx - wide / 2, 3.1 - 0.46 * row, wide, high) for row in range(len(order))]
        self._frames(
            places, [held[n] for n in order], None if leaving is None else order.index(leaving)
        )
        for (x, y, *_), n in zip(places, order, strict=True):
            self.notes.put(x + wide + 0.3, y + high / 2, notes[n])
        self.notes.put(cx - 0.55, places[0][1] + high / 2, "front")
        if len(order) > 1:
            self.notes.put(cx - 0.55, places[-1][1] + high / 2, "back")

    def _frames(
        self, places: list[tuple[float, float, float, float]], held: list[int], leaving: int | None
    ) -> None:
        """Draw frames and their pages; the one whose page leaves next is grey as the disk."""
        self.numbers.clear()
        self.notes.clear()
        used = [place for place, page in zip(places, held, strict=True) if page >= 0]
        free = [place for place, page in zip(places, held, strict=True) if page < 0]
        self.ring.put(used, free)
        self.leaving.put([] if leaving is None else [places[leaving]])
        for (x, y, wide, high), page in zip(places, held, strict=True):
            if page >= 0:
                self.numbers.put(x + wide / 2, y + high / 2, str(page))
