"""Fork and exec: which areas and pages are copied, which shared, and which replaced."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ...draw import Boxes, Grid, Label, Labels, note
from ...draw.style import FRAME, INK, MUTED, PAPER, VIRTUAL
from ...kernel import Kernel, Process
from ...units import count
from ..base import Controls, Finding, Scene, Sheet, Slider, Table

STEPS = ("one process", "fork", "the child writes", "exec", "exit")
_PAGE = 4096
_COLUMNS = {
    "text": 1.0,
    "data": 0.8,
    "bss": 0.8,
    "heap": 2.0,
    "library": 1.15,
    "vdso": 0.8,
    "stack": 0.9,
}
_LEFT = 1.0
_PARENT, _CHILD, _HIGH = 3.1, 1.0, 0.36
_FRAMES = {"parent": 2.55, "both": 2.05, "child": 1.55}  # bottoms of the rows of frames
_SIDE, _PITCH = 0.17, 0.21
_MOST = 8


@dataclass(frozen=True)
class _Story:
    """The frames of both processes by area, and what the kernel counts for each."""

    frames: dict[str, tuple[tuple[int, int], ...]]  # (parent's, child's) PFN of each page, or -1
    roles: tuple[str, ...]  # the areas of the child
    parent: str
    child: str
    shared: int
    own: int
    copied: int


class ForkExec(Scene):
    """Step from fork through exec: what does the child get, and what is copied?"""

    size = (9, 4.1)
    play = "step"
    clickable = True
    controls = Controls(
        step=Slider("step", 0, len(STEPS) - 1, 1),
        pages=Slider("pages of heap", 1, _MOST, 6),
        written=Slider("written by the child", 0, _MOST, 2),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw the areas of both, and the frames between them."""
        bold: dict[str, Any] = {"size": 10, "weight": "bold"}
        note(sheet, 0.12, _PARENT + _HIGH / 2, "parent", color=INK, **bold)
        self.child_name = Label(sheet, 0.12, _CHILD + _HIGH / 2, **bold)
        for words, row in (("parent only", "parent"), ("in both", "both"), ("child only", "child")):
            note(sheet, 0.12, _FRAMES[row] + _SIDE / 2, words)
        areas: dict[str, Any] = {"face": VIRTUAL.fill, "edge": VIRTUAL.line, "line": 1.4}
        boxes = [(x, _PARENT, wide, _HIGH) for x, wide in _places().values()]
        Boxes(sheet, boxes, moving=False, **areas)
        for name, (x, wide) in _places().items():
            look: dict[str, Any] = {"size": 9.5, "color": INK, "align": "center"}
            note(sheet, x + wide / 2, _PARENT + _HIGH / 2, name, **look)
        self.child = Boxes(sheet, **areas)
        self.names = Labels(sheet, len(_COLUMNS), size=9.5, align="center")
        self.frames = Boxes(sheet, face=FRAME.line, edge=FRAME.line, line=1.8, zorder=2)
        self.shared = Boxes(sheet, face=FRAME.fill, edge=INK, line=1.8, hatch="////", zorder=2)
        self.counts = Labels(sheet, 2, size=10)
        self.key = Label(sheet, 8.9, 0.62, size=9, color=MUTED, align="right")

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Go to the step in which the child writes: no other shows what was changed."""
        step = 2 if changed == "written" else values["step"]
        return {**super().settle(changed, values), "step": step}

    def limits(self, values: Any) -> dict[str, tuple[int, int]]:
        """Give the range of what the child writes: up to all pages of the heap."""
        return {"written": (0, values["pages"])}

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Let the child write up to the page of the heap that was clicked."""
        high = _PARENT - _FRAMES["child"]
        left, _ = _places()["heap"]
        page = Grid(left + 0.12, _PARENT, _PITCH, high, columns=values["pages"]).at(x, y)
        return {} if page is None else {"written": page + 1}

    def update(self, *, step: int, pages: int, written: int) -> Finding:
        """Run the story in the simulated kernel, and draw whose frame is whose."""
        story = _story(step, pages, written)
        there = 1 <= step <= 3
        self.child_name.text = "child" if there else ""
        places = _places()
        child = {name: places[name] for name in story.roles}
        self.child.put(
            [(x, _CHILD, wide, _HIGH) for x, wide in child.values()],
            PAPER if step == 3 else VIRTUAL.fill,
        )
        middles = {name: x + wide / 2 for name, (x, wide) in child.items()}
        self.names.fill((x, _CHILD + _HIGH / 2, name) for name, x in middles.items())
        own, shared = [], []
        for name, frames in story.frames.items():
            left = places[name][0] + 0.12
            for number, (parent, other) in enumerate(frames):
                x = left + number * _PITCH
                if parent >= 0 and parent == other:
                    shared.append((x, _FRAMES["both"], _SIDE, _SIDE))
                    continue
                rows = {"parent": parent, "child": other}
                own += [(x, _FRAMES[row], _SIDE, _SIDE) for row, pfn in rows.items() if pfn >= 0]
        self.frames.put(own)
        self.shared.put(shared)
        self.counts.clear()
        self.counts.put(0.12, 0.62, f"parent: {story.parent}")
        if there:
            self.counts.put(0.12, 0.34, f"child: {story.child}")
        self.key.text = "hatched: two entries, neither may write" if shared else ""
        told = f" Child: {story.child}." if there else ""
        return Finding(
            _title(step, story, written),
            f"Step {step}, {STEPS[step]}: {count(story.shared, 'frame')} mapped by both, "
            f"{story.own} by one alone; {count(story.copied, 'page')} of the heap copied. Parent: "
            f"{story.parent}.{told}",
        )

    def tabulate(self, *, step: int, pages: int, written: int) -> list[Table]:
        """Count the frames of each area: whose they are."""
        rows = []
        for name, frames in _story(step, pages, written).frames.items():
            both = sum(one == other and one >= 0 for one, other in frames)
            alone = (sum(pair[who] >= 0 for pair in frames) - both for who in (0, 1))
            first, second = map(str, alone)
            rows.append((name, first, str(both), second))
        heads = ("area", "frames of the parent only", "in both", "of the child only")
        return [Table(f"Step {step}: {STEPS[step]}", heads, rows)]


def _title(step: int, story: _Story, written: int) -> str:
    wrote = "Nothing written, so nothing copied: all is still shared"
    if written:
        pages = count(written, "page")
        wrote = f"{pages} written, {story.copied} copied; the rest is still shared"
    return (
        f"One process, with {count(story.own, 'page')} of it in memory",
        "Fork copies VMAs and page tables, and not one page of memory",
        wrote,
        "Exec throws all of it away: fresh areas, almost nothing in memory",
        "The child is gone, and the parent has all that it had",
    )[step]


@lru_cache(maxsize=512)
def _story(step: int, pages: int, written: int) -> _Story:
    """Let two processes live up to a step."""
    parent = Kernel(ram="1 MiB").spawn()
    start = parent.brk()
    parent.brk(start + pages * _PAGE)
    for area in parent.areas:
        if area.role in ("data", "bss", "heap"):
            parent.touch(area, "w")
        elif area.role == "stack":
            parent.touch(area, "w", [area.length // _PAGE - 2, area.length // _PAGE - 1])
        else:
            parent.touch(area, "r")
    child: Process | None = parent.fork() if step >= 1 else None
    if child and step >= 2:
        for page in range(written):
            child.write(start + page * _PAGE)
    if child and step >= 3:
        child.execve()
        child.read(child.areas[0].start)  # its first instruction
    if child and step >= 4:
        child.exit()
        child = None
    frames: dict[str, tuple[tuple[int, int], ...]] = {}
    for area in parent.areas:
        vas = range(area.start, area.end, _PAGE)
        pairs = [(_pfn(parent, va), _pfn(child, va)) for va in vas]
        seen = tuple(pair for pair in pairs if pair != (-1, -1))
        frames[area.role] = (frames.get(area.role, ()) + seen)[:_MOST]
    all_pairs = [pair for row in frames.values() for pair in row]
    shared = sum(a == b for a, b in all_pairs)
    both = sum(a >= 0 and b >= 0 and a != b for a, b in frames["heap"])
    alone = sum(2 - (-1 in pair) for pair in all_pairs if pair[0] != pair[1])
    roles = tuple(dict.fromkeys(area.role for area in child.areas)) if child else ()
    told = _counted(child) if child else ""
    return _Story(frames, roles, _counted(parent), told, shared, alone, both)


def _pfn(process: Process | None, va: int) -> int:
    if process is None or not process.space.table.word(va):
        return -1
    return process.space.pte(va).pfn


def _counted(process: Process) -> str:
    now = process.counters
    return (
        f"VmSize {now.VmSize} kB, VmRSS {now.VmRSS} kB, Pss {now.Pss} kB, VmPTE {now.VmPTE} kB, "
        f"{count(now.minflt, 'minor fault')}"
    )


@lru_cache(maxsize=1)
def _places() -> dict[str, tuple[float, float]]:
    """Give the left edge and the width of each area's column."""
    x, places = _LEFT, {}
    for name, wide in _COLUMNS.items():
        places[name] = (x, wide)
        x += wide + 0.05
    return places
