"""The page-fault handler as a map: one access, and the way it takes to a page or to a signal."""

from __future__ import annotations

from typing import Any

from ...draw import ERROR_BITS, Boxes, Crosses, ErrorCode, Label, Labels, Links, Table, hit_box
from ...draw.style import DISK, FAULT, FRAME, INK, MUTED, PAPER, RULE, TABLE, VIRTUAL
from ...kernel import Outcome, Why, in_words
from ...kernel.cases import Mapping, Mode, State, Verb, no_such, outcome
from ..base import Choice, Controls, Finding, Scene, Sheet
from .fault_map import ASK, NODES, box, path, way

_CODE_X, _TOP = 6.3, 4.24
_TWINS = {Mapping.PRIVATE: Mapping.SHARED, Mapping.PRIVATE_FILE: Mapping.SHARED_FILE}
_TWINS |= {shared: private for private, shared in _TWINS.items()}
_OF_ENTRY = {"entry", "holds", "no file", "file", "swap", "page"}  # questions to the page table


class FaultDecision(Scene):
    """Choose a mapping, an entry, an access and a mode: what does the kernel make of it?"""

    size = (9, 5.0)
    clickable = True
    controls = Controls(
        mapping=Choice("mapping", tuple(Mapping), Mapping.PRIVATE),
        state=Choice("entry", tuple(State), State.READ_ONLY),
        access=Choice("access", tuple(Verb), Verb.WRITE),
        mode=Choice("from", tuple(Mode), Mode.USER),
    )

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Where mapping and entry do not go together, the one that was not chosen gives way."""
        mapping, state = values["mapping"], values["state"]
        if not no_such(mapping, state):
            return values
        if changed == "state":
            return {**values, "mapping": next(m for m in Mapping if not no_such(m, state))}
        return {**values, "state": next(s for s in State if not no_such(mapping, s))}

    def draw(self, sheet: Sheet) -> None:
        """Draw the whole map in grey; the way that is taken moves over it."""
        ways = [way(name) for name, node in NODES.items() if node.below]
        Links(sheet, ways, color=RULE, width=1.0, moving=False, zorder=1)
        boxes = [box(node) for node in NODES.values()]
        Boxes(sheet, boxes, face=PAPER, edge=RULE, moving=False, zorder=2)
        self.way = Links(sheet, width=2.4)
        self.lit = Boxes(sheet, edge=INK, line=1.6, zorder=4)
        self.words = Labels(sheet, len(NODES), size=9.5)
        self.asked = Label(sheet, ASK, _TOP, size=11, weight="bold")
        self.code = ErrorCode(sheet, _CODE_X, _TOP - 0.14)
        self.no_code = Label(sheet, _CODE_X, _TOP, size=9.5, color=MUTED)
        self.cross = Crosses(sheet)
        self.fault = Label(sheet, 1.2, 2.7, size=9, color=FAULT.line, weight="bold")

    def update(self, *, mapping: Mapping, state: State, access: Verb, mode: Mode) -> Finding:
        """Ask the simulated kernel, and light the way it took."""
        why = no_such(mapping, state, access, mode)
        who = mode.removesuffix(" mode")
        self.asked.text = f"{who} {access}, {mapping}: {state}"
        if why:
            self._light([], None)
            self._code(None)
            count = sum(not no_such(m, s) for m in Mapping for s in State)
            return Finding(
                f"There is no such case: {why}",
                whole=f"No such case: {mapping}, {state}, {who} {access}: {why}. {count} of "
                f"{len(Mapping) * len(State)} pairs of mapping and entry exist.",
            )
        end = outcome(mapping, state, access, mode)
        self._light(path(end), end)
        self._code(end)
        code = "none" if end.error_code is None else f"{end.error_code:#x} ({end.flags or 'none'})"
        return Finding(
            _title(end),
            f"{who.capitalize()} {access}, {mapping}, {state}. Error code {code}."
            f"{_twin(end, mapping, state, access, mode)}",
        )

    def tabulate(self, *, mapping: Mapping, state: State, access: Verb, mode: Mode) -> list[Table]:
        """List the boxes that the access goes through, and the bits of its error code."""
        if why := no_such(mapping, state, access, mode):
            return [Table("No such case", ("box", "says"), [("none", why)])]
        end = outcome(mapping, state, access, mode)
        boxes = [(str(n), NODES[name].words) for n, name in enumerate(path(end), 1)]
        tables = [Table("The way that it takes", ("box", "says"), boxes)]
        if (code := end.error_code) is not None:
            bits = [
                (str(bit), name, str(code >> bit & 1))
                for bit, name in enumerate(reversed(ERROR_BITS))
            ]
            tables.append(Table(f"Error code {code:#x}", ("bit", "name", "value"), bits))
        return tables

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to a case that ends in the box that was clicked."""
        ends = [node for node in NODES.values() if node.case]
        place = hit_box(map(box, ends), x, y)
        case = None if place is None else ends[place].case
        if case is None:
            return {}
        changed = {"mapping": case[0], "state": case[1], "mode": Mode.USER}
        return changed | ({"access": case[2]} if case[2] else {})

    def _light(self, boxes: list[str], end: Outcome | None) -> None:
        self.way.put([way(name) for name in boxes[1:]])
        bad = end is not None and end.kind in ("SIGSEGV", "SIGBUS", "EFAULT")
        faces = [TABLE.fill if name in _OF_ENTRY else VIRTUAL.fill for name in boxes[:-1]]
        major = end is not None and end.kind == "major"
        faces.append(FAULT.fill if bad else DISK.fill if major else FRAME.fill)
        self.lit.put([box(NODES[name]) for name in boxes], faces if boxes else PAPER)
        self.words.clear()
        for name, node in NODES.items():
            last = bool(boxes) and name == boxes[-1]
            words = "EFAULT" if last and end and end.kind == "EFAULT" else node.words
            ink, weight = INK if name in boxes else MUTED, "bold" if last else "normal"
            self.words.put(node.x + 0.1, node.y, words, ink, weight)
        fault = end is not None and end.error_code is not None  # here the kernel begins
        self.cross.put(*[(ASK + 0.9, 2.7)] * fault)
        self.fault.text = "page fault" if fault else ""

    def _code(self, end: Outcome | None) -> None:
        code = None if end is None else end.error_code
        self.no_code.text = "no page fault, so no error code" if code is None else ""
        self.code.put(code)


def _title(end: Outcome) -> str:
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
    return f" With {named}: {_title(other)}."
