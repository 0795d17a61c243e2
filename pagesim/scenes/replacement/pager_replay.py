"""You are the pager, once more and slowly: who hears of an access, and what happens then."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from ...draw import Accesses, Boxes, Crosses, Cylinders, Frames, Grid
from ...draw.label import Label, Labels, note
from ...draw.links import Arrows, Links
from ...draw.style import DISK, FAULT, FRAME, INK, MUTED, PAPER, RULE, VIRTUAL
from ...replacement import simulate
from ...units import count
from ..base import Choice, Finding, Scene, Sheet, Slider, Table, Values
from .reference_strings import BELADY as STRING
from .reference_strings import SHOWN

_POLICIES = ("FIFO", "OPT", "random")
_FRAMES = (2, 5)
_LANES = {"the program": 1.35, "the kernel": 4.35, "you, the notebook": 7.35}
_ROWS = (2.75, 2.3, 1.85)  # of the messages
_STRING = Grid(0.12, 0.54, 0.34, 0.34, len(STRING))
_PITCH = 0.6  # of the frames and of the pages on disk
_DISK = (5.55, 0.56, 3.3, 0.74)
_SAVED = Grid(_DISK[0] + 0.16, 1.04, _PITCH, 0.32, max(STRING), gap_x=0.08)

Spot = tuple[float, float]


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
                "policy": Choice("you choose by", _POLICIES, "FIFO"),
                "step": Slider("step", 1, most, 10),
            }
        )

    def limits(self, values: Values) -> dict[str, tuple[int, int]]:
        """Give the range of the steps: the messages of the replay."""
        return {"step": (1, len(steps(values["policy"], values["frames"])))}

    def draw(self, sheet: Sheet) -> None:
        """Draw the three lanes; messages, frames and the string move."""
        for name, x in _LANES.items():
            Label(sheet, x, 3.62, name, align="center", weight="bold", moving=False)
        lanes = [[(x, 1.62), (x, 3.05)] for x in _LANES.values()]
        Links(sheet, lanes, color=RULE, width=1.2, moving=False, zorder=1)
        self.arrows = Arrows(sheet)
        self.cross = Crosses(sheet)
        self.touch = Label(sheet, _LANES["the program"], 3.22, size=10, align="center")
        self.words = Labels(sheet, 6, size=10, align="center")
        self.frames = Frames(sheet)
        Cylinders(sheet, moving=False, zorder=1).put([_DISK], DISK.fill)
        self.saved = Boxes(sheet, line=1.2, face=PAPER, edge=VIRTUAL.line, zorder=2)
        self.pages = Labels(sheet, 16, align="center", size=11)
        self.order = Label(sheet, 0, 0.89, "frames, first come first", size=9.5, color=MUTED)
        note(sheet, _DISK[0], 1.45, "your disk: a dict in the notebook", size=9.5)
        self.string = Accesses(sheet, _STRING, edge=VIRTUAL.line, size=10.5)
        self.count = Label(sheet, 8.88, 0.37, size=10.5, align="right", weight="bold")

    def update(self, *, policy: str, frames: int, step: int) -> Finding:
        """Show one message, and what is where after it."""
        told = steps(policy, frames)
        now, page = told[step - 1], STRING[told[step - 1].access]
        self._messages(now, page)
        self._places(now, frames)
        shades = [VIRTUAL.fill if n <= now.access else PAPER for n in range(len(STRING))]
        self.string.put(STRING, now.access + 1, shades)
        faults = f"{count(now.faults, 'fault')} so far, {told[-1].faults} in all"
        self.count.text = f"{faults} under {policy}"
        title = {
            "hit": f"Page {page} is there: nobody hears of it, neither the kernel nor you",
            "fault": f"Page {page} is not there: the program stops, and the kernel writes to you",
            "out": f"All frames are in use: you keep page {now.victim} and empty its frame",
            "in": f"You fill a frame with page {page}, and the program goes on",
        }[now.at]
        held, disk = (" ".join(map(str, where)) or "nothing" for where in (now.held, now.disk))
        return Finding(
            title,
            f"Access {now.access + 1} of {len(STRING)}, {faults} with {frames} frames under "
            f"{policy}; in memory {held}; on your disk {disk}.",
        )

    def tabulate(self, *, policy: str, frames: int, step: int) -> list[Table]:
        """List the accesses up to now: who heard of them, and who had to leave."""
        told = steps(policy, frames)[:step]
        rows = []
        for n in range(told[-1].access + 1):
            one = next(each for each in reversed(told) if each.access == n)
            left = f"page {one.victim}" if one.victim >= 0 else "nobody"
            what = ("hit", "nobody") if one.at == "hit" else ("fault", left)
            rows.append((str(n + 1), str(STRING[n]), *what, " ".join(map(str, one.held))))
        later = enumerate(STRING[len(rows) :], len(rows) + 1)
        rows += [(str(n), str(page), "to come", "", "") for n, page in later]
        heads = ("access", "page", "what happens", "leaves", "in memory, first come first")
        return [Table(f"{frames} frames, {policy}", heads, rows)]

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the first step of the access that was clicked."""
        access = self.string.step_at(x, y, margin=0.2)
        told = enumerate(steps(values["policy"], values["frames"]), 1)
        return next(({"step": n} for n, one in told if one.access + 1 == access), {})

    def _messages(self, now: _Step, page: int) -> None:
        program, kernel, you = _LANES.values()
        self.touch.text = f"touches page {page}"
        self.words.clear()
        self.cross.put()
        paths = list[list[Spot]]()

        def send(start: float, end: float, y: float, text: str) -> None:
            paths.append([(start, y), (end - 0.1 if end > start else end + 0.1, y)])
            self.words.put((start + end) / 2, y + 0.19, text)

        if now.at == "hit":
            x = _frames(len(now.held)).middle(now.held.index(page))[0]
            paths.append([(program, 3.05), (program, 1.75), (x, 1.52), (x, 1.16)])
            self.words.put(program + 0.9, 2.5, "a hit: the hardware")
            self.words.put(program + 0.9, 2.28, "goes on alone")
            self.words.put(kernel + 0.62, 2.5, "hears nothing", MUTED)
            self.words.put(you + 0.62, 2.5, "hear nothing", MUTED)
        elif now.at == "fault":
            send(program, kernel, _ROWS[0], "page fault")
            paths[0] = _zigzag(*paths[0])
            self.cross.put((program, _ROWS[0]))
            send(kernel, you, _ROWS[1], f"page {page} is missing")
        elif now.at == "out":
            send(you, kernel, _ROWS[0], f"read page {now.victim}")
            send(you, kernel, _ROWS[2], "empty its frame")
        else:
            send(you, kernel, _ROWS[0], f"fill page {page}")
            send(kernel, program, _ROWS[1], "go on")
        first = {"hit": FRAME.line, "fault": FAULT.line}.get(now.at, INK)
        self.arrows.put(paths, [first, INK][: len(paths)])

    def _places(self, now: _Step, frames: int) -> None:
        """Show the pages in memory and on disk."""
        grid, used = _frames(frames), len(now.held)
        self.frames.put(grid.boxes()[:used], grid.boxes()[used:])
        self.order.x = 0.15 + frames * _PITCH
        self.saved.put(_SAVED.boxes(len(now.disk)))
        self.pages.fill(
            (*where.middle(n), str(page))
            for where, pages in ((grid, now.held), (_SAVED, now.disk))
            for n, page in enumerate(pages)
        )


@lru_cache(maxsize=32)
def steps(policy: str, frames: int) -> tuple[_Step, ...]:
    """List every message of a run over Belady's string."""
    line = simulate(STRING, frames, SHOWN[policy]).timeline
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


def _frames(many: int) -> Grid:
    """Lay out the frames, side by side."""
    return Grid(0.08, 1.06, _PITCH, 0.34, many, gap_x=0.08)


def _zigzag(start: Spot, end: Spot) -> list[Spot]:
    """Lay a line that jumps up and down in its middle: the shape of a fault."""
    middle, y, high = (start[0] + end[0]) / 2, start[1], 0.09
    jumps = [(middle - 0.3 + 0.12 * n, y + (high, -high)[n % 2]) for n in range(6)]
    return [start, (middle - 0.42, y), *jumps, (middle + 0.42, y), end]
