"""The page-fault handler as a map: one access, and the way it takes to a page or to a signal."""

from __future__ import annotations

from typing import Any, NamedTuple

from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from ..draw import FAULT, FRAME, INK, MUTED, PAPER, RULE, TABLE, Boxes, Label, Labels, paper, title
from ..kernel import Outcome
from .base import Choice, Scene
from .fault_cases import ACCESS, MAPPINGS, MODES, STATES, no_such, outcome


class _Node(NamedTuple):
    """A box of the map: where it stands, what it says, and where a click on it leads."""

    x: float
    y: float
    wide: float
    words: str
    below: str = ""  # the box from which the way comes
    case: tuple[str, str, str] = ("", "", "")  # mapping, state, access of an example


_HIGH = 0.28
_ASK, _END, _FIND, _DO = 0.15, 2.45, 4.35, 6.3  # left edges of the four columns
_PRIVATE, _FILE = "private memory", "private file"
_NODES = {
    "canonical": _Node(_ASK, 3.6, 2.0, "canonical address?"),
    "entry": _Node(_ASK, 3.0, 2.0, "does the entry allow it?", "canonical"),
    "address": _Node(_ASK, 2.4, 2.0, "the user's half?", "entry"),
    "area": _Node(_ASK, 1.8, 2.0, "an area, or a stack above?", "address"),
    "allowed": _Node(_ASK, 1.2, 2.0, "does the area allow it?", "area"),
    "holds": _Node(_ASK, 0.6, 2.0, "what does the entry hold?", "allowed"),
    "trap": _Node(_END, 3.6, 1.55, "SIGSEGV, no fault", "canonical", (MAPPINGS[12], "empty", "")),
    "hit": _Node(_END, 3.0, 1.55, "no fault", "entry", (_PRIVATE, "writable page", "")),
    "kernel": _Node(_END, 2.4, 1.55, "SIGSEGV MAPERR", "address", (MAPPINGS[11], "empty", "")),
    "nothing": _Node(_END, 1.8, 1.55, "SIGSEGV MAPERR", "area", ("nothing", "empty", "")),
    "forbidden": _Node(_END, 1.2, 1.55, "SIGSEGV ACCERR", "allowed", ("PROT_NONE", STATES[7], "")),
    "no file": _Node(_FIND, 3.43, 1.6, "nothing; no file", "holds"),
    "file": _Node(_FIND, 2.35, 1.6, "nothing; a file", "holds"),
    "swap": _Node(_FIND, 1.5, 1.6, "a swap slot", "holds"),
    "page": _Node(_FIND, 0.73, 1.6, "a read-only page", "holds"),
    "zero": _Node(_DO, 3.6, 2.5, "the zero page · minor", "no file", (_PRIVATE, "empty", "read")),
    "fresh": _Node(_DO, 3.25, 2.5, "a zeroed page · minor", "no file",
                   (_PRIVATE, "empty", "write")),
    "past": _Node(_DO, 2.88, 2.5, "past its end · SIGBUS", "file", (_FILE, STATES[2], "read")),
    "cached": _Node(_DO, 2.53, 2.5, "in the page cache · minor", "file",
                    (_FILE, STATES[1], "read")),
    "new": _Node(_DO, 2.18, 2.5, "a new page of zeros · minor", "file",
                 ("shared memory", "empty", "write")),
    "disk": _Node(_DO, 1.83, 2.5, "from disk or swap · major", "file", (_FILE, "empty", "read")),
    "back": _Node(_DO, 1.5, 2.5, "read back · major", "swap", (_PRIVATE, "in swap", "read")),
    "own": _Node(_DO, 1.16, 2.5, "was the zero page · minor", "page",
                 (_PRIVATE, "the zero page", "write")),
    "copy": _Node(_DO, 0.84, 2.5, "a copy of its own · minor", "page",
                  (_PRIVATE, "read-only page", "write")),
    "take": _Node(_DO, 0.52, 2.5, "last owner takes it · minor", "page",
                  (_PRIVATE, "read-only, last owner", "write")),
    "told": _Node(_DO, 0.2, 2.5, "clean file page · minor", "page",
                  ("shared file", "read-only page", "write")),
}  # fmt: skip
_BITS = (("I", 16), ("RSVD", 8), ("U", 4), ("W", 2), ("P", 1))
_CODE_X, _TOP = 6.3, 4.24


class FaultDecision(Scene):
    """Choose a mapping, an entry, an access and a mode: what does the kernel make of it?"""

    size = (9, 5.0)
    clickable = True

    def __init__(self) -> None:
        super().__init__(
            {
                "mapping": Choice("mapping", MAPPINGS, _PRIVATE),
                "state": Choice("entry", STATES, "read-only page"),
                "access": Choice("access", tuple(ACCESS), "write"),
                "mode": Choice("from", MODES, "user mode"),
            }
        )

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Where mapping and entry do not go together, the one that was not chosen gives way."""
        mapping, state = values["mapping"], values["state"]
        if not no_such(mapping, state):
            return values
        if changed == "state":
            return {**values, "mapping": next(m for m in MAPPINGS if not no_such(m, state))}
        return {**values, "state": next(s for s in STATES if not no_such(mapping, s))}

    def build(self, figure: Figure) -> None:
        """Draw the whole map in grey; the way that is taken moves over it."""
        sheet = paper(figure)
        self.title = title(sheet)
        ways = [_way(name) for name, node in _NODES.items() if node.below]
        sheet.add_collection(LineCollection(ways, colors=RULE, linewidths=1.0), autolim=False)
        boxes = [_box(node) for node in _NODES.values()]
        Boxes(sheet, boxes, face=PAPER, edge=RULE, moving=False, zorder=2)
        self.way = LineCollection([], colors=INK, linewidths=2.4, animated=True, zorder=3)
        sheet.add_collection(self.way, autolim=False)
        self.lit = Boxes(sheet, edge=INK, line=1.6, zorder=4)
        self.words = Labels(sheet, len(_NODES), size=9.5)
        self.asked = Label(sheet, _ASK, _TOP, size=11, weight="bold")
        Label(sheet, _CODE_X - 0.1, _TOP, "error code", size=9.5, align="right", moving=False)
        self.code = Boxes(sheet, line=1.2, edge=FAULT.line)
        self.bits = Labels(sheet, 2 * len(_BITS), size=9, align="center")
        self.no_code = Label(sheet, _CODE_X, _TOP, size=9.5, color=MUTED)
        (self.cross,) = sheet.plot([], [], "x", ms=11, mew=3, color=FAULT.line, animated=True,
                                   zorder=6)  # fmt: skip

    def update(self, *, mapping: str, state: str, access: str, mode: str) -> str:
        """Ask the simulated kernel, and light the way it took."""
        why = no_such(mapping, state, access, mode)
        who = mode.removesuffix(" mode")
        self.asked.text = f"{who} {access}, {mapping}: {state}"
        if why:
            self._light([], None)
            self._code(None)
            self.title.text = f"There is no such case: {why}"
            count = sum(not no_such(m, s) for m in MAPPINGS for s in STATES)
            return (
                f"No such case: {mapping}, {state}, {who} {access}: {why}. {count} of "
                f"{len(MAPPINGS) * len(STATES)} pairs of mapping and entry exist."
            )
        end = outcome(mapping, state, access, mode)
        path = _path(end)
        self._light(path, end)
        self._code(end)
        self.title.text = finding = _finding(end)
        code = "none" if end.error_code is None else f"{end.error_code:#x} ({end.flags or 'none'})"
        return (
            f"{finding}. {who.capitalize()} {access}, {mapping}, {state}. Error code {code}; "
            f"{len(path)} boxes of the map."
        )

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to a case that ends in the box that was clicked."""
        for node in _NODES.values():
            left, bottom, wide, high = _box(node)
            if left <= x <= left + wide and bottom <= y <= bottom + high and node.case[0]:
                mapping, state, access = node.case
                changed = {"mapping": mapping, "state": state, "mode": "user mode"}
                return changed | ({"access": access} if access else {})
        return {}

    def _light(self, path: list[str], end: Outcome | None) -> None:
        self.way.set_segments([_way(name) for name in path if _NODES[name].below])
        bad = end is not None and end.kind in ("SIGSEGV", "SIGBUS", "EFAULT")
        colours = [TABLE.fill] * (len(path) - 1) + [FAULT.fill if bad else FRAME.fill]
        self.lit.put([_box(_NODES[name]) for name in path], colours[: len(path)] or PAPER)
        self.words.clear()
        for name, node in _NODES.items():
            last = bool(path) and name == path[-1]
            words = node.words
            if last and end is not None and end.kind == "EFAULT":
                words = "EFAULT"
            self.words.put(node.x + 0.1, node.y, words, INK if name in path else MUTED,
                           "bold" if last else "normal")  # fmt: skip
        if bad:
            node = _NODES[path[-1]]
            self.cross.set_data([node.x + node.wide + 0.04], [node.y])
        else:
            self.cross.set_data([], [])

    def _code(self, end: Outcome | None) -> None:
        self.bits.clear()
        code = None if end is None else end.error_code
        self.no_code.text = "none: no page fault" if code is None else ""
        if code is None:
            self.code.put([])
            return
        boxes, faces = [], []
        for place, (name, bit) in enumerate(_BITS):
            x = _CODE_X + 0.5 * place
            boxes.append((x, _TOP - 0.13, 0.5, 0.26))
            faces.append(FAULT.fill if code & bit else PAPER)
            self.bits.put(x + 0.25, _TOP, f"{name}" if code & bit else "·",
                          weight="bold" if code & bit else "normal")  # fmt: skip
        self.code.put(boxes, faces, FAULT.line)


def _finding(end: Outcome) -> str:
    if end.kind == "hit":
        return "No fault: the entry allows it, and the kernel never hears of it"
    names = {"minor": "Minor fault", "major": "Major fault"}
    signal = f"{end.kind} {end.si_code.removeprefix('SEGV_')}".strip()
    reason = end.reason.split(": no page fault")[0].replace("/dev/zero (deleted)", "the file")
    return f"{names.get(end.kind, signal)}: {reason}"


def _path(end: Outcome) -> list[str]:
    """Find the boxes that an outcome went through, from the kernel's own notes."""
    if end.error_code is None:
        if end.kind == "hit":
            return ["canonical", "entry", "hit"]
        return ["canonical", "trap"]
    found = {step.question: step.answer for step in end.steps}
    path = ["canonical", "entry", "address"]
    if found["address"] == "of the kernel":
        return [*path, "kernel"]
    path.append("area")
    if "allowed" not in found:
        return [*path, "nothing"]
    path.append("allowed")
    if found["allowed"] != "yes":
        return [*path, "forbidden"]
    path.append("holds")
    if found["entry"].startswith("swap"):
        return [*path, "swap", "back"]
    if found["entry"] != "empty":
        return [*path, "page", _of_page(found["page"])]
    if "no file" in found["memory"]:
        return [*path, "no file", "fresh" if end.access == "w" else "zero"]
    if "file" in found:
        return [*path, "file", "past"]
    if found["page cache"] == "yes":
        return [*path, "file", "cached"]
    return [*path, "file", "disk" if end.kind == "major" else "new"]


def _of_page(found: str) -> str:
    return {"the zero page": "own", "shared, clean until now": "told",
            "private, nobody else has it": "take"}.get(found, "copy")  # fmt: skip


def _box(node: _Node) -> tuple[float, float, float, float]:
    return node.x, node.y - _HIGH / 2, node.wide, _HIGH


def _way(name: str) -> list[tuple[float, float]]:
    """Lay the line from a box to the one it comes from: down a column, or across in a step."""
    here, there = _NODES[name], _NODES[_NODES[name].below]
    if here.x == there.x:
        middle = here.x + 0.9
        return [(middle, there.y - _HIGH / 2), (middle, here.y + _HIGH / 2)]
    turn = here.x - 0.16
    return [(there.x + there.wide, there.y), (turn, there.y), (turn, here.y), (here.x, here.y)]
