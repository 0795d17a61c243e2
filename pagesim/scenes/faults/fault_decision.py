"""The page-fault handler as a map: one access, and the way it takes to a page or to a signal."""

from __future__ import annotations

from typing import Any

from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from ...draw import (
    DISK,
    FAULT,
    FRAME,
    INK,
    MUTED,
    PAPER,
    RULE,
    TABLE,
    VIRTUAL,
    Boxes,
    Label,
    Labels,
    paper,
    title,
)
from ...kernel import Outcome, Why, in_words
from ...kernel.cases import Mapping, Mode, State, Verb, no_such, outcome
from ..base import Choice, Scene
from .fault_map import ASK, NODES, box, path, way

_BITS = (("I", 16), ("RSVD", 8), ("U", 4), ("W", 2), ("P", 1))
_CODE_X, _TOP = 6.3, 4.24
_TWINS = {Mapping.PRIVATE: Mapping.SHARED, Mapping.PRIVATE_FILE: Mapping.SHARED_FILE}
_TWINS |= {shared: private for private, shared in _TWINS.items()}
_OF_ENTRY = {"entry", "holds", "no file", "file", "swap", "page"}  # questions to the page table


class FaultDecision(Scene):
    """Choose a mapping, an entry, an access and a mode: what does the kernel make of it?"""

    size = (9, 5.0)
    clickable = True

    def __init__(self) -> None:
        super().__init__(
            {
                "mapping": Choice("mapping", tuple(Mapping), Mapping.PRIVATE),
                "state": Choice("entry", tuple(State), State.READ_ONLY),
                "access": Choice("access", tuple(Verb), Verb.WRITE),
                "mode": Choice("from", tuple(Mode), Mode.USER),
            }
        )

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Where mapping and entry do not go together, the one that was not chosen gives way."""
        mapping, state = values["mapping"], values["state"]
        if not no_such(mapping, state):
            return values
        if changed == "state":
            return {**values, "mapping": next(m for m in Mapping if not no_such(m, state))}
        return {**values, "state": next(s for s in State if not no_such(mapping, s))}

    def build(self, figure: Figure) -> None:
        """Draw the whole map in grey; the way that is taken moves over it."""
        sheet = paper(figure)
        self.title = title(sheet)
        ways = [way(name) for name, node in NODES.items() if node.below]
        sheet.add_collection(LineCollection(ways, colors=RULE, linewidths=1.0), autolim=False)
        boxes = [box(node) for node in NODES.values()]
        Boxes(sheet, boxes, face=PAPER, edge=RULE, moving=False, zorder=2)
        self.way = LineCollection([], colors=INK, linewidths=2.4, animated=True, zorder=3)
        sheet.add_collection(self.way, autolim=False)
        self.lit = Boxes(sheet, edge=INK, line=1.6, zorder=4)
        self.words = Labels(sheet, len(NODES), size=9.5)
        self.asked = Label(sheet, ASK, _TOP, size=11, weight="bold")
        Label(sheet, _CODE_X - 0.1, _TOP, "error code", size=9.5, align="right", moving=False)
        self.code = Boxes(sheet, line=1.2, edge=FAULT.line)
        self.bits = Labels(sheet, 2 * len(_BITS), size=9, align="center")
        self.no_code = Label(sheet, _CODE_X, _TOP, size=9.5, color=MUTED)
        (self.cross,) = sheet.plot([], [], "x", ms=11, mew=3, color=FAULT.line, animated=True,
                                   zorder=6)  # fmt: skip
        self.fault = Label(sheet, 1.2, 2.7, size=9, color=FAULT.line, weight="bold")

    def update(self, *, mapping: Mapping, state: State, access: Verb, mode: Mode) -> str:
        """Ask the simulated kernel, and light the way it took."""
        why = no_such(mapping, state, access, mode)
        who = mode.removesuffix(" mode")
        self.asked.text = f"{who} {access}, {mapping}: {state}"
        if why:
            self._light([], None)
            self._code(None)
            self.title.text = f"There is no such case: {why}"
            count = sum(not no_such(m, s) for m in Mapping for s in State)
            return (
                f"No such case: {mapping}, {state}, {who} {access}: {why}. {count} of "
                f"{len(Mapping) * len(State)} pairs of mapping and entry exist."
            )
        end = outcome(mapping, state, access, mode)
        self._light(path(end), end)
        self._code(end)
        self.title.text = finding = _finding(end)
        code = "none" if end.error_code is None else f"{end.error_code:#x} ({end.flags or 'none'})"
        return (
            f"{finding}. {who.capitalize()} {access}, {mapping}, {state}. Error code {code}."
            f"{_twin(end, mapping, state, access, mode)}"
        )

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to a case that ends in the box that was clicked."""
        for node in NODES.values():
            left, bottom, wide, high = box(node)
            if left <= x <= left + wide and bottom <= y <= bottom + high and node.case:
                mapping, state, access = node.case
                changed = {"mapping": mapping, "state": state, "mode": Mode.USER}
                return changed | ({"access": access} if access else {})
        return {}

    def _light(self, boxes: list[str], end: Outcome | None) -> None:
        self.way.set_segments([way(name) for name in boxes[1:]])
        bad = end is not None and end.kind in ("SIGSEGV", "SIGBUS", "EFAULT")
        faces = [TABLE.fill if name in _OF_ENTRY else VIRTUAL.fill for name in boxes[:-1]]
        major = end is not None and end.kind == "major"
        faces.append(FAULT.fill if bad else DISK.fill if major else FRAME.fill)
        self.lit.put([box(NODES[name]) for name in boxes], faces if boxes else PAPER)
        self.words.clear()
        for name, node in NODES.items():
            last = bool(boxes) and name == boxes[-1]
            words = node.words
            if last and end is not None and end.kind == "EFAULT":
                words = "EFAULT"
            self.words.put(node.x + 0.1, node.y, words, INK if name in boxes else MUTED,
                           "bold" if last else "normal")  # fmt: skip
        fault = end is not None and end.error_code is not None  # here the kernel begins
        self.cross.set_data([ASK + 0.9] if fault else [], [2.7] if fault else [])
        self.fault.text = "page fault" if fault else ""

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
            self.bits.put(x + 0.25, _TOP, name, INK if code & bit else MUTED,
                          "bold" if code & bit else "normal")  # fmt: skip
        self.code.put(boxes, faces, FAULT.line)


def _finding(end: Outcome) -> str:
    if end.kind == "hit":
        return "No fault: the entry allows it, and the kernel never hears of it"
    names = {"minor": "Minor fault", "major": "Major fault"}
    signal = f"{end.kind} {end.si_code.removeprefix('SEGV_')}".strip()
    why = tuple(each for each in end.why if each is not Why.GENERAL_PROTECTION)  # title is full
    reason = "past the end of the file" if Why.PAST_END in why else in_words(why, end.vma)
    joint = "," if ":" in reason else ":"
    return f"{names.get(end.kind, signal)}{joint} {reason}"


def _twin(end: Outcome, mapping: Mapping, state: State, access: Verb, mode: Mode) -> str:
    """Say whether the shared mapping fares like the private one, and the other way round."""
    twin = _TWINS.get(mapping)
    if twin is None or no_such(twin, state):
        return ""
    other = outcome(twin, state, access, mode)
    named = twin if twin in (Mapping.PRIVATE, Mapping.SHARED) else f"a {twin}"
    if path(other)[-1] == path(end)[-1]:
        return f" The same with {named}."
    return f" With {named}: {_finding(other)}."
