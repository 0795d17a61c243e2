"""One entry and one access: what the bits say, and what the hardware makes of it."""

from __future__ import annotations

from typing import Any

from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from ...arch import Pte
from ...draw import (
    FAULT,
    FRAME,
    INK,
    MUTED,
    PAPER,
    RULE,
    TABLE,
    Boxes,
    Hue,
    Label,
    Labels,
    paper,
    title,
)
from ...mmu import PageFault
from ..base import Address, Choice, Control, Scene, Toggle
from .pte_verdict import ACCESS, FLAGS, FORMAT, Outcome, outcome, questions

_WORD = 8 * FORMAT.bytes


_ERROR_BITS = (("I", 4), ("RSVD", 3), ("U", 2), ("W", 1), ("P", 0))
# inches: the word, the flags magnified below it, the verdict below those
_LEFT, _STEP, _WORD_Y, _WORD_H = 0.12, 8.76 / _WORD, 3.02, 0.27
_FLAG_Y, _FLAG_W, _FLAG_H = 1.84, 0.98, 0.5
_VERDICT_Y = 0.46  # what is asked, what is checked, and the end of it stand around here + 0.36
_CHECKS, _END = 1.98, 5.34


class PteDecoder(Scene):
    """Set the bits of an entry, choose an access, and read the verdict of the hardware."""

    size = (9, 4.05)
    clickable = True

    def __init__(self) -> None:
        start = FORMAT.pack(present=True, pfn=0x1D3, user=True, accessed=True, nx=True)
        controls: dict[str, Control] = {
            flag.name: Toggle(f"{flag.letters} ({flag.on})", FORMAT.bit(start, flag.field))
            for flag in reversed(FLAGS)
        }
        controls["entry"] = Address("entry", _WORD, start)
        controls["access"] = Choice("access", tuple(ACCESS), "write")
        controls["mode"] = Choice("from", ("user mode", "kernel mode"), "user mode")
        super().__init__(controls)

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Keep the entry and its flags equal: whichever moved last decides."""
        entry = values["entry"]
        if changed in {flag.name for flag in FLAGS}:
            flag = next(flag for flag in FLAGS if flag.name == changed)
            entry = entry & ~(1 << flag.bit) | values[changed] << flag.bit
        bits = {flag.name: bool(entry >> flag.bit & 1) for flag in FLAGS}
        return {**values, **bits, "entry": entry}

    def build(self, figure: Figure) -> None:
        """Draw the word, its flags enlarged, and the places where the verdict appears."""
        sheet = paper(figure)
        self.title = title(sheet)
        self.word = Boxes(sheet, [(_bit_left(bit), _WORD_Y, _STEP, _WORD_H) for bit in
                                  range(_WORD)], line=0.5)  # fmt: skip
        first, last = FORMAT.pfn_shift, FORMAT.pfn_shift + FORMAT.pfn_bits - 1
        pfn = (_bit_left(last), _WORD_Y, FORMAT.pfn_bits * _STEP, _WORD_H)
        Boxes(sheet, [pfn], face="none", edge=FRAME.line, line=2, moving=False, zorder=4)
        for bit in (_WORD - 1, last, first, 0):
            Label(sheet, _bit_left(bit) + _STEP / 2, _WORD_Y + _WORD_H + 0.12, str(bit), size=8.5,
                  color=MUTED, align="center", moving=False)  # fmt: skip
        links = []
        for place, flag in enumerate(FLAGS):
            middle = _flag_left(place) + _FLAG_W / 2
            small = _bit_left(flag.bit) + _STEP / 2
            links.append([(small, _WORD_Y), (middle, _FLAG_Y + _FLAG_H + 0.24)])
            Label(sheet, middle, _FLAG_Y + _FLAG_H + 0.13, flag.letters, weight="bold", size=10,
                  align="center", moving=False)  # fmt: skip
        middle = pfn[0] + pfn[2] / 2
        sheet.add_collection(LineCollection(links, colors=RULE, linewidths=0.8), autolim=False)
        boxes = [(_flag_left(i), _FLAG_Y, _FLAG_W, _FLAG_H) for i in range(len(FLAGS))]
        self.flags = Boxes(sheet, boxes, line=1.4)
        self.digits = Labels(sheet, _WORD + len(FLAGS), mono=True, size=9.5, align="center")
        self.meanings = Labels(sheet, len(FLAGS) + 2, size=9, align="center")
        self.pfn = Label(sheet, middle, _WORD_Y - 0.18, size=10, weight="bold", align="center")
        self.asked = Label(sheet, 0.12, _VERDICT_Y + 0.36, size=11, weight="bold")
        self.checks = Labels(sheet, 3, size=10)
        for start, end in ((1.5, _CHECKS - 0.14), (4.6, _END - 0.16)):
            sheet.annotate(
                "", (end, _VERDICT_Y + 0.36), (start, _VERDICT_Y + 0.36),
                arrowprops={"arrowstyle": "-|>", "color": MUTED, "lw": 1.4, "shrinkA": 0,
                            "shrinkB": 0},
            )  # fmt: skip
        self.frame = Boxes(sheet, face=FRAME.fill, edge=FRAME.line, line=2.6, hatch="//")
        self.plate = Boxes(sheet, face=PAPER, edge=FRAME.line, line=0.8, zorder=3)
        self.cross = sheet.plot([], [], "x", ms=15, mew=4, color=FAULT.line, animated=True)[0]
        self.code = Boxes(sheet, line=1.2)
        self.verdict = Label(sheet, 0, 0, size=11, weight="bold")
        self.bits = Labels(sheet, len(_ERROR_BITS), mono=True, size=10, align="center")
        self.names = Labels(sheet, len(_ERROR_BITS) + 1, size=9, align="center")

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Flip the bit that was clicked, in the word or among the enlarged flags."""
        if _WORD_Y <= y <= _WORD_Y + _WORD_H:
            bit = _WORD - 1 - int((x - _LEFT) // _STEP)
            return {"entry": values["entry"] ^ (1 << bit)} if 0 <= bit < _WORD else {}
        for place, flag in enumerate(FLAGS):
            inside = 0 <= x - _flag_left(place) <= _FLAG_W
            if inside and _FLAG_Y <= y <= _FLAG_Y + _FLAG_H:
                return {flag.name: not values[flag.name]}
        return {}

    # -- the picture ---------------------------------------------------------------------------

    def update(self, *, entry: int, access: str, mode: str, **flags: bool) -> str:
        """Show the bits, ask the MMU, and show what it says."""
        user = mode == "user mode"
        who, pte = ("user" if user else "kernel"), FORMAT.unpack(entry)
        end = outcome(entry, ACCESS[access], user)
        self._word(entry, end.after)
        self.pfn.text = f"PFN {pte.pfn:#x}"
        self.asked.text = f"{who} {access}"
        self.checks.clear()
        for row, (question, passed) in enumerate(questions(pte, access, user)):
            sign = "" if passed is None else "✓ " if passed else "✗ "
            color = MUTED if passed is None else INK
            weight = "bold" if passed is False else "normal"
            self.checks.put(_CHECKS, _VERDICT_Y + 0.62 - 0.26 * row, sign + question, color, weight)
        self._verdict(end)
        self.title.text = finding = self._finding(pte, end, f"{who} {access}")
        where = f"byte {end.pa:#x}" if end.code is None else f"error code {end.code:#x}"
        says = ", ".join(flag.on if flags[flag.name] else flag.off for flag in reversed(FLAGS))
        return f"{finding}: {where}. Entry {entry:#x}: frame {pte.pfn:#x}; {says}."

    def _word(self, entry: int, after: int) -> None:
        self.digits.clear()
        self.meanings.clear()
        faces = [_hue(bit).fill if entry >> bit & 1 else PAPER for bit in range(_WORD)]
        self.word.set_facecolor(faces)
        self.word.set_edgecolor([_hue(bit).line for bit in range(_WORD)])
        for bit in range(_WORD):
            self.digits.put(_bit_left(bit) + _STEP / 2, _WORD_Y + _WORD_H / 2,
                            str(entry >> bit & 1))  # fmt: skip
        faces = []
        for place, flag in enumerate(FLAGS):
            on = entry >> flag.bit & 1
            middle = _flag_left(place) + _FLAG_W / 2
            faces.append(TABLE.fill if on else PAPER)
            self.digits.put(middle, _FLAG_Y + _FLAG_H * 0.68, str(on), weight="bold")
            self.meanings.put(middle, _FLAG_Y + _FLAG_H * 0.28, flag.on if on else flag.off)
            if (entry ^ after) >> flag.bit & 1:
                self.meanings.put(middle, _FLAG_Y - 0.15, "set now", INK, "bold")
        self.flags.set_facecolor(faces)
        self.flags.set_edgecolor(TABLE.line)

    def _verdict(self, outcome: Outcome) -> None:
        left = _END
        self.bits.clear()
        self.names.clear()
        failed = outcome.code is not None
        self.cross.set_data(([left + 0.16], [_VERDICT_Y + 0.36]) if failed else ([], []))
        self.frame.put([] if failed else [(left, _VERDICT_Y + 0.02, 3.3, 0.68)])
        self.plate.put([] if failed else [(left + 0.16, _VERDICT_Y + 0.2, 2.98, 0.32)])
        self.verdict.x = left + (0.42 if failed else 0.26)
        self.verdict.y = _VERDICT_Y + 0.36
        if outcome.code is None:
            self.verdict.text = f"byte {outcome.pa:#x}"
            self.code.put([])
            return
        self.verdict.text = "fault"
        boxes, faces = [], []
        for place, (name, bit) in enumerate(_ERROR_BITS):
            x, on = left + 1.14 + 0.46 * place, outcome.code >> bit & 1
            boxes.append((x, _VERDICT_Y + 0.2, 0.46, 0.32))
            faces.append(FAULT.fill if on else PAPER)
            self.bits.put(x + 0.23, _VERDICT_Y + 0.36, str(on))
            self.names.put(x + 0.23, _VERDICT_Y + 0.66, name, INK, "bold")
        self.code.put(boxes, faces, FAULT.line)
        self.names.put(left + 2.29, _VERDICT_Y, f"error code {outcome.code:#x}", MUTED)

    def _finding(self, pte: Pte, outcome: Outcome, what: str) -> str:
        if outcome.code is None:
            changed = [
                name
                for name in ("accessed", "dirty")
                if (outcome.after >> getattr(FORMAT, name) & 1) and not getattr(pte, name)
            ]
            also = f"; the hardware marks the page {' and '.join(changed)}" if changed else ""
            return f"{what.capitalize()}: allowed{also}"
        flags = PageFault(0, outcome.code).flags or "no bit"
        there = "the page is there, but forbidden" if pte.present else "the page is not there"
        return f"{what.capitalize()}: page fault, {there} ({flags})"


def _hue(bit: int) -> Hue:
    """Give the colour of a bit: the frame's number, one of the six flags, or none of these."""
    if FORMAT.pfn_shift <= bit < FORMAT.pfn_shift + FORMAT.pfn_bits:
        return FRAME
    return TABLE if bit in {flag.bit for flag in FLAGS} else Hue(RULE, RULE)


def _bit_left(bit: int) -> float:
    return _LEFT + (_WORD - 1 - bit) * _STEP


def _flag_left(place: int) -> float:
    """Give a flag's place: NX alone on the left, the others on the right."""
    return 0.12 if place == 0 else 9 - 0.12 - (len(FLAGS) - place) * (_FLAG_W + 0.1) + 0.1
