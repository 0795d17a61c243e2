"""Three areas that grow: the heap by brk, mappings by mmap, the stack by faults down to its end."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ...draw import Boxes, Crosses, Curve, Label, Labels, inside, note
from ...draw.style import INK, MUTED, PAPER, VIRTUAL
from ...kernel import Kernel, SegmentationFault
from ...units import binary
from ...units import count as count_of
from ..base import Choice, Controls, Finding, Hidden, Scene, Sheet, Slider, Table
from .malloc_model import Malloc, allocate

_MIB = 1 << 20
_COUNTS = (1, 2, 4, 8, 16, 32, 64)
_LEFT, _WIDE = 1.5, 4.8
_LOW, _HIGH = 3, 31  # log2 of the ends of the upper bars
_DEPTH = 9.5 * _MIB  # that the stack's bar shows
_STACK = 8.6  # right end of the stack's bar, its high end
_LIMIT = 8 * _MIB  # of the stack
_NEAR = 5 * _MIB  # from the stack's end down to where a neighbour ends
_NEIGHBOUR = 0.72  # inches of it that are drawn: 1 MiB
_BELOW = ("nothing near", "a mapping 5 MiB below its end")
_ROWS = (2.9, 2.48, 1.06)  # bottoms of the bars of heap, mappings and stack
_BLOCK = 3.36  # bottom of one block's bar
_BAR = 0.3


class Growth(Scene):
    """Ask for blocks, and go down the stack: which area grows, and what stops it?"""

    size = (9, 4.4)
    clickable = True
    controls = Controls(
        size=Slider("bytes of a block", 4, 24, 16, words=lambda n: binary(1 << n)),
        count=Slider("blocks", 0, 6, 3, words=lambda n: f"{_COUNTS[n]}"),
        threshold=Slider("mmap from", 15, 20, 17, words=lambda n: binary(1 << n)),
        depth=Slider("stack used", 1, 36, 18, words=lambda n: binary(n << 18)),
        below=Choice("below the stack", _BELOW, _BELOW[0]),
        moved=Hidden(""),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw three bars to a scale of doublings, and the stack to a plain one."""
        names = ("one block", "heap (brk)", "mappings", "stack")
        for bottom, name in zip((_BLOCK, *_ROWS), names, strict=True):
            look: dict[str, Any] = {"size": 10.5, "color": INK, "weight": "bold"}
            note(sheet, _LEFT - 0.12, bottom + _BAR / 2, name, align="right", **look)
        for power in (4, 12, 17, 20, 24, 30):
            x = _x(1 << power)
            sheet.plot([x, x], [2.36, 2.42], color=MUTED, lw=1)
            note(sheet, x, 2.26, binary(1 << power), align="center")
        note(sheet, _LEFT + _WIDE + 0.2, 2.26, "each doubling: one step")
        for mib in range(0, 10, 2):
            note(sheet, _at(mib * _MIB), 0.92, f"{mib} MiB", align="center")
        note(sheet, 0.9, 0.66, "← the stack grows this way, towards low addresses")
        self.bars = Boxes(sheet, face=VIRTUAL.fill, edge=VIRTUAL.line, line=1.4)
        self.gap = Boxes(sheet, face=PAPER, edge=MUTED, line=1.2, hatch="xxx", zorder=2)
        self.limit = Curve(sheet, (0, (3, 2)))
        self.from_here = Curve(sheet, (0, (3, 2)), zorder=5)
        self.cross = Crosses(sheet, 12)
        self.words = Labels(sheet, 3, size=10)
        self.marks = Labels(sheet, 4, size=9, align="center")
        self.stack_words = Label(sheet, 0.9, 0.32, size=9.5)

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Let the title follow what was moved."""
        return {**values, "moved": "stack" if changed in ("depth", "below") else ""}

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Use the stack down to the point that was clicked, or make a block that large."""
        if inside((_LEFT, _BLOCK, _WIDE, _BAR), x, y):
            power = _LOW + (x - _LEFT) / _WIDE * (_HIGH - _LOW)
            return {"size": min(max(4, round(power)), 24)}
        if inside((_LEFT, _ROWS[2] - 0.1, _STACK - _LEFT, _BAR + 0.2), x, y):
            return {"depth": min(max(1, round((_STACK - x) / _scale() / (1 << 18))), 36)}
        return {}

    def update(
        self, *, size: int, count: int, threshold: int, depth: int, below: str, moved: str
    ) -> Finding:
        """Allocate and go down, in the simulated kernel."""
        many, near, used = _COUNTS[count], below == _BELOW[1], depth << 18
        got, areas = _allocated(size, many, threshold)
        stack, failed, reason = _stack(used, near)
        boxes = [
            (_LEFT, _ROWS[0], max(_x(got.heap_bytes) - _LEFT, 0.02), _BAR),
            (_LEFT, _ROWS[1], max(_x(got.mapped_bytes) - _LEFT, 0.02), _BAR),
            (_at(stack), _ROWS[2], _STACK - _at(stack), _BAR),
            (_LEFT, _BLOCK, _x(1 << size) - _LEFT, _BAR),
        ]
        if near:
            boxes.append((_at(_NEAR) - _NEIGHBOUR, _ROWS[2], _NEIGHBOUR, _BAR))
        self.bars.put(boxes)
        self.words.clear()
        self.marks.clear()
        self._block(size, threshold, got.mmap_calls > 0)
        calls = f"{binary(got.heap_bytes)}, {count_of(got.brk_calls, 'call')} of brk"
        self.words.put(_x(got.heap_bytes) + 0.1, _ROWS[0] + _BAR / 2, calls)
        maps = "none"
        if got.mmap_calls:
            maps = f"{binary(got.mapped_bytes)}, {got.mmap_calls} mmap, {count_of(areas, 'VMA')}"
        self.words.put(_x(got.mapped_bytes) + 0.1, _ROWS[1] + _BAR / 2, maps)
        self._below(near, reached=used >= _LIMIT)
        self.cross.put(*[(_at(failed), _ROWS[2] + _BAR / 2)] if reason else [])
        came = f"SIGSEGV, {reason}"
        if not reason:
            came = f"each fault extends the stack's VMA, now {binary(stack)}"
        self.stack_words.text = told = f"{binary(used)} down, in steps of 256 KiB: {came}"
        own = "a mapping each" if many > 1 else "a mapping of its own"
        blocks = f"{count_of(many, 'block')} of {binary(1 << size)} go{'es' * (many == 1)}"
        finding = f"{blocks} into {own if got.mmap_calls else 'the heap'}"
        stop = f"The stack grows by faults: now it has {binary(stack)}"
        if reason:
            stop = f"On the way {binary(used)} down: SIGSEGV, the stack ends at {binary(stack)}"
        since = f" (mmap from {binary(1 << threshold)})" if got.mmap_calls else ""
        readout = (
            f"{finding}{since}: heap {calls}; "
            f"mappings {maps}. Stack used {told}; below it: {below}."
        )
        return Finding(stop if moved else finding, whole=readout)

    def tabulate(
        self, *, size: int, count: int, threshold: int, depth: int, below: str, **_: Any
    ) -> list[Table]:
        """List what each area has, and how it got it."""
        got, areas = _allocated(size, _COUNTS[count], threshold)
        stack, _failed, reason = _stack(depth << 18, below == _BELOW[1])
        how = f"mmap from {binary(1 << threshold)}" if got.mmap_calls else "into the heap"
        heap, maps = count_of(got.brk_calls, "call"), count_of(got.mmap_calls, "call")
        rows = [
            ("one block", binary(1 << size), how),
            ("heap", binary(got.heap_bytes), f"{heap} of brk"),
            ("mappings", binary(got.mapped_bytes), f"{maps} of mmap, {count_of(areas, 'VMA')}"),
            ("stack", binary(stack), f"SIGSEGV, {reason}" if reason else "by faults"),
        ]
        return [Table("Three areas that grow", ("area", "size", "how"), rows)]

    def _block(self, size: int, threshold: int, mapped: bool) -> None:
        """Show one block, and the size from which it gets a mapping if it is as large as that."""
        at = _x(1 << threshold)
        self.from_here.set_data([at, at] * mapped, [_BLOCK - 0.05, _BLOCK + _BAR + 0.08] * mapped)
        if mapped:
            self.marks.put(at, _BLOCK + _BAR + 0.17, f"mmap from {binary(1 << threshold)}")
        where = "a mapping of its own" if mapped else "the heap"
        words = f"{binary(1 << size)}, into {where}"
        self.words.put(_x(1 << size) + 0.1, _BLOCK + _BAR / 2, words)

    def _below(self, near: bool, reached: bool) -> None:
        """Show what the stack may not pass: the gap above a neighbour; its limit, once reached."""
        bottom, top = _ROWS[2], _ROWS[2] + _BAR
        limit = _at(_LIMIT)
        self.limit.set_data([limit, limit] * reached, [bottom - 0.06, top + 0.1] * reached)
        if reached:
            self.marks.put(limit, top + 0.2, "limit")
        if near:
            high = _at(_NEAR)
            gap = 256 * 4096 * _scale()
            self.marks.put(high - _NEIGHBOUR / 2, bottom + _BAR / 2, "mapping")
            self.gap.put([(high, bottom, gap, _BAR)])
            self.marks.put(high + gap / 2 + 0.3, top + 0.2, "gap of 256 pages")
        else:
            self.gap.put([])


@lru_cache(maxsize=2048)
def _allocated(size: int, count: int, threshold: int) -> tuple[Malloc, int]:
    """Allocate in a fresh process; count the VMAs of its mappings too."""
    process = Kernel(ram="1 MiB").spawn()
    got = allocate(process, 1 << size, count, 1 << threshold)
    return got, sum(area.role == "mmap" for area in process.areas)


@lru_cache(maxsize=256)
def _stack(used: int, near: bool) -> tuple[int, int, str]:
    """Go down step by step; give the bytes the stack has then, where and why it was stopped."""
    kernel = Kernel(ram="16 MiB")
    process = kernel.spawn()
    end = process.areas[-1].end
    if near:
        process.mmap(_MIB, addr=end - _NEAR - _MIB)
    reason, depth = "", 0
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
    return process.areas[-1].length, depth, reason


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
