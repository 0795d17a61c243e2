"""One RAM, many processes: whose page lies in which frame, what is shared, and what is out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from ...draw import (
    DISK,
    FRAME,
    INK,
    MUTED,
    PAPER,
    RULE,
    VIRTUAL,
    Boxes,
    Cylinders,
    Label,
    Labels,
    paper,
    title,
)
from ...replacement import simulate
from ..base import Scene, Slider

_MIB = 8  # that a box of the picture stands for
_NAMES = "ABCDEFGHJKLM"
_MOST = 25  # boxes of a process
_SIDE = 16  # frames in a row of RAM
_SHARED = -1  # owner of a page that all have in common
_TOP = 3.34
_PAGE, _ROW, _PROCESSES = 0.108, 0.248, 0.34  # widths of a page, pitch of the processes, left edge
_FRAME, _RAM = 0.188, 3.42  # a frame's box, and the left edge of RAM
_SLOT, _DISK, _ACROSS = 0.12, 7.0, 14  # a page's box on disk, its left edge, and boxes in a row

Page = tuple[int, int]  # owner (`_SHARED` for a common one) and number within the process


@dataclass(frozen=True)
class _Machine:
    """Where every page is."""

    frames: tuple[Page | None, ...]
    disk: tuple[Page, ...]
    where: dict[Page, int]  # frame, or -1 - slot on the disk


class OneRam(Scene):
    """Start processes until memory is full: share pages, and see who has to wait on the disk."""

    size = (9, 4.1)
    clickable = True

    def __init__(self) -> None:
        super().__init__(
            {
                "processes": Slider("processes", 1, len(_NAMES), 10),
                "pages": Slider("size of each", 5, _MOST, _MOST, words=_in_words),
                "shared": Slider("of which all share", 0, 10, 6, words=lambda n: f"{10 * n} %"),
                "rows": Slider("RAM", 2, _SIDE, _SIDE, words=lambda n: _in_words(n * _SIDE)),
                "page": Slider("page to follow", 0, _MOST - 1, _MOST - 2),
            }
        )

    def build(self, figure: Figure) -> None:
        """Make the rows of the processes, the frames of RAM, and the disk."""
        sheet = paper(figure)
        self.title = title(sheet)
        heads = (
            (_PROCESSES, "pages of each process (dark: common)"),
            (_RAM, "RAM (★: one frame for all of them)"),
            (_DISK, "disk"),
        )
        for left, words in heads:
            Label(sheet, left, _TOP + 0.22, words, size=10, color=MUTED, moving=False)
        disk = (_DISK - 0.06, 0.58, _ACROSS * _SLOT + 0.12, _TOP - 0.5)
        Cylinders(sheet, line=1.4, moving=False).put([disk])
        self.pages = Boxes(sheet, line=0.5, zorder=2)
        self.frames = Boxes(sheet, line=0.8, zorder=2)
        self.slots = Boxes(sheet, face=DISK.fill, edge=DISK.line, line=0.5, zorder=2)
        self.lit = Boxes(sheet, face="none", edge=INK, line=2.2, zorder=6)
        self.links = LineCollection([], colors=MUTED, linewidths=0.8, animated=True, zorder=5)
        sheet.add_collection(self.links, autolim=False)
        self.names = Labels(sheet, len(_NAMES), align="center", weight="bold", size=10)
        self.owners = Labels(sheet, _SIDE * _SIDE, align="center", size=8.5)
        self.notes = Labels(sheet, 3, size=10)

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Follow a page that the processes have."""
        return {**values, "page": min(values["page"], values["pages"] - 1)}

    def limits(self, values: Any) -> dict[str, tuple[int, int]]:
        """As many pages as a process has."""
        return {"page": (0, values["pages"] - 1)}

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Follow the page that was clicked, in a process, in RAM or on the disk."""
        machine = _machine(values["processes"], values["pages"], values["shared"], values["rows"])
        column, row = int((x - _PROCESSES) // _PAGE), int((_TOP - y) // _ROW)
        if 0 <= column < values["pages"] and 0 <= row < values["processes"]:
            return {"page": column}
        found: Page | None = None
        column, row = int((x - _RAM) // _FRAME), int((_TOP - y) // _FRAME)
        if 0 <= column < _SIDE and 0 <= row < values["rows"]:
            found = machine.frames[row * _SIDE + column]
        column, row = int((x - _DISK) // _SLOT), int((_TOP - 0.2 - y) // _SLOT)
        if 0 <= column < _ACROSS and 0 <= row * _ACROSS + column < len(machine.disk):
            found = machine.disk[row * _ACROSS + column]
        return {} if found is None else {"page": found[1]}

    def update(self, *, processes: int, pages: int, shared: int, rows: int, page: int) -> str:
        """Fill the rows, the frames and the disk, and follow one page of every process."""
        machine = _machine(processes, pages, shared, rows)
        private = pages - _common(pages, shared)
        self._pages(machine, processes, pages, private)
        self._frames(machine, rows)
        self.slots.put([_slot(i) for i in range(len(machine.disk))])
        goals = self._follow(machine, processes, page, private)
        used = sum(one is not None for one in machine.frames)
        has, out, ram = processes * pages, len(machine.disk), rows * _SIDE
        self.notes.clear()
        for left, words in (
            (_PROCESSES, f"{_in_words(has)} in all"),
            (_RAM, f"{_in_words(used)} of {_in_words(ram)} in use"),
            (_DISK, f"{_in_words(out)} out"),
        ):
            self.notes.put(left, 0.2, words)
        many = "1 process" if processes == 1 else f"{processes} processes"
        verb = "takes" if processes == 1 else "take"
        finding = f"{many} of {_in_words(pages)} {verb} {_in_words(used + out)} of memory"
        if out:
            finding += f": {_in_words(out)} have to wait on disk"
        elif used < has:
            finding += f", not {_in_words(has)}"
        self.title.text = finding
        return (
            f"{finding}. {_in_words(pages - private)} of each are common to all; there are "
            f"{_in_words(ram)} of RAM. Page {page} of {many}: {_places(goals)}."
        )

    def _pages(self, machine: _Machine, processes: int, pages: int, private: int) -> None:
        self.names.clear()
        boxes, faces, edges = [], [], []
        for process in range(processes):
            self.names.put(_PROCESSES - 0.14, _TOP - (process + 0.5) * _ROW, _NAMES[process])
            for number in range(pages):
                shared = number >= private
                out = machine.where[_SHARED if shared else process, number] < 0
                boxes.append(_page(process, number))
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
                x, y, w, h = _frame(number)
                self.owners.put(x + w / 2, y + h / 2, "★" if shared else _NAMES[owner])
        self.frames.put([_frame(i) for i in range(rows * _SIDE)], faces, edges)

    def _follow(self, machine: _Machine, processes: int, page: int, private: int) -> list[int]:
        """Draw a line from this page of every process to the place where it is."""
        lines, lit, goals = [], [], []
        for process in range(processes):
            goal = machine.where[_SHARED if page >= private else process, page]
            x, y, w, h = start = _page(process, page)
            gx, gy, gw, gh = end = _frame(goal) if goal >= 0 else _slot(-1 - goal)
            lines.append([(x + w / 2, y + h / 2), (gx + gw / 2, gy + gh / 2)])
            lit += [start, end]
            goals.append(goal)
        self.links.set_segments(lines)
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


def _in_words(boxes: int) -> str:
    return f"{boxes * _MIB} MiB"


def _page(process: int, number: int) -> tuple[float, float, float, float]:
    high = _ROW - 0.07
    return _PROCESSES + number * _PAGE, _TOP - process * _ROW - 0.035 - high, _PAGE, high


def _frame(number: int) -> tuple[float, float, float, float]:
    row, column = divmod(number, _SIDE)
    return _RAM + column * _FRAME, _TOP - (row + 1) * _FRAME, _FRAME, _FRAME


def _slot(number: int) -> tuple[float, float, float, float]:
    row, column = divmod(number, _ACROSS)
    return _DISK + column * _SLOT, _TOP - 0.2 - (row + 1) * _SLOT, _SLOT, _SLOT
