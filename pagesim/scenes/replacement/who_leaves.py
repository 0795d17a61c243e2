"""Who leaves: one reference string, one policy, step by step, with what it looks at to decide."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ...draw import Accesses, Boxes, Crosses, Frames, Grid, Label, Labels, Links, Marks, note
from ...draw.boxes import Box
from ...draw.hits import around, middle
from ...draw.style import DISK, FAULT, FRAME, INK, MUTED, PAPER, VIRTUAL
from ...replacement import POLICIES, Timeline
from ...replacement.own import Decided, timeline
from ...traces import PageTrace
from ...units import count
from ..base import Choice, Controls, Finding, Scene, Sheet, Slider, Table, Values
from .reference_strings import FEW, SEEDED, SHOWN, Strings, memory_of, run_of, string_of

_MOST_FRAMES, _LENGTH = 6, 20
_TOP, _ROW = 3.3, 0.36
_STRING = Grid(0.95, _TOP + 0.34, 0.285, 0.34, _LENGTH)
_MIDDLE, _RADII, _FRAME = (7.95, 2.1), (0.8, 1.02), (0.42, 0.34)


OWN = "yours"


class WhoLeaves(Scene):
    """Step through a string: which page is in which frame, and who would have to leave next?

    Parameters
    ----------
    own : mapping, optional
        What a policy of the learner's decided, by program, draw (0 where there is none) and frames.
    trace : PageTrace or str, optional
        A program of the learner's, or its name: ten stretches of it, each from an empty memory.

    Raises
    ------
    ValueError
        If both are given: a policy has decided about the picture's own programs.
    """

    size = (9.2, 4.3)
    play = "step"
    clickable = True

    def __init__(
        self,
        own: Mapping[tuple[str, int, int], Decided] | None = None,
        trace: PageTrace | str | None = None,
    ) -> None:
        if own and trace is not None:
            raise ValueError("own and trace are both given: a policy decided about other programs")
        self.own, self.strings = own or {}, Strings(trace)
        length = _LENGTH if self.strings.own is None else len(self.strings.own.data)
        policy = Choice("who leaves", tuple(SHOWN), "CLOCK")
        if own:
            policy = Choice("who leaves", (*SHOWN, OWN), OWN)
        super().__init__(
            Controls(
                frames=Slider("frames", 2, _MOST_FRAMES, 4),
                policy=policy,
                string=self.strings.control(FEW),
                seed=Slider("another draw", 0, 9, 6),
                step=Slider("access", 1, _LENGTH, min(12, length)),
            )
        )

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Choose a program that chance draws for another draw; end where the string ends."""
        return super().settle(changed, self.strings.settle(changed, values))

    def limits(self, values: Values) -> dict[str, tuple[int, int]]:
        """Give the range of the steps: the accesses of the string."""
        return {"step": (1, len(string_of(self.strings[values["string"]], values["seed"])))}

    def draw(self, sheet: Sheet) -> None:
        """Draw the headings; accesses, frames and the ring move."""
        self.string = Accesses(sheet, _STRING, edge=VIRTUAL.line, size=10)
        self.cells = Boxes(sheet, line=1.0, edge=FRAME.line)
        self.pages = Labels(sheet, _LENGTH * (_MOST_FRAMES + 1), align="center", size=10)
        self.crosses = Crosses(sheet, 7)
        self.rows = Labels(sheet, _MOST_FRAMES, size=9.5)
        note(sheet, 0.12, _TOP + 0.17, "access", size=9.5)
        self.faults = Label(sheet, 0.12, 0, "fault", size=9.5, color=FAULT.line)
        self.leaves = Label(sheet, 0.12, 0, "leaves", size=9.5, color=MUTED)
        self.frames = Frames(sheet, zorder=3)
        self.leaving = Boxes(sheet, line=2.4, face=DISK.fill, edge=INK, zorder=4)
        self.numbers = Labels(sheet, _MOST_FRAMES, align="center", size=11, weight="bold")
        self.notes = Labels(sheet, _MOST_FRAMES + 2, align="center", size=9)
        self.hand = Links(sheet, width=2.4, zorder=2)
        self.hub = Marks(sheet, "o", 7, zorder=2)
        self.looks = Label(sheet, _MIDDLE[0], 3.62, size=9.5, align="center", color=MUTED)
        self.next = Label(sheet, _MIDDLE[0], 0.34, size=10.5, align="center", weight="bold")

    def update(self, *, policy: str, frames: int, string: str, seed: int, step: int) -> Finding:
        """Fill the grid up to the access, and show what the policy looks at."""
        pages = string_of(self.strings[string], seed)
        now = step - 1
        if policy == OWN:
            line, held, full, leaving = self._own(pages, string, seed, frames, now)
        else:
            line, held, full, leaving = self._known(SHOWN[policy], string, seed, frames, step)
        self._grid(pages, frames, step, line)
        what = f"Access {step}, page {pages[now]}"
        title = f"{what}: a fault; page {line.victim[now]} leaves"
        if not line.fault[now]:
            title = f"{what}: a hit; nobody has to leave"
        elif line.victim[now] < 0:
            title = f"{what}: a fault; a frame is free"
        who = "chance decides" if full else "a frame is still free"
        if leaving is not None:
            who = f"page {held[leaving]} would leave next"
        self.next.text = who[0].upper() + who[1:]
        return Finding(
            title,
            f"{policy} with {frames} frames has faulted "
            f"{count(int(line.fault[:step].sum()), 'time')} so far, {line.fault.sum()} of "
            f"{len(pages)} in the whole string; {who}.{self.strings.told(string, seed)}",
        )

    def tabulate(
        self, *, policy: str, frames: int, string: str, seed: int, step: int
    ) -> list[Table]:
        """List the accesses up to now, and what is in which frame after each."""
        pages = string_of(self.strings[string], seed)
        if policy == OWN:
            decided = self.own[string, seed if string in SEEDED else 0, frames]
            line = timeline(pages, frames, decided.victims)
        else:
            line = run_of(self.strings[string], seed, frames, SHOWN[policy]).timeline
        rows = [
            (
                str(n + 1),
                str(pages[n]),
                *(str(page) if page >= 0 else "free" for page in line.resident[n]),
                "fault" if line.fault[n] else "hit",
                str(line.victim[n]) if line.victim[n] >= 0 else "nobody",
            )
            for n in range(step)
        ]
        later = enumerate(pages[step:], step + 1)
        rows += [(str(n), str(page), *[""] * frames, "to come", "") for n, page in later]
        places = (f"frame {n}" for n in range(frames))
        heads = ("access", "page", *places, "what happens", "leaves")
        return [Table(f"{string}, {policy}", heads, rows)]

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the access of the column that was clicked."""
        length = len(string_of(self.strings[values["string"]], values["seed"]))
        columns = Grid(_STRING.left, _STRING.top, _STRING.wide, _STRING.top, length)
        column = columns.at(x, y)
        return {} if column is None else {"step": column + 1}

    def _known(
        self, policy: str, string: str, seed: int, frames: int, step: int
    ) -> tuple[Timeline, list[int], bool, int | None]:
        """Draw the frames under a policy of the course."""
        source = self.strings[string]
        line, now = run_of(source, seed, frames, policy).timeline, step - 1
        held = [int(page) for page in line.resident[now]]
        rule, memory = POLICIES[policy], memory_of(source, seed, frames, policy, step)
        notes = [rule.note(memory, n) if page >= 0 else "" for n, page in enumerate(held)]
        self.looks.text = rule.looks_at
        full = -1 not in held
        leaving = memory.would_leave() if full else None
        hand = None if line.hand is None else int(line.hand[now])
        if rule.look == "queue":
            self._queue(held, notes, int(hand or 0), leaving)
        else:
            self._ring(held, notes, hand, leaving)
        return line, held, full, leaving

    def _own(
        self, pages: tuple[int, ...], string: str, seed: int, frames: int, now: int
    ) -> tuple[Timeline, list[int], bool, int | None]:
        """Draw the frames under the learner's policy."""
        decided = self.own[string, seed if string in SEEDED else 0, frames]
        line = timeline(pages, frames, decided.victims)
        held = [int(page) for page in line.resident[now]]
        page = decided.coming[now]
        leaving = None if page < 0 else held.index(page)
        self.looks.text = "what your function returns"
        self._ring(held, [""] * len(held), None, leaving)
        return line, held, -1 not in held, leaving

    def _grid(self, pages: tuple[int, ...], frames: int, step: int, line: Any) -> None:
        """Write the string, below each access what is in which frame, and below that who left."""
        grid = Grid(_STRING.left, _TOP - 0.12, _STRING.wide, _ROW, len(pages), frames)
        foot = grid.outline[1]
        cells, faces, crosses = list[Box](), list[str](), list[tuple[float, float]]()
        self.pages.clear()
        for n in range(step):
            x = _STRING.middle(n)[0]
            if line.fault[n]:
                crosses.append((x, foot - 0.18))
            if line.victim[n] >= 0:
                self.pages.put(x, foot - 0.44, str(line.victim[n]))
            for row, page in enumerate(line.resident[n]):
                came = line.fault[n] and line.frame[n] == row
                cells.append(grid.box(row * len(pages) + n))
                faces.append(FAULT.fill if came else FRAME.fill if page >= 0 else PAPER)
                if page >= 0:
                    weight = "bold" if came else "normal"
                    self.pages.put(*middle(cells[-1]), str(page), INK, weight)
        heights = [grid.middle(row * len(pages))[1] for row in range(frames)]
        self.rows.fill((0.12, y, f"frame {row}", MUTED) for row, y in enumerate(heights))
        shades = [VIRTUAL.fill if n < step else PAPER for n in range(len(pages))]
        self.string.put(pages, step, shades, down=_TOP - foot)
        self.cells.put(cells, faces)
        self.crosses.put(*crosses)
        self.faults.y, self.leaves.y = foot - 0.18, foot - 0.44

    def _ring(
        self, held: list[int], notes: list[str], hand: int | None, leaving: int | None
    ) -> None:
        """Put the frames in a circle, with the hand that goes round."""

        def at(place: int, reach: float = 1) -> tuple[float, float]:
            angle = math.pi / 2 - 2 * math.pi * place / len(held)
            (x, y), (right, up) = _MIDDLE, _RADII
            return x + reach * right * math.cos(angle), y + reach * up * math.sin(angle)

        places = [around(*at(n), *_FRAME) for n in range(len(held))]
        self._frames(places, held, leaving)
        for place, words in zip(places, notes, strict=True):
            x, y = middle(place)
            self.notes.put(x, y - 0.28, words)
        if hand is not None:
            self.hand.put([[_MIDDLE, at(hand, 0.55)]])
            self.hub.put(_MIDDLE)

    def _queue(self, held: list[int], notes: list[str], hand: int, leaving: int | None) -> None:
        """Put the pages in a queue: who is not spared leaves at the front, who is goes back."""
        order = [(hand + n) % len(held) for n in range(len(held))]
        order = [n for n in order if held[n] >= 0]
        queue = Grid(_MIDDLE[0] - _FRAME[0] / 2, 3.5, _FRAME[0], 0.46, rows=len(order), gap_y=0.12)
        front = None if leaving is None else order.index(leaving)
        self._frames(queue.boxes(), [held[n] for n in order], front)
        for row, n in enumerate(order):
            x, y = queue.middle(row)
            self.notes.put(x + _FRAME[0] / 2 + 0.3, y, notes[n])
        ends = {0: "front", len(order) - 1: "back"} if len(order) > 1 else {0: "front"}
        for row, words in ends.items():
            self.notes.put(_MIDDLE[0] - 0.55, queue.middle(row)[1], words)

    def _frames(self, places: list[Box], held: list[int], leaving: int | None) -> None:
        """Draw frames and their pages; the one whose page leaves next is grey as the disk."""
        self.notes.clear()
        self.hand.put([])
        self.hub.put()
        used = [place for place, page in zip(places, held, strict=True) if page >= 0]
        free = [place for place, page in zip(places, held, strict=True) if page < 0]
        self.frames.put(used, free)
        self.leaving.put([] if leaving is None else [places[leaving]])
        pages = (page for page in held if page >= 0)
        self.numbers.fill(
            (*middle(place), str(page)) for place, page in zip(used, pages, strict=True)
        )
