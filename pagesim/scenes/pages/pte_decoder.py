"""One entry and one access: what the bits say, and what the hardware makes of it."""

from __future__ import annotations

from typing import Any

from ...arch import Pte
from ...draw import Arrows, Bits, Box, Boxes, Crosses, ErrorCode, Links, hit_box
from ...draw.label import Label, Labels, note
from ...draw.style import FAULT, FRAME, INK, MUTED, PAPER, RULE, TABLE, Hue
from ...mmu import PageFault
from ..base import Address, Choice, Control, Finding, Scene, Sheet, Table, Toggle
from .pte_verdict import (
    ACCESS,
    FLAGS,
    FORMAT,
    MUST_BE_0,
    PA_BITS,
    Flag,
    Outcome,
    outcome,
    questions,
)

_WORD = 8 * FORMAT.bytes
# inches: the word, the flags magnified below it, the verdict below those
_LEFT, _FOOT, _WIDE, _HIGH = 0.12, 3.02, 8.76, 0.27
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

    def draw(self, sheet: Sheet) -> None:
        """Draw the word, its flags enlarged, and the places where the verdict appears."""
        self.word = Bits(sheet, _LEFT, _FOOT, _WIDE, _HIGH, _WORD, size=9.5, line=0.5)
        first, last = FORMAT.pfn_shift, PA_BITS - 1
        pfn = self.word.box(last, first)
        Boxes(sheet, [pfn], face="none", edge=FRAME.line, line=2, moving=False, zorder=4)
        for bit in (_WORD - 1, MUST_BE_0.bit_length() - 1, last, first, 0):
            x = self.word.middle(bit)
            note(sheet, x, _FOOT + _HIGH + 0.12, str(bit), size=8.5, align="center")
        links, foot = [], _FLAG_Y + _FLAG_H
        head: dict[str, Any] = {"weight": "bold", "size": 10, "color": INK, "align": "center"}
        for (x, *_), flag in zip(_FLAG_BOXES, FLAGS, strict=True):
            middle = x + _FLAG_W / 2
            links.append([(self.word.middle(flag.bit), _FOOT), (middle, foot + 0.24)])
            note(sheet, middle, foot + 0.13, flag.letters, **head)
        Links(sheet, links, color=RULE, width=0.8, moving=False, zorder=1)
        self.flags = Boxes(sheet, _FLAG_BOXES, line=1.4)
        self.digits = Labels(sheet, len(FLAGS), mono=True, size=9.5, align="center")
        self.meanings = Labels(sheet, len(FLAGS) + 2, size=9, align="center")
        below: dict[str, Any] = {"y": _FOOT - 0.18, "align": "center"}
        self.pfn = Label(sheet, pfn[0] + pfn[2] / 2, size=10, weight="bold", **below)
        self.zero = Label(sheet, self.word.box(last + 3)[0], size=9, **below)
        self.asked = Label(sheet, 0.12, _VERDICT_Y + 0.36, size=11, weight="bold")
        self.checks = Labels(sheet, 4, size=10)
        y = _VERDICT_Y + 0.36
        Arrows(sheet, color=MUTED, width=1.4, size=6).put(
            [[(1.5, y), (_CHECKS - 0.2, y)], [(4.6, y), (_END - 0.22, y)]]
        )
        self.frame = Boxes(sheet, face=FRAME.fill, edge=FRAME.line, line=2.6, hatch="//")
        self.plate = Boxes(sheet, edge=FRAME.line, zorder=3)
        self.cross = Crosses(sheet, 15)
        self.code = ErrorCode(sheet, _END + 1.14, _VERDICT_Y + 0.2)
        self.verdict = Label(sheet, 0, y, size=11, weight="bold")

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Flip the bit that was clicked, in the word or among the enlarged flags."""
        bit, flag = self.word.bit_at(x, y), hit_box(_FLAG_BOXES, x, y)
        if bit is not None:
            return {"entry": values["entry"] ^ (1 << bit)}
        return {} if flag is None else {FLAGS[flag].name: not values[FLAGS[flag].name]}

    # -- the picture ---------------------------------------------------------------------------

    def update(self, *, entry: int, access: str, mode: str, **flags: bool) -> Finding:
        """Show the bits, ask the MMU, and show what it says."""
        user = mode == "user mode"
        who, pte = ("user" if user else "kernel"), FORMAT.unpack(entry)
        end = outcome(entry, ACCESS[access], user)
        self.word.show(entry, lambda bit: _hue(bit, pte.present))
        self._flags(entry, end.after, pte.present)
        self.pfn.text = f"PFN {pte.pfn:#x}" if pte.present else "ignored while P is 0"
        self.pfn.color = INK if pte.present else MUTED
        self.zero.text = "must be 0" if pte.present else ""
        self.zero.color = FAULT.line if entry & MUST_BE_0 else MUTED
        self.asked.text = f"{who} {access}"
        self.checks.clear()
        for row, (question, passed) in enumerate(questions(entry, access, user)):
            sign = "" if passed is None else "✓ " if passed else "✗ "
            color = MUTED if passed is None else INK
            weight = "bold" if passed is False else "normal"
            self.checks.put(_CHECKS, _VERDICT_Y + 0.75 - 0.26 * row, sign + question, color, weight)
        self._verdict(end)
        where = f"byte {end.pa:#x}" if end.code is None else f"error code {end.code:#x}"
        says = ", ".join(_meaning(flag, entry, end.after) for flag in reversed(FLAGS))
        frame = f"frame {pte.pfn:#x}; {says}"
        if not pte.present:
            frame = "not there, and its other 63 bits are the kernel's to use"
        now = "" if end.after == entry else f", now {end.after:#x}"
        return Finding(
            _title(pte, end, f"{who} {access}"), f": {where}. Entry {entry:#x}{now}: {frame}."
        )

    def tabulate(self, *, entry: int, access: str, mode: str, **_: Any) -> list[Table]:
        """List the fields of the entry, before the access and after it."""
        after = outcome(entry, ACCESS[access], mode == "user mode").after
        pte = FORMAT.unpack(entry)
        rows = []
        for flag in FLAGS:
            before, now = entry >> flag.bit & 1, after >> flag.bit & 1
            looked_at = pte.present or flag.field == "present"
            meaning = (flag.on if now else flag.off) if looked_at else "ignored"
            rows.append((flag.letters, str(flag.bit), str(before), str(now), meaning))
        pfn = f"{pte.pfn:#x}"
        bits = f"{PA_BITS - 1} to {FORMAT.pfn_shift}"
        rows.append(("PFN", bits, pfn, pfn, "the frame" if pte.present else "ignored"))
        heads = ("field", "bits", "before", "after the access", "means")
        return [Table(f"The entry {entry:#x}", heads, rows)]

    def _flags(self, entry: int, after: int, present: bool) -> None:
        """Enlarge the flags: what they say after the access, and which of them it has set."""
        self.digits.clear()
        self.meanings.clear()
        faces = []
        for (x, *_), flag in zip(_FLAG_BOXES, FLAGS, strict=True):
            middle, before, on = x + _FLAG_W / 2, entry >> flag.bit & 1, after >> flag.bit & 1
            looked_at = present or flag.field == "present"
            faces.append(TABLE.fill if on and looked_at else PAPER)
            digit = f"{before}" if before == on else f"{before}→{on}"
            self.digits.put(middle, _FLAG_Y + _FLAG_H * 0.68, digit, weight="bold")
            meaning = (flag.on if on else flag.off) if looked_at else "ignored"
            ink = INK if looked_at else MUTED
            self.meanings.put(middle, _FLAG_Y + _FLAG_H * 0.28, meaning, ink)
            if before != on:
                self.meanings.put(middle, _FLAG_Y - 0.15, "set now", INK, "bold")
        self.flags.set_facecolor(faces)
        self.flags.set_edgecolor(TABLE.line)

    def _verdict(self, outcome: Outcome) -> None:
        left, y = _END, _VERDICT_Y
        failed = outcome.code is not None
        self.cross.put(*[(left + 0.16, y + 0.36)] * failed)
        self.frame.put([] if failed else [(left, y + 0.02, 3.3, 0.68)])
        self.plate.put([] if failed else [(left + 0.16, y + 0.2, 2.98, 0.32)])
        self.verdict.x = left + (0.42 if failed else 0.26)
        self.verdict.text = "fault" if failed else f"byte {outcome.pa:#x}"
        self.code.put(outcome.code)


def _title(pte: Pte, outcome: Outcome, what: str) -> str:
    if outcome.code is None:
        changed = [
            name
            for name in ("accessed", "dirty")
            if outcome.after & FORMAT.mask(name) and not getattr(pte, name)
        ]
        also = f"; the hardware marks the page {' and '.join(changed)}" if changed else ""
        return f"{what.capitalize()}: allowed{also}"
    flags = PageFault(0, outcome.code).flags or "no bit"
    why = "the page is there, but forbidden" if pte.present else "the page is not there"
    if "RSVD" in flags:
        why = "a bit is set that must be 0"
    return f"{what.capitalize()}: page fault, {why} ({flags})"


def _meaning(flag: Flag, entry: int, after: int) -> str:
    """Say what a flag means, and whether the access has just set it."""
    now = "now " if (entry ^ after) >> flag.bit & 1 else ""
    return now + (flag.on if after >> flag.bit & 1 else flag.off)


def _hue(bit: int, present: bool) -> Hue:
    """Give the colour of a bit: the frame's number, a flag, one that must be 0, or none of these.

    While P is 0, no other bit is looked at.
    """
    if bit in {flag.bit for flag in FLAGS} and (present or bit == FORMAT.present):
        return TABLE
    if not present:
        return Hue(RULE, RULE)
    if MUST_BE_0 >> bit & 1:
        return FAULT
    return FRAME if FORMAT.pfn_shift <= bit < PA_BITS else Hue(RULE, RULE)


def _flag_box(place: int) -> Box:
    """Give a flag's place: NX alone on the left, the others on the right."""
    left = 0.12 if place == 0 else 9 - 0.12 - (len(FLAGS) - place) * (_FLAG_W + 0.1) + 0.1
    return left, _FLAG_Y, _FLAG_W, _FLAG_H


_FLAG_BOXES = [_flag_box(place) for place in range(len(FLAGS))]
