"""Two machines with different troubles, and the same five graphs of each: which of them differ?"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...draw import Boxes, Curve, Label, Labels, note
from ...draw.style import DISK, FAULT, FRAME, INK, MUTED, RULE, TABLE, VIRTUAL
from ...units import binary, count, duration
from ..base import Choice, Controls, Finding, Scene, Sheet, Slider, Table
from .small_machines import MACHINES, STEPS, Moment, run

_SIDES = {"left": 1.5, "right": 5.3}  # where their graphs begin
_WIDE, _TALL, _PITCH, _TOP = 2.55, 0.56, 0.83, 3.82
_ALIKE = 0.15  # of the larger value


class _Graph(NamedTuple):
    """One graph: its field of a moment, its name, how it is said, its line."""

    field: str
    name: str
    line: str
    color: str


_GRAPHS = (
    _Graph("rss", "RSS", "-", VIRTUAL.line),
    _Graph("pss", "PSS", "-", FRAME.line),
    _Graph("tables", "page tables", "--", TABLE.line),
    _Graph("faults", "faults", "-", FAULT.line),
    _Graph("took", "time of a step", "-", DISK.line),
)


class TwoCauses(Scene):
    """Choose two troubles, let time go on, and look for the graph that tells them apart."""

    size = (9, 5.1)
    play = "step"
    clickable = True
    controls = Controls(
        left=Choice("left", tuple(MACHINES), "a leak"),
        right=Choice("right", tuple(MACHINES), "tables of shared memory"),
        step=Slider("steps so far", 0, STEPS, 0),
    )

    def draw(self, sheet: Sheet) -> None:
        """Run all machines, and draw the frames of the graphs; the curves move."""
        for name in MACHINES:
            run(name)  # so that no move has to wait for one
        frames = [
            (x, _TOP - _PITCH * row, _WIDE, _TALL)
            for row in range(len(_GRAPHS))
            for x in _SIDES.values()
        ]
        Boxes(sheet, frames, moving=False, edge=RULE)
        self.curves = {
            (side, graph.field): Curve(sheet, graph.line, graph.color, 2.2, zorder=4)
            for side in _SIDES
            for graph in _GRAPHS
        }
        self.disk = {side: Curve(sheet, ":", INK, 1.6, zorder=5) for side in _SIDES}
        for row, graph in enumerate(_GRAPHS):
            y = _TOP - _PITCH * row + _TALL / 2
            note(sheet, _SIDES["left"] - 0.12, y, graph.name, align="right", size=10, color=INK)
        said = (
            "faults of a step; dotted: those that wait for a disk. RSS, PSS, tables: all added up"
        )
        note(sheet, 0.12, 0.2, said)
        self.heads = {
            side: Label(sheet, x, _TOP + _TALL + 0.16, weight="bold", size=10)
            for side, x in _SIDES.items()
        }
        self.values = Labels(sheet, 2 * len(_GRAPHS), size=9.5)

    def update(self, *, left: str, right: str, step: int) -> Finding:
        """Draw both machines up to a step, on the same scales."""
        both = {"left": run(left), "right": run(right)}
        self.values.clear()
        for side, name in (("left", left), ("right", right)):
            self.heads[side].text = name
        for row, graph in enumerate(_GRAPHS):
            self._row(row, graph, both, step)
        now = {side: moments[step] for side, moments in both.items()}
        return Finding(
            _title(left, right, both, step),
            f"Step {step} of {STEPS}. {left[0].upper()}{left[1:]}: {_told(now['left'])}. "
            f"{right[0].upper()}{right[1:]}: {_told(now['right'])}.",
        )

    def tabulate(self, *, left: str, right: str, step: int) -> list[Table]:
        """List the graphs of each machine, step by step."""
        rows_of = {}
        for side, name in (("left", left), ("right", right)):
            rows_of[side, name] = [
                (
                    str(n),
                    *(_value(graph.field, getattr(moment, graph.field)) for graph in _GRAPHS),
                    str(moment.major),
                )
                for n, moment in enumerate(run(name)[: step + 1])
            ]
        heads = ("step", *(graph.name for graph in _GRAPHS), "faults that wait for a disk")
        return [
            Table(f"On the {side}: {name}", heads, rows) for (side, name), rows in rows_of.items()
        ]

    def _row(self, row: int, graph: _Graph, both: dict[str, tuple[Moment, ...]], step: int) -> None:
        data = {side: [float(getattr(m, graph.field)) for m in all_] for side, all_ in both.items()}
        most = max(max(values) for values in data.values()) or 1.0
        foot = _TOP - _PITCH * row + 0.04
        for side, left in _SIDES.items():
            x = left + np.arange(step + 1) * (_WIDE / STEPS)
            high = (_TALL - 0.1) / most
            self.curves[side, graph.field].set_data(
                x, foot + np.array(data[side][: step + 1]) * high
            )
            value = _value(graph.field, data[side][step])
            self.values.put(left + _WIDE + 0.1, foot + _TALL / 2 - 0.04, value, MUTED)
            if graph.field == "faults":
                major = np.array([m.major for m in both[side][: step + 1]])
                shown = x[major > 0], foot + major[major > 0] * high
                self.disk[side].set_data(*shown)

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the step that was clicked."""
        for left in _SIDES.values():
            if left - 0.1 <= x <= left + _WIDE + 0.1 and 0.4 < y < _TOP + _TALL:
                return {"step": min(max(round((x - left) / _WIDE * STEPS), 0), STEPS)}
        return {}


def _value(field: str, value: float) -> str:
    if field == "took":
        return duration(1000 * value)
    return f"{value:.0f}" if field == "faults" else binary(value * 1024)


def _told(now: Moment) -> str:
    faults = count(now.faults, "fault")
    waits = f", {now.major} of them for a disk" if now.major else ""
    return (
        f"RSS {binary(now.rss << 10)}, PSS {binary(now.pss << 10)}, page tables "
        f"{binary(now.tables << 10)}, {faults}{waits} in {duration(1000 * now.took)}"
    )


def _apart(field: str, both: dict[str, tuple[Moment, ...]], step: int) -> tuple[float, int]:
    """Tell how far two graphs are apart up to a step, as a share of the larger value, and where."""
    one, other = (
        np.array([float(getattr(m, field)) for m in both[side][: step + 1]]) for side in _SIDES
    )
    most = max(one.max(), other.max()) or 1.0
    distance = np.abs(one - other)[::-1]  # the last of equal ones
    return float(distance.max() / most), step - int(distance.argmax())


def _title(left: str, right: str, both: dict[str, tuple[Moment, ...]], step: int) -> str:
    if left == right:
        return f"The same trouble on both sides, after {count(step, 'step')}"
    if not step:
        return "Two machines, five graphs of each, and nothing has happened yet"
    far = {graph: _apart(graph.field, both, step) for graph in _GRAPHS}
    alike = [graph.name for graph, (distance, _) in far.items() if distance <= _ALIKE]
    if len(alike) == len(_GRAPHS):
        return f"After {count(step, 'step')} no graph tells them apart"
    other = max(far, key=lambda graph: far[graph][0])
    at = far[other][1]
    one, two = (_value(other.field, getattr(both[side][at], other.field)) for side in _SIDES)
    when = f" in step {at}" if at < step else ""
    how = f"Not by {alike[0]}, but by" if alike else "Above all by"
    return f"{how} {other.name}: {one} against {two}{when}"
