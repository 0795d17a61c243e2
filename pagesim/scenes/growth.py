"""Three areas that grow: the heap by brk, mappings by mmap, the stack by faults down to its end."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from matplotlib.figure import Figure

from ..draw import DISK, FAULT, INK, MUTED, PAPER, VIRTUAL, Boxes, Label, Labels, paper, title
from ..kernel import Kernel, SegmentationFault
from ..units import binary
from .base import Choice, Hidden, Scene, Slider
from .malloc_model import Malloc, allocate

_MIB = 1 << 20
_COUNTS = (1, 2, 4, 8, 16, 32, 64)
_LEFT, _WIDE = 1.5, 4.8
_LOW, _HIGH = 12, 31  # log2 of the ends of the bars of heap and mappings
_DEPTH = 9 * _MIB  # that the stack's bar shows
_STACK = 8.6  # right end of the stack's bar, its high end
_NEAR = 5 * _MIB  # from the stack's end down to where a neighbour ends
_BELOW = ("nothing near", "a mapping 5 MiB below its end")
_ROWS = (2.86, 2.32, 1.0)  # bottoms of the three bars
_BAR = 0.34


class Growth(Scene):
    """Ask for blocks, and go down the stack: which area grows, and what stops it?"""

    size = (9, 3.9)
    clickable = True

    def __init__(self) -> None:
        super().__init__(
            {
                "size": Slider("bytes of a block", 4, 24, 17, words=lambda n: binary(1 << n)),
                "count": Slider("blocks", 0, 6, 3, words=lambda n: f"{_COUNTS[n]}"),
                "threshold": Slider("mmap from", 15, 20, 17, words=lambda n: binary(1 << n)),
                "depth": Slider("stack used", 1, 36, 18, words=lambda n: binary(n << 18)),
                "below": Choice("below the stack", _BELOW, _BELOW[0]),
                "moved": Hidden(""),
            }
        )

    def build(self, figure: Figure) -> None:
        """Draw two bars to a scale of doublings, and the stack to a plain one."""
        sheet = paper(figure)
        self.title = title(sheet)
        for bottom, name in zip(_ROWS, ("heap (brk)", "mappings", "stack"), strict=True):
            Label(sheet, _LEFT - 0.12, bottom + _BAR / 2, name, weight="bold", size=10.5,
                  align="right", moving=False)  # fmt: skip
        for power in (12, 17, 20, 24, 30):
            x = _x(1 << power)
            sheet.plot([x, x], [2.2, 2.26], color=MUTED, lw=1)
            Label(sheet, x, 2.1, binary(1 << power), size=9, color=MUTED, align="center",
                  moving=False)  # fmt: skip
        for mib in range(0, 10, 2):
            x = _at(mib * _MIB)
            Label(sheet, x, 0.82, f"{mib} MiB", size=9, color=MUTED, align="center", moving=False)
        Label(sheet, _LEFT, 0.58, "low addresses; the stack grows this way: ←", size=9,
              color=MUTED, moving=False)  # fmt: skip
        self.bars = Boxes(sheet, face=VIRTUAL.fill, edge=VIRTUAL.line, line=1.4)
        self.gap = Boxes(sheet, face=PAPER, edge=FAULT.line, line=1.2, hatch="xxx", zorder=2)
        self.neighbour = Boxes(sheet, face=DISK.fill, edge=DISK.line, line=1.2, zorder=2)
        (self.limit,) = sheet.plot([], [], color=INK, lw=1.6, ls=(0, (3, 2)), animated=True)
        (self.cross,) = sheet.plot([], [], ls="", marker="x", ms=12, mew=3.4, color=FAULT.line,
                                   animated=True, zorder=6)  # fmt: skip
        self.words = Labels(sheet, 3, size=10)
        self.marks = Labels(sheet, 3, size=9, align="center")
        self.stack_words = Label(sheet, _LEFT, 0.24, size=10.5)

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Let the title follow what was moved."""
        return {**values, "moved": "stack" if changed in ("depth", "below") else ""}

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Use the stack down to the point that was clicked."""
        if _ROWS[2] <= y <= _ROWS[2] + _BAR and _LEFT <= x <= _STACK:
            return {"depth": min(max(1, round((_STACK - x) / _scale() / (1 << 18))), 36)}
        return {}

    def update(
        self, *, size: int, count: int, threshold: int, depth: int, below: str, moved: str
    ) -> str:
        """Allocate and go down, in the simulated kernel."""
        many, near = _COUNTS[count], below == _BELOW[1]
        got, areas = _allocated(size, many, threshold)
        used = depth << 18
        stack, reason = _stack(used, near)
        boxes = [
            (_LEFT, _ROWS[0], max(_x(got.heap_bytes) - _LEFT, 0.02), _BAR),
            (_LEFT, _ROWS[1], max(_x(got.mapped_bytes) - _LEFT, 0.02), _BAR),
            (_at(stack), _ROWS[2], _STACK - _at(stack), _BAR),
        ]
        self.bars.put(boxes)
        self.words.clear()
        calls = f"{binary(got.heap_bytes)}, {got.brk_calls} call{'s' * (got.brk_calls != 1)} of brk"
        self.words.put(_x(got.heap_bytes) + 0.1, _ROWS[0] + _BAR / 2, calls)
        maps = "none"
        if got.mmap_calls:
            maps = (f"{binary(got.mapped_bytes)}, {got.mmap_calls} mmap, "
                    f"{areas} VMA{'s' * (areas != 1)}")  # fmt: skip
        self.words.put(_x(got.mapped_bytes) + 0.1, _ROWS[1] + _BAR / 2, maps)
        self._below(near)
        self.cross.set_data(([_at(used)], [_ROWS[2] + _BAR / 2]) if reason else ([], []))
        self.stack_words.text = told = (
            f"stack used to {binary(used)}: SIGSEGV, {reason}"
            if reason
            else f"stack used to {binary(used)}: each fault extends its VMA, now {binary(stack)}"
        )
        own = "a mapping each" if many > 1 else "a mapping of its own"
        where = own if got.mmap_calls else "the heap"
        blocks = f"{many} block{'s' * (many != 1)} of {binary(1 << size)}"
        finding = f"{blocks} go{'es' * (many == 1)} into {where}"
        stop = (
            f"The stack ends at {binary(used)}: SIGSEGV" if reason else "The stack grows by faults"
        )
        self.title.text = f"{stop}, at {binary(stack)}" if moved and not reason else (
            stop if moved else finding
        )  # fmt: skip
        return (
            f"{finding} (mmap from {binary(1 << threshold)}): heap {calls}; "
            f"mappings {maps}. {told[0].upper()}{told[1:]}; below it: {below}."
        )

    def _below(self, near: bool) -> None:
        """Show what the stack may not pass: its limit, or the gap above a neighbour."""
        self.marks.clear()
        bottom, top = _ROWS[2], _ROWS[2] + _BAR
        limit = _at(8 * _MIB)
        self.limit.set_data([limit, limit], [bottom - 0.06, top + 0.1])
        self.marks.put(limit, top + 0.2, "limit")
        if near:
            high = _at(_NEAR)
            gap = 256 * 4096 * _scale()
            self.neighbour.put([(high - 0.5, bottom, 0.5, _BAR)])
            self.gap.put([(high, bottom, gap, _BAR)])
            self.marks.put(high + gap / 2 + 0.3, top + 0.2, "gap of 256 pages")
        else:
            self.neighbour.put([])
            self.gap.put([])


@lru_cache(maxsize=2048)
def _allocated(size: int, count: int, threshold: int) -> tuple[Malloc, int]:
    """Allocate in a fresh process; count the VMAs of its mappings too."""
    process = Kernel(ram="1 MiB").spawn()
    got = allocate(process, 1 << size, count, 1 << threshold)
    return got, sum(area.role == "mmap" for area in process.areas)


@lru_cache(maxsize=256)
def _stack(used: int, near: bool) -> tuple[int, str]:
    """Go down a page at a time; give the bytes that the stack has then, and what stopped it."""
    kernel = Kernel(ram="16 MiB")
    process = kernel.spawn()
    end = process.areas[-1].end
    if near:
        process.mmap(_MIB, addr=end - _NEAR - _MIB)
    reason = ""
    for depth in range(1 << 18, used + 1, 1 << 18):
        try:
            process.write(end - depth)
        except SegmentationFault as fault:
            reason = fault.outcome.reason
            break
    if reason:  # the last page that it may have
        low = process.areas[-1].start
        try:
            while True:
                low -= kernel.mode.page_bytes
                process.write(low)
        except SegmentationFault:
            pass
    return process.areas[-1].length, reason


def _x(size: int) -> float:
    """Place a size of heap or mappings: each doubling adds the same."""
    if size < 1 << _LOW:
        return _LEFT
    power = size.bit_length() - 1 + (size / (1 << size.bit_length() - 1) - 1)
    return _LEFT + (power - _LOW) / (_HIGH - _LOW) * _WIDE


def _scale() -> float:
    return (_STACK - _LEFT) / _DEPTH


def _at(depth: int) -> float:
    return _STACK - depth * _scale()
