"""Faults over frames for every policy: where one more frame is one more fault."""

from __future__ import annotations

from typing import Any

from ...draw import Curve, Grid, Label, Labels, Marks, curve_axes
from ...draw.style import FAULT, INK, PAPER, VIRTUAL
from ...replacement import POLICIES
from ...traces import PageTrace
from ...units import count
from ..base import Choice, Controls, Finding, Plot, Sheet, Slider, Table
from .reference_strings import BELADY_NAME, SHOWN, Strings, run_of, string_of

_MOST = 8
_MARKS = dict(zip(SHOWN, "os^vDP", strict=True))
_LINES = dict(zip(SHOWN, ("-", "--", "-.", ":", "-", ":"), strict=True))
_LIST = Grid(6.3, 3.42, 2.1, 0.3, rows=len(SHOWN))  # of the policies, the fewest faults first


class BeladyCurve(Plot):
    """Give a program more frames: does every policy fault less?

    Parameters
    ----------
    trace : PageTrace or str, optional
        A program of the learner's, or its name: ten stretches of it, each from an empty memory.
    """

    size = (8.6, 4.2)

    def __init__(self, trace: PageTrace | str | None = None) -> None:
        self.strings = Strings(trace)
        super().__init__(
            Controls(
                policy=Choice("who leaves", tuple(SHOWN), "FIFO"),
                frames=Slider("frames", 1, _MOST, 4),
                string=self.strings.control(BELADY_NAME),
                seed=Slider("another draw", 0, 9, 6),
            )
        )

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Choose a program that has several draws where another draw is asked for."""
        return self.strings.settle(changed, values)

    def draw(self, sheet: Sheet) -> None:
        """Draw the axes; the six curves, the point and the list beside them move."""
        self.axes = axes = curve_axes(sheet, right=2.55)
        axes.set(xlim=(0.6, _MOST + 0.4), ylim=(0, 21.5), xlabel="frames", ylabel="faults")
        axes.set_xticks(range(1, _MOST + 1))
        axes.set_yticks(range(0, 21, 5))
        look: dict[str, Any] = {"ms": 6, "mfc": PAPER, "mec": INK}
        self.lines, self.keys = (
            {
                policy: Curve(where, line, VIRTUAL.line, marker=_MARKS[policy], **look)
                for policy, line in _LINES.items()
            }
            for where in (axes, sheet)
        )
        self.worse = Curve(axes, "-", FAULT.line, 4.5, zorder=4)
        self.point = Marks(axes, "o", 13, mfc="none", mew=2.4, zorder=6)
        self.head = Label(sheet, _LIST.left, 3.55, size=10, weight="bold")
        self.names = Labels(sheet, len(SHOWN), size=10)
        self.counts = Labels(sheet, len(SHOWN), size=10, align="right")
        self.warns = Label(sheet, _LIST.left, 1.0, size=9.5, color=FAULT.line)

    def update(self, *, policy: str, frames: int, string: str, seed: int) -> Finding:
        """Move the curves and sort the list by faults."""
        faults = [_ranked(self.strings[string], seed, n) for n in range(1, frames + 1)]
        for each, line in self.lines.items():
            chosen = each == policy
            line.set_data(range(1, frames + 1), [of[each] for of in faults])
            line.set_linewidth(2.8 if chosen else 1.0)
            line.set_alpha(1.0 if chosen else 0.45)
            line.set_zorder(5 if chosen else 3)
        mine = [of[policy] for of in faults]
        self.point.put((frames, mine[frames - 1]))
        rises = [n for n in range(1, frames) if mine[n] > mine[n - 1]]  # n frames to n + 1
        gap = (float("nan"),) * 2
        ends = [spot for n in rises for spot in ((n, mine[n - 1]), (n + 1, mine[n]), gap)]
        self.worse.set_data(*zip(*ends or [gap], strict=True))
        self._list(faults[frames - 1], frames, policy)
        cause = "bad luck" if POLICIES[SHOWN[policy]].chance else "Belady's anomaly"
        self.warns.text = f"thick orange: {cause}" if rises else ""
        title = f"{policy}: {count(frames, 'frame')}, {count(mine[-1], 'fault')}"
        if frames == _MOST:
            title = f"{policy}: here one more frame never costs a fault"
        if rises:
            n = rises[-1]
            title = f"{policy}: {n} frames fault {mine[n - 1]} times, {n + 1} frames {mine[n]}"
        length = len(string_of(self.strings[string], seed))
        others = ", ".join(f"{each} {faults[frames - 1][each]}" for each in SHOWN)
        return Finding(
            title,
            f"{string[0].upper()}{string[1:]}, {count(length, 'access', 'accesses')}, with "
            f"{count(frames, 'frame')}: {others}.{self.strings.told(string, seed)}",
        )

    def tabulate(self, *, frames: int, string: str, seed: int, **_: Any) -> list[Table]:
        """List the faults of every policy, as far as the curves go."""
        rows = []
        for n in range(1, frames + 1):
            faults = _ranked(self.strings[string], seed, n)
            rows.append((str(n), *(str(faults[policy]) for policy in SHOWN)))
        return [Table(f"Faults: {string}", ("frames", *SHOWN), rows)]

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to a point of the nearest curve, or to a policy of the list."""
        row = _LIST.at(x, y)
        if row is None:
            return super().hit(x, y, **values)
        source = self.strings[values["string"]]
        return {"policy": list(_ranked(source, values["seed"], values["frames"]))[row]}

    def hit_data(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to a point of the nearest curve; where curves meet, of the one chosen."""
        frames = max(1, min(_MOST, round(x)))
        faults = _ranked(self.strings[values["string"]], values["seed"], frames)
        gaps = {each: (abs(found - y), each != values["policy"]) for each, found in faults.items()}
        return {"frames": frames, "policy": min(gaps, key=gaps.__getitem__)}

    def _list(self, faults: dict[str, int], frames: int, policy: str) -> None:
        self.head.text = f"faults with {count(frames, 'frame')}"
        self.names.clear()
        self.counts.clear()
        for row, (each, found) in enumerate(faults.items()):
            x, y = _LIST.left, _LIST.middle(row)[1]
            self.keys[each].set_data([x, x + 0.2, x + 0.4], [y, y, y])
            self.keys[each].set_linewidth(2.8 if each == policy else 1.2)
            weight = "bold" if each == policy else "normal"
            self.names.put(x + 0.55, y, each, weight=weight)
            self.counts.put(x + 2.1, y, str(found), weight=weight)


def _ranked(string: str | PageTrace, seed: int, frames: int) -> dict[str, int]:
    """Count the faults of every policy; the fewest come first."""
    faults = {each: run_of(string, seed, frames, name).faults for each, name in SHOWN.items()}
    return dict(sorted(faults.items(), key=lambda one: one[1]))
