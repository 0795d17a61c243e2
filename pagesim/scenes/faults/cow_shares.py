"""Copy-on-write after forks: how many frames, whose, and at what price in faults?"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from ...draw import Bar, Bars, Boxes, Grid, Labels, keys, note
from ...draw.style import FRAME, INK, PAPER, RULE
from ...kernel import Kernel
from ...units import count
from ..base import Controls, Finding, Scene, Sheet, Slider, Table, Toggle

_PAGES, _MOST = 40, 8  # pages, and children
_LEFT, _TOP, _CELL, _TALL = 0.95, 3.9, 0.115, 2.9
_FAULTS, _PSS = 6.65, 7.85  # right ends of the columns of numbers
_KIB = 4  # of a page


class _Row(NamedTuple):
    """One process: which of its pages it shares, its faults since the fork, its Pss in kB."""

    name: str
    shared: tuple[bool, ...]
    faults: int
    pss: int


class _State(NamedTuple):
    rows: tuple[_Row, ...]
    frames: int


class CowShares(Scene):
    """Fork, then write to a share of the pages: who has what?"""

    size = (9, 4.7)
    clickable = True
    controls = Controls(
        children=Slider("children", 1, _MOST, 3),
        written=Slider("each child writes", 0, _PAGES, 10, words=lambda n: f"{n} pages"),
        parent=Toggle("then the parent writes them too", False),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw the headings; the pages and the bars move."""
        self.cells = Boxes(sheet, edge=FRAME.line, line=0.7, zorder=2)
        self.words = Labels(sheet, 3 * (_MOST + 1), size=10, align="right")
        y = _TOP + 0.22
        note(sheet, _LEFT, y, f"{_PAGES} written pages, then fork", size=9.5)
        note(sheet, _FAULTS, y, "faults since", size=9.5, align="right")
        note(sheet, _PSS, y, "Pss, whole kB", size=9.5, align="right")
        faces = ((FRAME.fill, "shared, read-only"), (FRAME.line, "its own"))
        keys(sheet, _LEFT + 2.45, y, faces, size=9.5, color=INK)
        self.gauge = Bars(sheet, _LEFT, 0.22, 2)
        sheet.plot([_LEFT, _LEFT], [0.2, 0.82], color=RULE, lw=1.2, zorder=1)
        for name, y in (("frames", 0.67), ("if copied", 0.33)):
            note(sheet, _LEFT - 0.1, y, name, size=10, align="right", color=INK)

    def update(self, *, children: int, written: int, parent: bool) -> Finding:
        """Fork and write in the simulated kernel, and count."""
        rows, frames = _run(children, written, parent)
        grid = _grid(children)
        self.cells.put(
            grid.boxes(),
            [FRAME.fill if shared else FRAME.line for row in rows for shared in row.shared],
        )
        self.words.clear()
        for number, row in enumerate(rows):
            _, y = grid.middle(number * _PAGES)
            self.words.put(_LEFT - 0.1, y, row.name)
            self.words.put(_FAULTS, y, str(row.faults))
            self.words.put(_PSS, y, str(row.pss))
        copied = _PAGES * (children + 1)
        scale = 6.3 / copied
        self.gauge.put(
            [
                Bar(0.67, [(frames * scale, FRAME.fill)], f"{frames} ({frames * _KIB} kB)"),
                Bar(0.33, [(copied * scale, PAPER)], f"{copied}"),
            ]
        )
        who = count(children, "child", "children")
        title = f"{who} of {_PAGES} pages: {frames} frames, not {copied}"
        if not written:
            title = f"{who} and nothing written: still {frames} frames, and no fault"
        elif frames == copied:
            title = f"{who}, everything written: {frames} frames, as if fork had copied"
        faults = sum(row.faults for row in rows)
        return Finding(
            title,
            f"Each child writes {count(written, 'page')}"
            f"{' and the parent the same ones' if parent else ''}: {count(faults, 'fault')} in "
            f"all, {rows[0].faults} of the parent. Pss, cut off to whole kB as Linux prints it: "
            f"parent {rows[0].pss} kB, a child {rows[1].pss} kB; all together, uncut, "
            f"{frames * _KIB} kB.",
        )

    def tabulate(self, *, children: int, written: int, parent: bool) -> list[Table]:
        """List what each process has and has caused."""
        rows, frames = _run(children, written, parent)
        cells = [
            (
                row.name,
                str(sum(row.shared)),
                str(_PAGES - sum(row.shared)),
                str(row.faults),
                f"{row.pss} kB",
            )
            for row in rows
        ]
        caption = f"After the fork: {frames} frames in all; copied, {_PAGES * (children + 1)}"
        heads = ("process", "pages shared", "of its own", "faults since", "Pss")
        return [Table(caption, heads, cells)]

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Let every child write up to the page that was clicked."""
        cell = _grid(values["children"]).at(x, y)
        return {} if cell is None else {"written": cell % _PAGES + 1}


def _grid(children: int) -> Grid:
    """Give each process a row of pages: fewer of them stand taller."""
    high = min(0.5, _TALL / (children + 1))
    return Grid(_LEFT, _TOP + 0.02, _CELL, high, _PAGES, children + 1, gap_y=0.3 * high)


@lru_cache(maxsize=256)
def _run(children: int, written: int, parent_too: bool) -> _State:
    """Fork and write in the simulated kernel; return what each process has, and the frames."""
    kernel = Kernel(ram="6 MiB")
    parent = kernel.spawn()
    page = kernel.mode.page_bytes
    area = parent.mmap(_PAGES * page)
    parent.touch(area)
    before = kernel.counters["AnonPages"]
    people = {"parent": parent} | {f"child {n + 1}": parent.fork() for n in range(children)}
    start = {name: one.counters.minflt for name, one in people.items()}
    writers = [one for name, one in people.items() if name != "parent"]
    for one in [*writers, parent] if parent_too else writers:
        one.touch(area, "w", range(written))
    rows = []
    for name, one in people.items():
        pfns = [one.space.pte(area.start + n * page).pfn for n in range(_PAGES)]
        shared = tuple(kernel.pool.frames[pfn].shared for pfn in pfns)
        faults = one.counters.minflt - start[name]
        rows.append(_Row(name, shared, faults, one.smaps(area).Pss))
    extra = (kernel.counters["AnonPages"] - before) // _KIB
    return _State(tuple(rows), _PAGES + extra)
