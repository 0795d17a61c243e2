"""User and kernel mode: what each finds in its page table, and what it costs to cross over."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ...draw import Boxes, Grid, Label, Labels, Verdict, note
from ...draw.style import INK, MUTED, PAPER, TABLE
from ...kernel import Kernel
from ...mmu import PageFault
from ...units import duration
from ..base import Choice, Controls, Finding, Hidden, Scene, Sheet, Slider, Table, Toggle

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
    controls = Controls(
        mode=Choice("mode", _MODES, "user"),
        isolated=Toggle("page-table isolation", False),
        target=Slider("read from", 0, 3, 3, words=lambda n: _NAMES[n]),
        calls=Slider("calls a second", 0, 6, 4, words=lambda n: f"{_CALLS[n]:,}"),
        moved=Hidden(False),
    )

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Let the title say what is to be seen once something has been moved."""
        return {**values, "moved": True}

    def draw(self, sheet: Sheet) -> None:
        """Draw a table for each mode, and one second of a core."""
        for row, name in enumerate(_NAMES):
            y = _grids(True)[0].middle(row)[1]
            note(sheet, _COLUMNS[0] - 0.12, y, name, size=10, color=INK, align="right")
        self.heads = Labels(sheet, 2, size=10.5, weight="bold")
        self.slots = Boxes(sheet, edge=TABLE.line, line=1.4)
        self.lit = Boxes(sheet, face="none", edge=INK, line=2.6, zorder=4)
        self.cells = Labels(sheet, 8, size=9.5, align="center")
        self.same = Label(sheet, _COLUMNS[0], 1.32, size=9.5, color=MUTED)
        self.verdict = Verdict(sheet, TABLE.line)
        x, y, _, high = _BAR
        head = "one second of a core"
        note(sheet, x, y + high + 0.24, head, size=10.5, color=INK, weight="bold")
        Boxes(sheet, [_BAR], edge=INK, line=1.2, moving=False)
        self.share = Boxes(sheet, face=MUTED, edge=INK, line=1.2, zorder=2)
        self.prices = Labels(sheet, 3, size=9.5)
        note(sheet, x, y - 0.2, "grade B: getppid() on Haswell")

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Read the entry that was clicked, in the mode whose table it is."""
        for grid, mode in zip(_grids(values["isolated"]), _MODES, strict=True):
            row = grid.at(x, y)
            if row is not None:
                return {"mode": mode if values["isolated"] else values["mode"], "target": row}
        return {}

    def update(self, *, mode: str, isolated: bool, target: int, calls: int, moved: bool) -> Finding:
        """Fill both tables from the simulated kernel, and cut the second."""
        boxes, faces = [], []
        self.cells.clear()
        self.heads.clear()
        for grid, of in zip(_grids(isolated), _MODES, strict=True):
            if isolated or of == mode:
                whose = f"table in {of} mode" if isolated else "one table, for both modes"
                self.heads.put(grid.left, _TOP + 0.6, whose)
            boxes += grid.boxes()
            for row, entry in enumerate(_table(of, isolated)):
                faces.append(TABLE.fill if entry.mapped else PAPER)
                words = f"P = 1, U/S = {int(entry.user)}" if entry.mapped else "P = 0"
                if isolated or of == mode:
                    self.cells.put(*grid.middle(row), words)
        self.slots.put(boxes, faces)
        self.lit.put([boxes[_MODES.index(mode) * len(_NAMES) + target]])
        self.same.text = (
            "two tables: each call writes CR3 on its way in and out"
            if isolated
            else "a call changes the mode and leaves CR3 as it is"
        )
        entry = _table(mode, isolated)[target]
        verdict = _verdict(mode, entry)
        said = f"{mode} mode reads {_NAMES[target]}: {verdict}"
        self.verdict.put(said, fault=not _allowed(mode, entry))
        price, share = self._price(isolated, calls)
        title = "Program and kernel in one address space: four places to read from"
        if moved:
            title = "One table for both modes: only the U/S bit keeps the program out"
        if isolated:
            title = "Isolation: user mode has no entry for the kernel's data, and calls cost more"
        return Finding(
            title,
            f"Reading {_NAMES[target]} at {entry.va:#x} in {mode} mode: {verdict}. "
            f"{_CALLS[calls]:,} system calls a second at {price} each take {share} of a core; "
            f"{'each writes CR3 twice' if isolated else 'none writes CR3'}.",
        )

    def tabulate(self, *, isolated: bool, calls: int, **_: Any) -> list[Table]:
        """List what each mode's table has, and what crossing over costs."""
        rows = []
        for row, name in enumerate(_NAMES):
            entries = (_table(mode, isolated)[row] for mode in _MODES)
            cells = (f"P = 1, U/S = {int(e.user)}" if e.mapped else "P = 0" for e in entries)
            rows.append((name, *cells))
        ns = _CALL_NS[isolated]
        share = f"{_CALLS[calls] * ns / 1e7:.2g} %"
        cost = [(f"{_CALLS[calls]:,}", duration(ns), share)]
        return [
            Table("What the tables have", ("read from", "in user mode", "in kernel mode"), rows),
            Table("One second of a core", ("calls", "each takes", "share of the core"), cost),
        ]

    def _price(self, isolated: bool, calls: int) -> tuple[str, str]:
        """Cut a second into what the crossings take and the rest."""
        ns = _CALL_NS[isolated]
        part = _CALLS[calls] * ns / 1e9
        x, y, wide, high = _BAR
        self.share.put([(x, y, wide, high * part)])
        price, share = duration(ns), f"{100 * part:.2g} %"
        lines = (f"{_CALLS[calls]:,} calls", f"× {price}", f"= {share}")
        left, top = x + wide + 0.14, y + high - 0.3
        self.prices.fill((left, top - 0.26 * row, line) for row, line in enumerate(lines))
        return price, share


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


def _allowed(mode: str, entry: _Entry) -> bool:
    return entry.mapped and (entry.user or mode == "kernel")


def _verdict(mode: str, entry: _Entry) -> str:
    if _allowed(mode, entry):
        return "allowed" if mode == "user" or not entry.user else "allowed, on your behalf"
    fault = PageFault(entry.va, int(entry.mapped) | 4)
    why = "U/S = 0" if entry.mapped else "not in its table"
    return f"page fault, {why}, error code {fault.error_code:#x} ({fault.flags})"


def _grids(isolated: bool) -> tuple[Grid, ...]:
    """Give each mode's table its place: without isolation they are the same one."""
    top, rows = _TOP + _ROW, len(_NAMES)
    if isolated:
        return tuple(Grid(left, top, _WIDE, _ROW, rows=rows) for left in _COLUMNS)
    return (Grid(_COLUMNS[0], top, _COLUMNS[1] + _WIDE - _COLUMNS[0], _ROW, rows=rows),) * 2
