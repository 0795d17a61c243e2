"""One RAM, many processes: whose page lies in which frame, what is shared, and what is out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ...draw import Boxes, Cylinders, Grid, Label, Labels, Links, middle, note
from ...draw.style import DISK, FRAME, INK, MUTED, PAPER, RULE, VIRTUAL
from ...replacement import simulate
from ...units import count
from ..base import Controls, Finding, Scene, Sheet, Slider, Table

_MIB = 8  # that a box of the picture stands for
_NAMES = "ABCDEFGHJKLM"
_MOST = 25  # boxes of a process
_SIDE = 16  # frames in a row of RAM
_SHARED = -1  # owner of a page that all have in common
_TOP = 3.34
_PAGES = Grid(0.34, _TOP, 0.108, 0.248, _MOST, len(_NAMES), gap_y=0.07)  # a row for each process
_FRAMES = Grid(3.42, _TOP, 0.188, 0.188, _SIDE, _SIDE)
_SLOTS = Grid(7.0, _TOP - 0.2, 0.12, 0.12, 14, 24)  # of the disk

Page = tuple[int, int]  # owner (`_SHARED` for a common one) and number within the process


@dataclass(frozen=True)
class _Machine:
    """Where every page is."""

    frames: tuple[Page | None, ...]
    disk: tuple[Page, ...]
    where: dict[Page, int]  # frame, or -1 - slot on the disk


def _in_words(boxes: int) -> str:
    return f"{boxes * _MIB} MiB"


class OneRam(Scene):
    """Start processes until memory is full: share pages, and see who has to wait on the disk."""

    size = (9, 4.1)
    clickable = True
    controls = Controls(
        processes=Slider("processes", 1, len(_NAMES), 10),
        pages=Slider("size of each", 5, _MOST, _MOST, words=_in_words),
        shared=Slider("of which all share", 0, 10, 6, words=lambda n: f"{10 * n} %"),
        rows=Slider("RAM", 2, _SIDE, _SIDE, words=lambda n: _in_words(n * _SIDE)),
        page=Slider("page to follow", 0, _MOST - 1, _MOST - 2),
    )

    def draw(self, sheet: Sheet) -> None:
        """Make the rows of the processes, the frames of RAM, and the disk."""
        heads = (
            (_PAGES, "pages of each process (dark: common)"),
            (_SLOTS, "disk"),
        )
        for grid, words in heads:
            note(sheet, grid.left, _TOP + 0.22, words, size=10)
        self.ram = Label(sheet, _FRAMES.left, _TOP + 0.22, size=10, color=MUTED)
        disk = (_SLOTS.left - 0.06, 0.58, _SLOTS.outline[2] + 0.12, _TOP - 0.5)
        Cylinders(sheet, line=1.4, moving=False).put([disk])
        self.pages = Boxes(sheet, line=0.5, zorder=2)
        self.frames = Boxes(sheet, line=0.8, zorder=2)
        self.slots = Boxes(sheet, face=DISK.fill, edge=DISK.line, line=0.5, zorder=2)
        self.lit = Boxes(sheet, face="none", edge=INK, line=2.2, zorder=6)
        self.links = Links(sheet, color=MUTED, width=0.8, zorder=5)
        self.names = Labels(sheet, len(_NAMES), align="center", weight="bold", size=10)
        self.owners = Labels(sheet, _SIDE * _SIDE, align="center", size=8.5)
        self.notes = Labels(sheet, 3, size=10)

    def limits(self, values: Any) -> dict[str, tuple[int, int]]:
        """Give the range of the page to follow: those that a process has."""
        return {"page": (0, values["pages"] - 1)}

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Follow the page that was clicked, in a process, in RAM or on the disk."""
        machine = _machine(values["processes"], values["pages"], values["shared"], values["rows"])
        at = _PAGES.at(x, y)
        if at is not None:
            row, column = divmod(at, _MOST)
            there = row < values["processes"] and column < values["pages"]
            return {"page": column} if there else {}
        frame, slot = _FRAMES.at(x, y), _SLOTS.at(x, y)
        if frame is not None and frame < len(machine.frames):
            found = machine.frames[frame]
            return {"page": found[1]} if found else {}
        if slot is not None and slot < len(machine.disk):
            return {"page": machine.disk[slot][1]}
        return {}

    def update(self, *, processes: int, pages: int, shared: int, rows: int, page: int) -> Finding:
        """Fill the rows, the frames and the disk, and follow one page of every process."""
        machine = _machine(processes, pages, shared, rows)
        private = pages - _common(pages, shared)
        self._pages(machine, processes, pages, private)
        self._frames(machine, rows)
        # said only where it is seen: whoever has not shared anything yet is still to find it out
        key = " (★: one frame for all of them)" if private < pages else ""
        self.ram.text = f"RAM{key}"
        self.slots.put(_SLOTS.boxes(len(machine.disk)))
        goals = self._follow(machine, processes, page, private)
        used = sum(one is not None for one in machine.frames)
        has, out, ram = processes * pages, len(machine.disk), rows * _SIDE
        self.notes.clear()
        for grid, words in (
            (_PAGES, f"{_in_words(has)} in all"),
            (_FRAMES, f"{_in_words(used)} of {_in_words(ram)} in use"),
            (_SLOTS, f"{_in_words(out)} out"),
        ):
            self.notes.put(grid.left, 0.2, words)
        many = count(processes, "process", "processes")
        verb = "takes" if processes == 1 else "take"
        title = f"{many} of {_in_words(pages)} {verb} {_in_words(used + out)} of memory"
        if out:
            title += f": {_in_words(out)} have to wait on disk"
        elif used < has:
            title += f", not {_in_words(has)}"
        return Finding(
            title,
            f"{_in_words(pages - private)} of each are common to all; there are {_in_words(ram)} "
            f"of RAM. Page {page} of {many}: {_places(goals)}.",
        )

    def tabulate(
        self, *, processes: int, pages: int, shared: int, rows: int, page: int
    ) -> list[Table]:
        """List for each process how much of it is in RAM and on the disk, and where one page is."""
        machine, common = _machine(processes, pages, shared, rows), _common(pages, shared)
        found = []
        for process in range(processes):
            ids = [(_SHARED if n >= pages - common else process, n) for n in range(pages)]
            places = [machine.where[one] for one in ids]
            inside, place = sum(goal >= 0 for goal in places), places[page]
            where = f"frame {place}" if place >= 0 else "on the disk"
            sizes = (_in_words(inside), _in_words(pages - inside), _in_words(common))
            found.append((_NAMES[process], *sizes, where))
        used = sum(one is not None for one in machine.frames)
        sizes = (_in_words(used), _in_words(len(machine.disk)), _in_words(common))
        found.append((f"all, {_in_words(processes * pages)}", *sizes, ""))
        heads = ("process", "in RAM", "on the disk", "common to all", f"page {page}")
        return [Table("Where the processes' memory is", heads, found)]

    def _pages(self, machine: _Machine, processes: int, pages: int, private: int) -> None:
        self.names.clear()
        boxes, faces, edges = [], [], []
        for process in range(processes):
            y = _PAGES.middle(process * _MOST)[1]
            self.names.put(_PAGES.left - 0.14, y, _NAMES[process])
            for number in range(pages):
                shared = number >= private
                out = machine.where[_SHARED if shared else process, number] < 0
                boxes.append(_PAGES.box(process * _MOST + number))
                faces.append(DISK.fill if out else VIRTUAL.line if shared else VIRTUAL.fill)
                edges.append(DISK.line if out else PAPER if shared else VIRTUAL.line)
        self.pages.put(boxes, faces, edges)

    def _frames(self, machine: _Machine, rows: int) -> None:
        self.owners.clear()
        faces, edges = [], []
        for number, page in enumerate(machine.frames):
            owner = None if page is None else page[0]
            shared = owner == _SHARED
            faces.append(PAPER if owner is None else FRAME.line if shared else FRAME.fill)
            edges.append(RULE if owner is None else FRAME.line if not shared else PAPER)
            if owner is not None:
                self.owners.put(*_FRAMES.middle(number), "★" if shared else _NAMES[owner])
        self.frames.put(_FRAMES.boxes(rows * _SIDE), faces, edges)

    def _follow(self, machine: _Machine, processes: int, page: int, private: int) -> list[int]:
        """Draw a line from this page of every process to the place where it is."""
        lines, lit, goals = [], [], []
        for process in range(processes):
            goal = machine.where[_SHARED if page >= private else process, page]
            start = _PAGES.box(process * _MOST + page)
            end = _FRAMES.box(goal) if goal >= 0 else _SLOTS.box(-1 - goal)
            lines.append([middle(start), middle(end)])
            lit += [start, end]
            goals.append(goal)
        self.links.put(lines)
        self.lit.put(lit)
        return goals


# -- the machine behind the picture --------------------------------------------------------------


@lru_cache(maxsize=256)
def _machine(processes: int, pages: int, shared: int, rows: int) -> _Machine:
    """Let the processes run in turn, three rounds; whoever ran longest ago leaves (LRU)."""
    private = pages - _common(pages, shared)
    ids: dict[Page, int] = {}
    string = [
        ids.setdefault((_SHARED if number >= private else process, number), len(ids))
        for _ in range(3)
        for process in range(processes)
        for number in range(pages)
    ]
    run = simulate(string, rows * _SIDE, "lru")
    page_of = list(ids)
    frames: list[Page | None] = [None] * (rows * _SIDE)
    for at, frame in zip(run.fault_at.tolist(), run.frame.tolist(), strict=True):
        frames[frame] = page_of[string[at]]  # what was loaded last is there still
    where = {page: number for number, page in enumerate(frames) if page is not None}
    disk = [page for page in page_of if page not in where]
    where |= {page: -1 - slot for slot, page in enumerate(disk)}
    return _Machine(tuple(frames), tuple(disk), where)


def _common(pages: int, tenths: int) -> int:
    return round(pages * tenths / 10)


def _places(goals: list[int]) -> str:
    """Say in how many places a page of all processes is."""
    frames = len({goal for goal in goals if goal >= 0})
    out = len({goal for goal in goals if goal < 0})
    words = ["one frame" if frames == 1 else f"{frames} frames"] if frames else []
    return ", ".join(words + [f"{out} on disk"] * bool(out))
