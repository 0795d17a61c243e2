"""Copy-on-write after forks: how many frames, whose, and at what price in faults?"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from matplotlib.figure import Figure

from ...draw import FRAME, INK, MUTED, PAPER, RULE, Boxes, Label, Labels, paper, title
from ...kernel import Kernel
from ..base import Scene, Slider, Toggle

_PAGES, _MOST = 40, 8  # pages, and children
_LEFT, _TOP, _CELL, _TALL = 0.95, 3.9, 0.115, 2.9
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

    def __init__(self) -> None:
        super().__init__(
            {
                "children": Slider("children", 1, _MOST, 3),
                "written": Slider("each child writes", 0, _PAGES, 10, words=lambda n: f"{n} pages"),
                "parent": Toggle("then the parent writes them too", False),
            }
        )

    def build(self, figure: Figure) -> None:
        """Draw the headings; the pages and the bars move."""
        sheet = paper(figure)
        self.title = title(sheet)
        self.cells = Boxes(sheet, edge=FRAME.line, line=0.7, zorder=2)
        self.names = Labels(sheet, _MOST + 1, size=10, align="right")
        self.faults = Labels(sheet, _MOST + 1, size=10, align="right")
        self.weights = Labels(sheet, _MOST + 1, size=10, align="right")
        still: dict[str, Any] = {"size": 9.5, "color": MUTED, "moving": False}
        y = _TOP + 0.22
        Label(sheet, _LEFT, y, f"{_PAGES} written pages, then fork", **still)
        Label(sheet, 6.65, y, "faults since", align="right", **still)
        Label(sheet, 7.85, y, "Pss kB", align="right", **still)
        x = _LEFT + 2.45
        for color, words in ((FRAME.fill, "shared, read-only"), (FRAME.line, "its own")):
            Boxes(sheet, [(x, y - 0.07, 0.14, 0.14)], face=color, edge=INK, moving=False)
            Label(sheet, x + 0.22, y, words, **{**still, "color": INK})
            x += 1.42
        self.gauge = Boxes(sheet, edge=INK, line=1.0, zorder=2)
        sheet.plot([_LEFT, _LEFT], [0.2, 0.82], color=RULE, lw=1.2, zorder=1)
        self.bars = Labels(sheet, 2, size=10)
        for name, y in (("frames", 0.67), ("if copied", 0.33)):
            Label(sheet, _LEFT - 0.1, y, name, size=10, align="right", moving=False)

    def update(self, *, children: int, written: int, parent: bool) -> str:
        """Fork and write in the simulated kernel, and count."""
        rows, frames = _run(children, written, parent)
        boxes, faces = [], []
        for pool in (self.names, self.faults, self.weights):
            pool.clear()
        high = _row(children)
        for number, row in enumerate(rows):
            y = _TOP - high * (number + 0.5) + 0.02
            for page, shared in enumerate(row.shared):
                boxes.append((_LEFT + _CELL * page, y - 0.35 * high, _CELL, 0.7 * high))
                faces.append(FRAME.fill if shared else FRAME.line)
            self.names.put(_LEFT - 0.1, y, row.name)
            self.faults.put(6.65, y, str(row.faults))
            self.weights.put(7.85, y, str(row.pss))
        self.cells.put(boxes, faces)
        copied = _PAGES * (children + 1)
        scale = 6.3 / copied
        self.gauge.put(
            [(_LEFT, 0.56, frames * scale, 0.22), (_LEFT, 0.22, copied * scale, 0.22)],
            [FRAME.fill, PAPER],
        )
        self.bars.clear()
        self.bars.put(_LEFT + frames * scale + 0.1, 0.67, f"{frames} ({frames * _KIB} kB)")
        self.bars.put(_LEFT + copied * scale + 0.1, 0.33, f"{copied}")
        who = f"{children} child{'ren' * (children > 1)}"
        asked = children * written
        if asked:
            finding = f"{who} of {_PAGES} pages: {frames} frames, not {copied}"
            if frames == copied:
                finding = f"{who}, everything written: {frames} frames, as if fork had copied"
        else:
            finding = f"{who} and nothing written: still {frames} frames, and no fault"
        self.title.text = finding
        faults = sum(row.faults for row in rows)
        total = sum(row.pss for row in rows)
        return (
            f"{finding}. Each child writes {written} pages"
            f"{' and the parent the same ones' if parent else ''}: {faults} faults in all, "
            f"{rows[0].faults} of the parent. Pss: parent {rows[0].pss} kB, a child "
            f"{rows[1].pss} kB; all together {total} kB."
        )

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Let every child write up to the page that was clicked."""
        page = int((x - _LEFT) // _CELL)
        row = int((_TOP + 0.02 - y) // _row(values["children"]))
        if 0 <= page < _PAGES and 0 <= row <= values["children"]:
            return {"written": page + 1}
        return {}


def _row(children: int) -> float:
    """Give the height of a process's row: fewer of them stand taller."""
    return min(0.5, _TALL / (children + 1))


@lru_cache(maxsize=256)
def _run(children: int, written: int, parent_too: bool) -> _State:
    """Play it in the kernel."""
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
        frames = [kernel.pool.frames[one.space.pte(area.start + n * page).pfn]
                  for n in range(_PAGES)]  # fmt: skip
        faults = one.counters.minflt - start[name]
        rows.append(_Row(name, tuple(f.shared for f in frames), faults, one.smaps(area).Pss))
    extra = (kernel.counters["AnonPages"] - before) // _KIB
    return _State(tuple(rows), _PAGES + extra)
