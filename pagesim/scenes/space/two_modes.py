"""User and kernel mode: what each finds in its page table, and what it costs to cross over."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from matplotlib.figure import Figure

from ...draw import FAULT, INK, MUTED, PAPER, TABLE, Boxes, Label, Labels, paper, title
from ...kernel import Kernel
from ...mmu import PageFault
from ...units import duration
from ..base import Choice, Scene, Slider, Toggle

_MODES = ("user", "kernel")
_CALLS = (100, 1_000, 10_000, 100_000, 300_000, 1_000_000, 2_000_000)
# getppid() in ns, without and with isolation, on a Haswell with PCID: FreeBSD D13985, grade B
_CALL_NS = {False: 339, True: 478}
_NAMES = ("the program's text", "its heap", "kernel entry code", "the kernel's data")
_TOP, _ROW = 2.9, 0.42
_COLUMNS = (2.25, 4.3)  # left edges of the two modes' tables
_WIDE = 1.9
_BAR = (6.65, 1.1, 0.55, 2.1)  # one second of a core


@dataclass(frozen=True)
class _Entry:
    """What a mode's table has for a piece of the address space."""

    va: int
    mapped: bool
    user: bool


class TwoModes(Scene):
    """Switch mode and isolation: which mappings are there, and which of them may be used?"""

    size = (9, 4.1)
    clickable = True

    def __init__(self) -> None:
        super().__init__(
            {
                "mode": Choice("mode", _MODES, "user"),
                "isolated": Toggle("page-table isolation", False),
                "target": Slider("read from", 0, 3, 3, words=lambda n: _NAMES[n]),
                "calls": Slider("calls a second", 0, 6, 4, words=lambda n: f"{_CALLS[n]:,}"),
            }
        )

    def build(self, figure: Figure) -> None:
        """Draw a table for each mode, and one second of a core."""
        sheet = paper(figure)
        self.title = title(sheet)
        for row, name in enumerate(_NAMES):
            y = _TOP - (row - 0.5) * _ROW
            Label(sheet, _COLUMNS[0] - 0.12, y, name, size=10, align="right", moving=False)
        self.heads = Labels(sheet, 2, size=10.5, weight="bold")
        self.slots = Boxes(sheet, edge=TABLE.line, line=1.4)
        self.lit = Boxes(sheet, face="none", edge=INK, line=2.6, zorder=4)
        self.cells = Labels(sheet, 8, size=9.5, align="center")
        self.same = Label(sheet, _COLUMNS[0], 1.32, size=9.5, color=MUTED)
        (self.cross,) = sheet.plot([], [], ls="", marker="x", ms=12, mew=3.4, color=FAULT.line,
                                   animated=True, zorder=6)  # fmt: skip
        self.verdict = Boxes(sheet, line=1.6)
        self.word = Label(sheet, 0.66, 0.36, size=11, weight="bold")
        x, y, _, high = _BAR
        Label(sheet, x, y + high + 0.24, "one second of a core", size=10.5, weight="bold",
              moving=False)  # fmt: skip
        Boxes(sheet, [_BAR], edge=INK, line=1.2, moving=False)
        self.share = Boxes(sheet, face=MUTED, edge=INK, line=1.2, zorder=2)
        self.prices = Labels(sheet, 4, size=9.5)
        Label(sheet, x, y - 0.2, "grade B: getppid() on Haswell", size=9, color=MUTED, moving=False)

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Read the entry that was clicked, in the mode whose table it is."""
        row = int((_TOP + _ROW - y) // _ROW) if y <= _TOP + _ROW else -1
        for (left, wide), mode in zip(_tables(values["isolated"]), _MODES, strict=True):
            if left <= x <= left + wide and 0 <= row < 4:
                return {"mode": mode if values["isolated"] else values["mode"], "target": row}
        return {}

    def update(self, *, mode: str, isolated: bool, target: int, calls: int) -> str:
        """Fill both tables from the simulated kernel, and cut the second."""
        boxes, faces = [], []
        self.cells.clear()
        self.heads.clear()
        for (left, wide), of in zip(_tables(isolated), _MODES, strict=True):
            if isolated or of == mode:
                whose = f"table in {of} mode" if isolated else "one table, for both modes"
                self.heads.put(left, _TOP + 0.6, whose)
            for row, entry in enumerate(_table(of, isolated)):
                boxes.append((left, _TOP - row * _ROW, wide, _ROW))
                faces.append(TABLE.fill if entry.mapped else PAPER)
                words = f"P = 1, U/S = {int(entry.user)}" if entry.mapped else "P = 0"
                if isolated or of == mode:
                    self.cells.put(left + wide / 2, _TOP - (row - 0.5) * _ROW, words)
        self.slots.put(boxes, faces, TABLE.line)
        self.lit.put([boxes[_MODES.index(mode) * 4 + target]])
        self.same.text = (
            "two tables: each call writes CR3 on its way in and out"
            if isolated
            else "a call changes the mode and leaves CR3 as it is"
        )
        entry = _table(mode, isolated)[target]
        verdict = self._verdict(mode, entry)
        fault = verdict.startswith("page fault")
        self.cross.set_data(([0.4], [0.36]) if fault else ([], []))
        self.verdict.put([(0.17, 0.12, 8.66, 0.48)], FAULT.fill if fault else PAPER,
                         FAULT.line if fault else TABLE.line)  # fmt: skip
        self.word.text = f"{mode} mode reads {_NAMES[target]}: {verdict}"
        price, share = self._price(isolated, calls)
        self.title.text = finding = _finding(isolated)
        return (
            f"{finding}. Reading {_NAMES[target]} at {entry.va:#x} in {mode} mode: {verdict}. "
            f"{_CALLS[calls]:,} system calls a second at {price} each take {share} of a core; "
            f"{'each writes CR3 twice' if isolated else 'none writes CR3'}."
        )

    def _price(self, isolated: bool, calls: int) -> tuple[str, str]:
        """Cut a second into what the crossings take and the rest."""
        ns = _CALL_NS[isolated]
        part = _CALLS[calls] * ns / 1e9
        x, y, wide, high = _BAR
        self.share.put([(x, y, wide, high * part)])
        price, share = duration(ns), f"{100 * part:.2g} %"
        self.prices.clear()
        lines = (f"{_CALLS[calls]:,} calls", f"× {price}", f"= {share}", "")
        for n, line in enumerate(lines[:3]):
            self.prices.put(x + wide + 0.14, y + high - 0.3 - 0.26 * n, line)
        return price, share

    @staticmethod
    def _verdict(mode: str, entry: _Entry) -> str:
        if entry.mapped and (entry.user or mode == "kernel"):
            return "allowed" if mode == "user" or not entry.user else "allowed, on your behalf"
        fault = PageFault(entry.va, int(entry.mapped) | 4)
        why = "U/S = 0" if entry.mapped else "not in its table"
        return f"page fault, {why}, error code {fault.error_code:#x} ({fault.flags})"


@lru_cache(maxsize=8)
def _table(mode: str, isolated: bool) -> tuple[_Entry, ...]:
    """Walk the table that a mode of the simulated kernel runs on, for each of the four pieces."""
    process = Kernel(ram="1 MiB", pti=isolated).spawn()
    heap = process.brk()
    process.brk(heap + 4096)
    process.write(heap)
    text = process.areas[0].start
    process.read(text)
    table = process.space.table
    view = table.user_view if mode == "user" else table
    kernel = (1 << 64) - (1 << 47)
    found = []
    for va in (text, heap, kernel, kernel + 0x8000):
        walk = view.walk(va)
        # The simulator has no entry code; Linux leaves it in both tables, for interrupts and calls
        # must land somewhere (Documentation/arch/x86/pti.rst).
        mapped = walk.fault is None or va == kernel
        found.append(_Entry(va, mapped, mapped and va < 1 << 47))
    return tuple(found)


def _tables(isolated: bool) -> tuple[tuple[float, float], ...]:
    """Give left edge and width of each mode's table: without isolation they are the same one."""
    if isolated:
        return tuple((left, _WIDE) for left in _COLUMNS)
    return ((_COLUMNS[0], _COLUMNS[1] + _WIDE - _COLUMNS[0]),) * 2


def _finding(isolated: bool) -> str:
    if isolated:
        return "Isolation: user mode has no entry for the kernel's data, and calls cost more"
    return "One table for both modes: only the U/S bit keeps the program out"
