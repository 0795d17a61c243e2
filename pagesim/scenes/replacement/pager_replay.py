"""You are the pager, once more and slowly: who hears of an access, and what happens then."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from ...draw import (
    DISK,
    FAULT,
    FRAME,
    INK,
    MUTED,
    PAPER,
    RULE,
    VIRTUAL,
    Boxes,
    Cylinders,
    Frames,
    Label,
    Labels,
    paper,
    title,
)
from ...replacement import simulate
from ..base import Choice, Scene, Slider, Values
from .reference_strings import BELADY as STRING

_POLICIES = ("fifo", "opt", "random")
_FRAMES = (2, 5)
_LANES = {"the program": 1.35, "the kernel": 4.35, "you, the notebook": 7.35}
_ROWS = (2.75, 2.3, 1.85)  # of the messages
_FOOT, _CELL = 0.2, 0.34
_PITCH = 0.6  # of the frames and of the pages on disk
_DISK = (5.55, 0.56, 3.3, 0.74)


class _Step(NamedTuple):
    access: int
    at: str  # "hit", "fault", "out", "in"
    victim: int  # that leaves with this fault, or -1
    held: tuple[int, ...]  # pages in memory, first come first
    disk: tuple[int, ...]
    faults: int


class PagerReplay(Scene):
    """Step through the messages between a program, the kernel and the pager in the notebook."""

    size = (9, 4.4)
    play = "step"
    clickable = True

    def __init__(self) -> None:
        most = max(len(steps(policy, frames)) for policy in _POLICIES for frames in range(2, 6))
        super().__init__(
            {
                "frames": Slider("frames", *_FRAMES, 3),
                "policy": Choice("you choose by", _POLICIES, "fifo"),
                "step": Slider("step", 1, most, 10),
            }
        )

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """End where the replay ends."""
        last = len(steps(values["policy"], values["frames"]))
        return {**values, "step": min(values["step"], last)}

    def limits(self, values: Values) -> dict[str, tuple[int, int]]:
        """End the steps with the replay."""
        return {"step": (1, len(steps(values["policy"], values["frames"])))}

    def build(self, figure: Figure) -> None:
        """Draw the three lanes; messages, frames and the string move."""
        sheet = paper(figure)
        self.title = title(sheet)
        for name, x in _LANES.items():
            Label(sheet, x, 3.62, name, align="center", weight="bold", moving=False)
        for x in _LANES.values():
            sheet.plot([x, x], [1.62, 3.05], color=RULE, lw=1.2, zorder=1)
        self.arrows = LineCollection([], linewidths=2.0, animated=True, zorder=3)
        sheet.add_collection(self.arrows, autolim=False)
        (self.right,) = sheet.plot([], [], ls="", marker=">", ms=8, color=INK, animated=True)
        (self.left,) = sheet.plot([], [], ls="", marker="<", ms=8, color=INK, animated=True)
        (self.cross,) = sheet.plot(
            [], [], ls="", marker="x", ms=11, mew=3, color=FAULT.line, animated=True, zorder=5
        )
        self.touch = Label(sheet, _LANES["the program"], 3.22, size=10, align="center")
        self.words = Labels(sheet, 6, size=10, align="center")
        (self.down,) = sheet.plot(
            [], [], ls="", marker="v", ms=8, color=FRAME.line, animated=True, zorder=3
        )
        self.frames = Frames(sheet)
        Cylinders(sheet, moving=False, zorder=1).put([_DISK], DISK.fill)
        self.saved = Boxes(sheet, line=1.2, face=PAPER, edge=VIRTUAL.line, zorder=2)
        self.held = Labels(sheet, 16, align="center", size=11)
        still: dict[str, Any] = {"size": 9.5, "color": MUTED, "moving": False}
        self.order = Label(sheet, 0, 0.89, "frames, first come first", size=9.5, color=MUTED)
        Label(sheet, _DISK[0], 1.45, "your disk: a dict in the notebook", **still)
        self.string = Boxes(sheet, line=0.8, edge=VIRTUAL.line)
        self.here = Boxes(sheet, line=2.4, face="none", edge=INK, zorder=4)
        self.letters = Labels(sheet, len(STRING), align="center", size=10.5)
        self.count = Label(sheet, 8.88, _FOOT + 0.17, size=10.5, align="right", weight="bold")

    def update(self, *, policy: str, frames: int, step: int) -> str:
        """Show one message, and what is where after it."""
        told = steps(policy, frames)
        now, page = told[step - 1], STRING[told[step - 1].access]
        self._messages(now, page)
        self._places(now, frames)
        self._accesses(now.access)
        faults = f"{now.faults} fault{'s' if now.faults != 1 else ''}"
        self.count.text = f"{faults} so far, {told[-1].faults} in all under {policy}"
        finding = {
            "hit": f"Page {page} is there: nobody hears of it, neither the kernel nor you",
            "fault": f"Page {page} is not there: the program stops, and the kernel writes to you",
            "out": f"All frames are in use: you keep page {now.victim} and empty its frame",
            "in": f"You fill a frame with page {page}, and the program goes on",
        }[now.at]
        self.title.text = finding
        held = " ".join(map(str, now.held)) or "nothing"
        disk = " ".join(map(str, now.disk)) or "nothing"
        return (
            f"{finding}. Access {now.access + 1} of {len(STRING)}, {faults} so far, "
            f"{told[-1].faults} in all with {frames} frames under {policy}; in memory {held}; "
            f"on your disk {disk}."
        )

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the first step of the access that was clicked."""
        access = int((x - 0.12) / _CELL)
        if not (x >= 0.12 and y < _FOOT + 0.4 and access < len(STRING)):
            return {}
        told = steps(values["policy"], values["frames"])
        return {"step": next(n for n, one in enumerate(told, 1) if one.access == access)}

    def _messages(self, now: _Step, page: int) -> None:
        program, kernel, you = _LANES.values()
        self.touch.text = f"touches page {page}"
        self.words.clear()
        lines, colors = list[list[tuple[float, float]]](), list[str]()
        right, left = list[tuple[float, float]](), list[tuple[float, float]]()

        def send(start: float, end: float, y: float, text: str, fault: bool = False) -> None:
            head = end - 0.1 if end > start else end + 0.1
            lines.append(_zigzag(start, head, y) if fault else [(start, y), (head, y)])
            colors.append(FAULT.line if fault else INK)
            (right if end > start else left).append((head, y))
            self.words.put((start + end) / 2, y + 0.19, text)

        hit = now.at == "hit"
        self.down.set_data([], [])
        if hit:
            x = 0.38 + _PITCH * now.held.index(page)
            lines.append([(program, 3.05), (program, 1.75), (x, 1.52), (x, 1.2)])
            colors.append(FRAME.line)
            self.down.set_data([x], [1.16])
            for lane, what in ((program, "a hit: the hardware"), (program, "goes on alone")):
                self.words.put(lane + 0.9, 2.5 if "hit" in what else 2.28, what)
            self.words.put(kernel + 0.62, 2.5, "hears nothing", MUTED)
            self.words.put(you + 0.62, 2.5, "hear nothing", MUTED)
        if now.at == "fault":
            send(program, kernel, _ROWS[0], "page fault", fault=True)
            send(kernel, you, _ROWS[1], f"page {page} is missing")
        if now.at == "out":
            send(you, kernel, _ROWS[0], f"read page {now.victim}")
            send(you, kernel, _ROWS[2], "empty its frame")
        if now.at == "in":
            send(you, kernel, _ROWS[0], f"fill page {page}")
            send(kernel, program, _ROWS[1], "go on")
        self.arrows.set_segments(lines)
        self.arrows.set_color(colors or [INK])
        self.right.set_data(*zip(*right, strict=True) if right else ([], []))
        self.left.set_data(*zip(*left, strict=True) if left else ([], []))
        self.cross.set_data([program] if now.at == "fault" else [],
                            [_ROWS[0]] if now.at == "fault" else [])  # fmt: skip

    def _places(self, now: _Step, frames: int) -> None:
        self.held.clear()
        boxes = [(0.12 + n * _PITCH, 0.72, 0.52, 0.34) for n in range(frames)]
        used = len(now.held)
        self.frames.put(boxes[:used], boxes[used:])
        self.order.x = 0.15 + frames * _PITCH
        cells = [(_DISK[0] + 0.2 + n * _PITCH, 0.7, 0.52, 0.32) for n in range(len(now.disk))]
        self.saved.put(cells)
        for (x, *_), page in zip([*boxes[:used], *cells], [*now.held, *now.disk], strict=True):
            self.held.put(x + 0.26, 0.88, str(page))

    def _accesses(self, access: int) -> None:
        self.letters.clear()
        boxes = [(0.12 + n * _CELL, _FOOT, _CELL, 0.34) for n in range(len(STRING))]
        for n, page in enumerate(STRING):
            self.letters.put(
                0.12 + (n + 0.5) * _CELL, _FOOT + 0.17, str(page), INK if n <= access else MUTED
            )
        self.string.put(boxes, [VIRTUAL.fill if n <= access else PAPER for n in range(len(STRING))])
        self.here.put([boxes[access]])


@lru_cache(maxsize=32)
def steps(policy: str, frames: int) -> tuple[_Step, ...]:
    """List every message of a run over Belady's string."""
    line = simulate(STRING, frames, policy).timeline
    held, disk, faults = list[int](), list[int](), 0
    told = []
    for access, page in enumerate(STRING):
        if not line.fault[access]:
            told.append(_Step(access, "hit", -1, tuple(held), tuple(disk), faults))
            continue
        faults += 1
        victim = int(line.victim[access])
        told.append(_Step(access, "fault", victim, tuple(held), tuple(disk), faults))
        if victim >= 0:
            held.remove(victim)
            disk = sorted({*disk, victim})
            told.append(_Step(access, "out", victim, tuple(held), tuple(disk), faults))
        held.append(page)
        told.append(_Step(access, "in", victim, tuple(held), tuple(disk), faults))
    return tuple(told)


def _zigzag(start: float, end: float, y: float) -> list[tuple[float, float]]:
    """Lay a line that jumps up and down in its middle: the shape of a fault."""
    middle, high = (start + end) / 2, 0.09
    jumps = [(middle - 0.3 + 0.12 * n, y + (high, -high)[n % 2]) for n in range(6)]
    return [(start, y), (middle - 0.42, y), *jumps, (middle + 0.42, y), (end, y)]
