"""One address space as a strip: move an address along it, and hear the kernel's verdict."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from matplotlib.figure import Figure

from ...draw import DISK, FAULT, INK, MUTED, PAPER, VIRTUAL, Boxes, Label, Labels, paper, title
from ...units import binary
from ..base import Address, Choice, Scene, Slider
from .small_program import ACCESSES, STOPS, Stop, outcome_at, stop_at

_LEFT = 0.17
_AREA, _HOLE = 0.68, 0.27  # widths in inches
_STRIP, _HIGH = 2.3, 0.6
_MODES = ("user", "kernel")


class AddressStrip(Scene):
    """Point anywhere: which VMA is it, what does it allow, and what happens?"""

    size = (9, 3.9)
    clickable = True

    def __init__(self) -> None:
        start = next(n for n, stop in enumerate(STOPS) if stop.name == "heap")
        super().__init__(
            {
                "at": Slider("place", 0, len(STOPS) - 1, start, words=lambda n: STOPS[n].name),
                "va": Address("address", 64, STOPS[start].start + 0x1040),
                "access": Choice("access", tuple(ACCESSES), "execute"),
                "mode": Choice("mode", _MODES, "user"),
            }
        )

    def build(self, figure: Figure) -> None:
        """Draw all areas and holes in the order of their addresses, not to scale."""
        sheet = paper(figure)
        self.title = title(sheet)
        areas: list[tuple[float, float, float, float]] = []
        holes: list[tuple[float, float, float, float]] = []
        for stop, box in zip(STOPS, _boxes(), strict=True):
            (areas if stop.perms else holes).append(box)
            middle = box[0] + box[2] / 2
            if stop.perms:
                Label(sheet, middle, _STRIP + 0.38, stop.name, size=9, align="center",
                      weight="bold", moving=False)  # fmt: skip
                Label(sheet, middle, _STRIP + 0.17, stop.perms, size=9, align="center", mono=True,
                      moving=False)  # fmt: skip
                Label(sheet, middle, _STRIP - 0.16, _short(stop), size=8.5, align="center",
                      color=MUTED, moving=False)  # fmt: skip
        Boxes(sheet, holes, face=PAPER, edge=DISK.line, line=0.9, linestyle=":", moving=False)
        Boxes(sheet, areas, face=VIRTUAL.fill, edge=VIRTUAL.line, line=1.4, moving=False, zorder=2)
        Label(sheet, _LEFT, _STRIP - 0.42, "low addresses; dotted: nothing is mapped; not to scale",
              size=9, color=MUTED, moving=False)  # fmt: skip
        self.lit = Boxes(sheet, face="none", edge=INK, line=2.6, zorder=4)
        (self.pointer,) = sheet.plot([], [], ls="", marker="v", ms=11, color=INK, animated=True)
        self.verdict = Boxes(sheet, line=1.6)
        (self.cross,) = sheet.plot([], [], ls="", marker="x", ms=12, mew=3.4, color=FAULT.line,
                                   animated=True, zorder=6)  # fmt: skip
        self.lines = Labels(sheet, 3, size=10)
        self.word = Label(sheet, 0.66, 0.36, size=11, weight="bold")

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
        if _STRIP - 0.3 <= y <= _STRIP + _HIGH + 0.3:
            for number, (left, _, wide, _) in enumerate(_boxes()):
                if left <= x < left + wide:
                    return {"at": number}
        return {}

    def update(self, *, at: int, va: int, access: str, mode: str) -> str:
        """Point, and ask the simulated kernel."""
        stop, box = STOPS[at], _boxes()[at]
        result = outcome_at(va, ACCESSES[access], mode == "user")
        self.lit.put([box])
        left, _, wide, _ = box
        inside = (va - stop.start) / max(stop.end - stop.start, 1)
        self.pointer.set_data([left + wide * (0.12 + 0.76 * inside)], [_STRIP + _HIGH + 0.14])
        fine = result.kind in ("hit", "minor", "major")
        self.verdict.put([(_LEFT, 0.12, 8.66, 0.48)], PAPER if fine else FAULT.fill,
                         VIRTUAL.line if fine else FAULT.line)  # fmt: skip
        self.cross.set_data(([], []) if fine else ([0.4], [0.36]))
        code = f" {result.si_code}" if result.si_code else ""
        bits = ""
        if result.error_code is not None:
            bits = f"error code {result.error_code:#x} ({result.flags or 'no bit set'})"
        verdict = "allowed" if fine else f"{result.kind}{code}"
        self.word.text = f"{verdict}: {result.reason}"
        self.lines.clear()
        where = f"{stop.start:#x} to {stop.end - 1:#x}"
        what = stop.vma
        self.lines.put(_LEFT, 1.42, f"{mode} mode, {access} at {va:#x}")
        self.lines.put(_LEFT, 1.15, f"{what}, {where}, {binary(stop.end - stop.start)}")
        fault = "the hardware " + (f"faults: {bits}" if bits else "raises no page fault")
        self.lines.put(_LEFT, 0.88, f"{fault}")
        self.title.text = finding = _finding(stop, access, mode, verdict)
        return (
            f"{finding}. {what[0].upper()}{what[1:]}, {where} ({binary(stop.end - stop.start)}). "
            f"{fault[0].upper()}{fault[1:]}; {result.reason}. Address {va:#x}, {mode} mode."
        )


def _finding(stop: Stop, access: str, mode: str, verdict: str) -> str:
    who = "" if mode == "user" else ", by the kernel"
    return f"{access.capitalize()} in {stop.in_words}{who}: {verdict}"


def _short(stop: Stop) -> str:
    return binary(stop.end - stop.start)


@lru_cache(maxsize=1)
def _boxes() -> list[tuple[float, float, float, float]]:
    """Place all stops side by side."""
    x, boxes = _LEFT, []
    for stop in STOPS:
        wide = _AREA if stop.perms else _HOLE
        boxes.append((x, _STRIP, wide, _HIGH))
        x += wide
    return boxes
