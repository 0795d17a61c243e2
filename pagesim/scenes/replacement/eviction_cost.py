"""What it costs to send a page away: nothing, a write to its file, or a write to swap."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ...costs import LATENCIES
from ...draw import Arrows, Boxes, Cylinders, Frames, Grid, Label, Labels, hit_box, middle
from ...draw.style import DISK, INK, PAPER, RULE
from ...kernel import Kernel
from ...units import count, duration
from ..base import Choice, Controls, Finding, Scene, Sheet, Slider, Table

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
_ARTICLES = {"NVMe disk": "an", "hard disk": "a"}
_MOST = 6  # 2**6 pages
_TRAY, _FILE, _SWAP = (0.5, 1.05, 2.5, 2.25), (5.9, 2.3, 2.5, 1.15), (5.9, 0.9, 2.5, 1.15)
_PAGES = Grid(0.62, 3.21, 0.28, 0.26, 8, (1 << _MOST) // 8, gap_x=0.04, gap_y=0.06)


@dataclass(frozen=True, slots=True)
class Fate:
    """What the kernel did: pages that left, pages written (where), pages read back (from where)."""

    left: int
    to_file: int
    to_swap: int
    from_file: int
    from_swap: int

    @property
    def out(self) -> int:
        """Pages written."""
        return self.to_file + self.to_swap

    @property
    def back(self) -> int:
        """Pages read back."""
        return self.from_file + self.from_swap


class EvictionCost(Scene):
    """Send pages out of memory and ask for them again: what goes over the wire to the disk?"""

    size = (9, 4.3)
    clickable = True
    controls = Controls(
        pages=Slider("how many", 0, _MOST, 5, lambda n: f"{1 << n}"),
        kind=Choice("pages of", tuple(_KINDS), "a file, mapped shared"),
        life=Choice("so far", tuple(_LIVES), "only read"),
        disk=Choice("disk", tuple(_DISKS), "NVMe disk"),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw memory, the file and swap; pages, arrows and words move."""
        x, y, _, h = _TRAY
        Boxes(sheet, [_TRAY], line=1.2, edge=INK, moving=False)
        Label(sheet, x, y + h + 0.18, "memory", weight="bold", moving=False)
        self.told = Label(sheet, x + 0.85, y + h + 0.18, size=9.5)
        self.pages = Frames(sheet, line=1.8)
        self.promised = Boxes(sheet, line=1.0, edge=RULE, zorder=2)
        self.dirty = Labels(sheet, 1 << _MOST, size=8.5, weight="bold", align="center")
        self.state = Label(sheet, x, y - 0.2, size=9.5)
        self.stores = Cylinders(sheet, zorder=1)
        for name, (x, y, *_) in (("the file on disk", _FILE), ("swap", _SWAP)):
            Label(sheet, x + 0.15, y + 0.68, name, weight="bold")
        self.moved = Labels(sheet, 2, size=9.5)
        self.arrows = Arrows(sheet, width=2.2)
        self.going = Label(sheet, 4.45, 0, size=10, align="center", weight="bold")
        self.coming = Label(sheet, 4.45, 0, size=10, align="center", weight="bold")
        self.price = Label(sheet, 0.5, 0.4, size=10.5)
        self.source = Label(sheet, 8.88, 0.4, size=9, align="right")

    def update(self, *, kind: str, life: str, pages: int, disk: str) -> Finding:
        """Let the kernel send the pages out and fetch them again, and draw what moved."""
        many, each = 1 << pages, LATENCIES[_DISKS[disk]].ns
        fate = fate_of(_KINDS[kind], _LIVES[life], many)
        self._draw_pages(many, fate)
        self.told.text = f"{kind}; {life}"
        self.source.text = f"{disk}, one page at a time; grade C"
        self._draw_arrows(fate)
        prices = [
            duration(moved * each) if moved else "costs nothing" for moved in (fate.out, fate.back)
        ]
        self.price.text = f"leaving {prices[0]}, coming back {prices[1]}"
        return Finding(
            _title(many, fate),
            f"Pages of {kind}; {life}: {fate.left} of {many} sent out, {fate.out} written, "
            f"{fate.back} read when they are wanted again; with {_ARTICLES[disk]} {disk} "
            f"{duration(fate.out * each)} out and {duration(fate.back * each)} back, one page at "
            "a time.",
        )

    def tabulate(self, *, kind: str, life: str, pages: int, disk: str) -> list[Table]:
        """List what goes to the disk and comes back."""
        fate, each = fate_of(_KINDS[kind], _LIVES[life], 1 << pages), LATENCIES[_DISKS[disk]].ns
        rows = [
            (name, str(out), duration(out * each), str(back), duration(back * each))
            for name, out, back in (
                ("the file on disk", fate.to_file, fate.from_file),
                ("swap", fate.to_swap, fate.from_swap),
            )
        ]
        heads = ("where", "pages written", "takes", "pages read back", "takes")
        return [Table(f"{fate.left} of {1 << pages} pages sent out", heads, rows)]

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Change what was done to the pages (a click on memory) or whose they are (on a disk)."""
        place, lives = hit_box((_TRAY, _FILE, _SWAP), x, y), list(_LIVES)
        if place == 0:
            return {"life": lives[(lives.index(values["life"]) + 1) % len(lives)]}
        kinds = {1: "a file, mapped shared", 2: "anonymous memory"}
        return {} if place is None else {"kind": kinds[place]}

    def _draw_pages(self, many: int, fate: Fate) -> None:
        boxes = _PAGES.boxes(many)
        self.pages.put(boxes if fate.left else [])
        self.promised.put([] if fate.left else boxes)
        self.dirty.fill((*middle(box), "D") for box in boxes if fate.out)
        self.state.text = "clean: the disk has the same"
        if not fate.left:
            self.state.text = "no frames: the zero page stands for all"
        elif fate.out:
            self.state.text = "dirty (D): newer than what the disk has"
        moves = ((fate.to_file, fate.from_file), (fate.to_swap, fate.from_swap))
        self.stores.put([_FILE, _SWAP], [DISK.fill if any(move) else PAPER for move in moves])
        self.moved.fill(
            (x + 0.15, y + 0.32, _told(*move))
            for (x, y, *_), move in zip((_FILE, _SWAP), moves, strict=True)
        )

    def _draw_arrows(self, fate: Fate) -> None:
        x, y, *_ = _FILE if fate.to_file or fate.from_file else _SWAP
        start, end = _TRAY[0] + _TRAY[2] + 0.1, x - 0.1
        high, low = y + 0.62, y + 0.3
        out, back = [(start, high), (end, high)], [(end, low), (start, low)]
        self.arrows.put([out] * (fate.out > 0) + [back] * (fate.back > 0))
        self.going.y, self.coming.y = high + 0.17, low - 0.17
        self.going.text = f"{count(fate.out, 'page')} written" if fate.out else "nothing is written"
        self.coming.text = f"{count(fate.back, 'page')} read" if fate.back else "nothing to read"


@lru_cache(maxsize=128)
def fate_of(kind: str, life: str, pages: int) -> Fate:
    """Send pages out in the kernel after a life (r, w, o for out), read them again; count both."""
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
        to_file=moved("pgpgout", before, gone) // 4 - moved("pswpout", before, gone),  # kB
        to_swap=moved("pswpout", before, gone),
        from_file=moved("pgpgin", gone, back) // 4 - moved("pswpin", gone, back),
        from_swap=moved("pswpin", gone, back),
    )


def _title(many: int, fate: Fate) -> str:
    if not fate.left:
        return "No page has a frame: only read, all of them are the one zero page"
    leave = f"{count(many, 'page')} {'leaves' if many == 1 else 'leave'} and"
    if fate.out:
        written = "is" if many == 1 else f"{count(fate.out, 'page')} are"
        return f"{leave} {written} written to {'the file' if fate.to_file else 'swap'}"
    where = "the file has" if fate.from_file else "swap still has"
    return f"{leave} nothing is written: {where} {'it' if many == 1 else 'them'}"


def _told(out: int, back: int) -> str:
    if not out and not back:
        return "not asked"
    return f"{out} written, {back} read back" if out else f"has them all; {back} read back"
