"""What it costs to send a page away: nothing, a write to its file, or a write to swap."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from ...costs import LATENCIES
from ...draw import DISK, INK, PAPER, RULE, Boxes, Cylinders, Frames, Label, Labels, paper, title
from ...kernel import Kernel
from ...units import duration
from ..base import Choice, Scene, Slider

_KINDS = {
    "a file, mapped shared": "shared",
    "a file, mapped private": "private",
    "anonymous memory": "",
}
_LIVES = {
    "only read": "r",
    "written": "w",
    "written, sent out, read again": "wor",
    "written, sent out, written again": "wow",
}
_DISKS = {"NVMe disk": "major fault", "hard disk": "hard disk"}
_MOST = 6  # 2**6 pages
_TRAY, _FILE, _SWAP = (0.5, 1.05, 2.5, 2.25), (5.9, 2.3, 2.5, 1.15), (5.9, 0.9, 2.5, 1.15)


@dataclass(frozen=True, slots=True)
class Fate:
    """What the kernel did: pages that left, pages written (where), pages read back (from where)."""

    left: int
    to_file: int
    to_swap: int
    from_file: int
    from_swap: int


class EvictionCost(Scene):
    """Send pages out of memory and ask for them again: what goes over the wire to the disk?"""

    size = (9, 4.3)
    clickable = True

    def __init__(self) -> None:
        super().__init__(
            {
                "pages": Slider("how many", 0, _MOST, 5, lambda n: f"{1 << n}"),
                "kind": Choice("pages of", tuple(_KINDS), "a file, mapped shared"),
                "life": Choice("so far", tuple(_LIVES), "only read"),
                "disk": Choice("disk", tuple(_DISKS), "NVMe disk"),
            }
        )

    def build(self, figure: Figure) -> None:
        """Draw memory, the file and swap; pages, arrows and words move."""
        sheet = paper(figure)
        self.title = title(sheet)
        x, y, _, h = _TRAY
        Boxes(sheet, [_TRAY], line=1.2, edge=INK, moving=False)
        Label(sheet, x, y + h + 0.18, "memory", weight="bold", moving=False)
        self.told = Label(sheet, x + 0.85, y + h + 0.18, size=9.5)
        self.pages = Frames(sheet, line=1.8)
        self.promised = Boxes(sheet, line=1.0, edge=RULE, zorder=2)
        self.dirty = Labels(sheet, 1 << _MOST, size=8.5, weight="bold", align="center")
        self.state = Label(sheet, x, y - 0.2, size=9.5)
        self.cells = {}
        for name, box in (("the file on disk", _FILE), ("swap", _SWAP)):
            self.cells[name] = Cylinders(sheet, zorder=1)
            Label(sheet, box[0] + 0.15, box[1] + 0.68, name, weight="bold")
        self.written = {"file": self._words(sheet, _FILE), "swap": self._words(sheet, _SWAP)}
        self.arrows = LineCollection([], colors=INK, linewidths=2.2, animated=True, zorder=3)
        sheet.add_collection(self.arrows, autolim=False)
        (self.right,) = sheet.plot([], [], ls="", marker=">", ms=9, color=INK, animated=True)
        (self.left,) = sheet.plot([], [], ls="", marker="<", ms=9, color=INK, animated=True)
        self.going = Label(sheet, 4.45, 0, size=10, align="center", weight="bold")
        self.coming = Label(sheet, 4.45, 0, size=10, align="center", weight="bold")
        self.price = Label(sheet, 0.5, 0.4, size=10.5)
        self.source = Label(sheet, 8.88, 0.4, size=9, align="right")

    def update(self, *, kind: str, life: str, pages: int, disk: str) -> str:
        """Let the kernel send the pages out and fetch them again, and draw what moved."""
        count, each = 1 << pages, LATENCIES[_DISKS[disk]].ns
        fate = fate_of(_KINDS[kind], _LIVES[life], count)
        out, back = fate.to_file + fate.to_swap, fate.from_file + fate.from_swap
        self._draw_pages(count, fate)
        self.told.text = f"{kind}; {life}"
        self.source.text = f"{disk}, one page at a time; grade C"
        self._draw_arrows(fate)
        self.price.text = (
            f"leaving {duration(out * each) if out else 'costs nothing'}, "
            f"coming back {duration(back * each) if back else 'costs nothing'}"
        )
        if not fate.left:
            finding = "No page has a frame: only read, all of them are the one zero page"
        elif not out:
            why = "the file has them" if fate.from_file else "swap still has them"
            finding = f"{_pages(count)} leave and nothing is written: {why}"
        else:
            where = "to the file" if fate.to_file else "to swap"
            finding = f"{_pages(count)} leave and {_pages(out)} are written {where}"
            if count == 1:
                finding = f"1 page leaves and is written {where}"
        if count == 1 and fate.left and not out:
            finding = finding.replace("leave and", "leaves and").replace("them", "it")
        self.title.text = finding
        return (
            f"{finding}. Pages of {kind}; {life}: {fate.left} of {count} sent out, {out} written, "
            f"{back} read when they are wanted again; with {_an(disk)} {duration(out * each)} "
            f"out and {duration(back * each)} back, one page at a time."
        )

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Change what was done to the pages by a click on memory, whose they are by one on disk."""
        changes = (
            (_TRAY, {"life": _after(_LIVES, values["life"])}),
            (_FILE, {"kind": "a file, mapped shared"}),
            (_SWAP, {"kind": "anonymous memory"}),
        )
        for (left, foot, wide, high), change in changes:
            if left <= x <= left + wide and foot <= y <= foot + high:
                return dict(change)
        return {}

    def _words(self, sheet: Any, box: tuple[float, float, float, float]) -> Label:
        return Label(sheet, box[0] + 0.15, box[1] + 0.32, size=9.5)

    def _draw_pages(self, count: int, fate: Fate) -> None:
        columns, side = 8, 0.28
        boxes = [
            (_TRAY[0] + 0.14 + n % columns * side, _TRAY[1] + 1.93 - n // columns * 0.26, 0.24, 0.2)
            for n in range(count)
        ]
        self.pages.put(boxes if fate.left else [])
        self.promised.put([] if fate.left else boxes)
        self.dirty.clear()
        dirty = fate.to_file + fate.to_swap > 0
        for x, y, wide, high in boxes if dirty else []:
            self.dirty.put(x + wide / 2, y + high / 2, "D")
        self.state.text = (
            "no frames: the zero page stands for all" if not fate.left
            else "dirty (D): newer than what the disk has" if dirty
            else "clean: the disk has the same"
        )  # fmt: skip
        file_used, swap_used = fate.to_file or fate.from_file, fate.to_swap or fate.from_swap
        for name, box, used in (
            ("the file on disk", _FILE, file_used), ("swap", _SWAP, swap_used)
        ):  # fmt: skip
            self.cells[name].put([box], DISK.fill if used else PAPER)
        self.written["file"].text = _told(fate.to_file, fate.from_file)
        self.written["swap"].text = _told(fate.to_swap, fate.from_swap)

    def _draw_arrows(self, fate: Fate) -> None:
        box = _FILE if fate.to_file or fate.from_file else _SWAP
        out, back = fate.to_file + fate.to_swap, fate.from_file + fate.from_swap
        start, end = _TRAY[0] + _TRAY[2] + 0.1, box[0] - 0.1
        lines, right, left = [], [], []
        high, low = box[1] + 0.62, box[1] + 0.3
        if out:
            lines.append([(start, high), (end, high)])
            right.append((end - 0.05, high))
        if back:
            lines.append([(start, low), (end, low)])
            left.append((start + 0.05, low))
        self.arrows.set_segments(lines)
        self.right.set_data(*zip(*right, strict=True) if right else ([], []))
        self.left.set_data(*zip(*left, strict=True) if left else ([], []))
        self.going.y, self.coming.y = high + 0.17, low - 0.17
        self.going.text = f"{_pages(out)} written" if out else "nothing is written"
        self.coming.text = f"{_pages(back)} read" if back else "nothing to read"


@lru_cache(maxsize=128)
def fate_of(kind: str, life: str, pages: int) -> Fate:
    """Run it in the kernel: live that life (r, w, o for out), leave, and be read again."""
    kernel = Kernel(ram="1 MiB", swap="1 MiB")
    process, size = kernel.spawn(), pages * 4096
    if kind == "shared":
        area = process.mmap(size, kind="shared", file=kernel.file("/data", bytes(size)))
    elif kind == "private":
        area = process.mmap(size, kind="private", file=kernel.file("/data", bytes(size)))
    else:
        area = process.mmap(size)
    for event in life:
        if event == "o":
            process.madvise(area, "pageout")
        else:
            process.touch(area, "r" if event == "r" else "w")
    before = kernel.counters
    process.madvise(area, "pageout")
    gone = kernel.counters
    process.touch(area, "r")
    back = kernel.counters

    def moved(name: str, old: Any, new: Any) -> int:
        return int(new[name] - old[name])

    return Fate(
        left=moved("pgsteal", before, gone),
        to_file=moved("pgpgout", before, gone) // 4,  # kB
        to_swap=moved("pswpout", before, gone),
        from_file=moved("pgpgin", gone, back) // 4,
        from_swap=moved("pswpin", gone, back),
    )


def _told(out: int, back: int) -> str:
    if not out and not back:
        return "not asked"
    return f"{out} written, {back} read back" if out else f"has them all; {back} read back"


def _pages(count: int) -> str:
    return f"{count} page{'s' if count != 1 else ''}"


def _an(disk: str) -> str:
    return f"an {disk}" if disk.startswith("N") else f"a {disk}"


def _after(options: dict[str, str], value: str) -> str:
    names = list(options)
    return names[(names.index(value) + 1) % len(names)]
