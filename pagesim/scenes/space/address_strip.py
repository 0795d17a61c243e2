"""One address space as a strip: move an address along it, and hear the kernel's verdict."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ...draw import Boxes, Labels, Marks, Verdict, hit_box, note
from ...draw.boxes import Box
from ...draw.style import DISK, INK, PAPER, VIRTUAL
from ...kernel import Outcome, Why
from ...units import binary, count
from ..base import Address, Choice, Controls, Finding, Scene, Sheet, Slider, Table
from .small_program import ACCESSES, STOPS, outcome_at, stop_at

_LEFT = 0.17
_AREA, _HOLE = 0.68, 0.27  # widths in inches
_STRIP, _HIGH = 2.3, 0.6
_MODES = ("user", "kernel")
_START = next(n for n, stop in enumerate(STOPS) if stop.name == "heap")


class AddressStrip(Scene):
    """Point anywhere: which VMA is it, what does it allow, and what happens?"""

    size = (9, 3.9)
    clickable = True
    controls = Controls(
        at=Slider("place", 0, len(STOPS) - 1, _START, words=lambda n: STOPS[n].name),
        va=Address("address", 64, STOPS[_START].start + 0x1040),
        access=Choice("access", tuple(ACCESSES), "execute"),
        mode=Choice("mode", _MODES, "user"),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw all areas and holes in the order of their addresses, not to scale."""
        areas: list[Box] = []
        holes: list[Box] = []
        for stop, box in zip(STOPS, _boxes(), strict=True):
            (areas if stop.perms else holes).append(box)
            x = box[0] + box[2] / 2
            if stop.perms:
                look: dict[str, Any] = {"align": "center", "color": INK}
                note(sheet, x, _STRIP + 0.38, stop.name, weight="bold", **look)
                note(sheet, x, _STRIP + 0.17, stop.perms, mono=True, **look)
                size = binary(stop.end - stop.start)
                note(sheet, x, _STRIP - 0.16, size, size=8.5, align="center")
        Boxes(sheet, holes, face=PAPER, edge=DISK.line, line=0.9, linestyle=":", moving=False)
        Boxes(sheet, areas, face=VIRTUAL.fill, edge=VIRTUAL.line, line=1.4, moving=False, zorder=2)
        key = "low addresses; dotted: nothing is mapped; not to scale"
        note(sheet, _LEFT, _STRIP - 0.42, key)
        self.lit = Boxes(sheet, face="none", edge=INK, line=2.6, zorder=4)
        self.pointer = Marks(sheet, "v", 11)
        self.lines = Labels(sheet, 3, size=10)
        self.verdict = Verdict(sheet, VIRTUAL.line)

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Let the address follow the place, and the place the address."""
        if changed == "at":
            stop = STOPS[values["at"]]
            values["va"] = stop.start + min((stop.end - stop.start) // 2, 0x1040)
        elif changed == "va":
            values["at"] = stop_at(values["va"])
        return values

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the area or the hole that was clicked."""
        around = ((left, _STRIP - 0.3, wide, _HIGH + 0.6) for left, _, wide, _ in _boxes())
        place = hit_box(around, x, y)
        return {} if place is None else {"at": place}

    def update(self, *, at: int, va: int, access: str, mode: str) -> Finding:
        """Point, and ask the simulated kernel."""
        stop, box = STOPS[at], _boxes()[at]
        result = outcome_at(va, ACCESSES[access], mode == "user")
        self.lit.put([box])
        left, _, wide, _ = box
        along = (va - stop.start) / max(stop.end - stop.start, 1)
        self.pointer.put((left + wide * (0.12 + 0.76 * along), _STRIP + _HIGH + 0.14))
        grown = f"the stack grows by {count(result.grown, 'page')}; " if result.grown else ""
        reason = f"{grown}{result.reason}"
        self.verdict.put(f"{result.verdict}: {reason}", not result.fine)
        where, size = f"{stop.start:#x} to {stop.end - 1:#x}", binary(stop.end - stop.start)
        fault = _fault(result)
        # The kernel reads and writes for the program; its jumps are its own.
        whose = ", for the program" if mode == "kernel" and access != "execute" else ""
        said = (f"{mode} mode{whose}, {access} at {va:#x}", f"{stop.vma}, {where}, {size}", fault)
        self.lines.fill((_LEFT, 1.42 - 0.27 * row, words) for row, words in enumerate(said))
        who = "" if mode == "user" else ", by the kernel"
        return Finding(
            f"{access.capitalize()} in {stop.in_words}{who}: {result.verdict}",
            f"{stop.vma[0].upper()}{stop.vma[1:]}, {where} ({size}). "
            f"{fault[0].upper()}{fault[1:]}; {reason}. Address {va:#x}, {mode} mode{whose}.",
        )

    def tabulate(self, **_: Any) -> list[Table]:
        """List areas and holes in the order of their addresses."""
        rows = [
            (
                stop.name,
                f"{stop.start:#x}",
                f"{stop.end - 1:#x}",
                binary(stop.end - stop.start),
                stop.perms or "nothing is mapped",
            )
            for stop in STOPS
        ]
        return [Table("The address space", ("place", "from", "to", "size", "allows"), rows)]


def _fault(result: Outcome) -> str:
    """Say what the hardware made of an access."""
    if result.kind == "EFAULT" and result.error_code is None:
        return "the kernel does not even try (access_ok)"
    if result.error_code is None:
        return "the hardware raises no page fault"
    code = f"error code {result.error_code:#x} ({result.flags or 'no bit set'})"
    if Why.OF_KERNEL in result.why:
        return f"the hardware faults; Linux says {code}, mapped or not"
    return f"the hardware faults: {code}"


@lru_cache(maxsize=1)
def _boxes() -> list[Box]:
    """Place all stops side by side."""
    x, boxes = _LEFT, list[Box]()
    for stop in STOPS:
        wide = _AREA if stop.perms else _HOLE
        boxes.append((x, _STRIP, wide, _HIGH))
        x += wide
    return boxes
