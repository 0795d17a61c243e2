"""Faults over frames for every policy: where one more frame is one more fault."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from ...draw import FAULT, INK, VIRTUAL, Label, Labels, curve_axes, paper, title
from ...replacement import POLICIES
from ..base import Choice, Scene, Slider, data_at
from .reference_strings import BELADY_NAME, FEW, NAMES, SEEDED, SHOWN, run_of, string_of

_MOST = 8
_LOOKS = dict(zip(SHOWN, ("o-", "s--", "^-.", "v:", "D-", "P:"), strict=True))


class BeladyCurve(Scene):
    """Give a program more frames: does every policy fault less?"""

    size = (8.6, 4.2)
    clickable = True

    def __init__(self) -> None:
        super().__init__(
            {
                "policy": Choice("who leaves", SHOWN, "fifo"),
                "frames": Slider("frames", 1, _MOST, 4),
                "string": Choice("program", NAMES, BELADY_NAME),
                "seed": Slider("another draw", 0, 9, 6),
            }
        )

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Draw anew only what is drawn."""
        if changed == "seed" and values["string"] not in SEEDED:
            values["string"] = FEW
        return values

    def build(self, figure: Figure) -> None:
        """Draw the axes; the six curves, the point and the list beside them move."""
        self.sheet = sheet = paper(figure)
        self.title = title(sheet)
        self.axes = axes = curve_axes(figure, right=2.55)
        axes.set(xlim=(0.6, _MOST + 0.4), ylim=(0, 21.5))
        axes.set_xticks(range(1, _MOST + 1))
        axes.set_yticks(range(0, 21, 5))
        axes.set_xlabel("frames")
        axes.set_ylabel("faults")
        moving: dict[str, Any] = {"animated": True, "color": VIRTUAL.line, "mec": INK}
        self.lines = {
            policy: axes.plot([], [], look, ms=6, mfc="white", lw=1.2, **moving)[0]
            for policy, look in _LOOKS.items()
        }
        (self.worse,) = axes.plot([], [], color=FAULT.line, lw=4.5, animated=True, zorder=4)
        (self.point,) = axes.plot(
            [], [], "o", ms=13, mfc="none", mec=INK, mew=2.4, animated=True, zorder=6
        )
        self.head = Label(sheet, 6.3, 3.55, size=10, weight="bold")
        self.names = Labels(sheet, len(_LOOKS), size=10)
        self.counts = Labels(sheet, len(_LOOKS), size=10, align="right")
        self.keys = {
            policy: sheet.plot([], [], look, ms=6, mfc="white", lw=1.2, **moving)[0]
            for policy, look in _LOOKS.items()
        }
        self.warns = Label(sheet, 6.3, 1.0, size=9.5, color=FAULT.line)

    def update(self, *, policy: str, frames: int, string: str, seed: int) -> str:
        """Move the curves and sort the list by faults."""
        faults = {
            each: [run_of(string, seed, n, each).faults for n in range(1, _MOST + 1)]
            for each in SHOWN
        }
        mine = faults[policy]
        for each, line in self.lines.items():
            line.set_data(range(1, _MOST + 1), faults[each])
            line.set_linewidth(2.8 if each == policy else 1.0)
            line.set_alpha(1.0 if each == policy else 0.45)
            line.set_zorder(5 if each == policy else 3)
        self.point.set_data([frames], [mine[frames - 1]])
        rises = [n for n in range(1, _MOST) if mine[n] > mine[n - 1]]  # n frames to n + 1
        xs, ys = list[float](), list[float]()
        for n in rises:
            xs += [n, n + 1, float("nan")]
            ys += [mine[n - 1], mine[n], float("nan")]
        self.worse.set_data(xs, ys)
        self._list(faults, frames, policy)
        cause = "bad luck" if POLICIES[policy].chance else "Belady's anomaly"
        self.warns.text = f"thick orange: {cause}" if rises else ""
        length = len(string_of(string, seed))
        if rises:
            n = rises[0]
            finding = f"{policy}: {n} frames fault {mine[n - 1]} times, {n + 1} frames {mine[n]}"
        else:
            finding = f"{policy}: here one more frame never costs a fault"
        self.title.text = finding
        others = ", ".join(f"{each} {faults[each][frames - 1]}" for each in SHOWN)
        return (
            f"{finding}. {string[0].upper()}{string[1:]}, {length} accesses, with {frames} "
            f"frame{'s' if frames > 1 else ''}: {others}."
        )

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to a point of the nearest curve, or to a policy of the list."""
        here = data_at(self.axes, x, y)
        if here is None:
            order = _order(values)
            row = int((3.42 - y) / 0.3)
            return {"policy": order[row]} if x > 6.2 and 0 <= row < len(order) and y < 3.42 else {}
        frames = max(1, min(_MOST, round(here[0])))
        gap = {
            each: abs(run_of(values["string"], values["seed"], frames, each).faults - here[1])
            for each in SHOWN
        }
        near = min(gap.values())
        mine = values["policy"]  # where curves meet, stay on the one chosen
        return {
            "frames": frames,
            "policy": mine if gap[mine] == near else min(gap, key=gap.__getitem__),
        }

    def _list(self, faults: dict[str, list[int]], frames: int, policy: str) -> None:
        self.head.text = f"faults with {frames} frame{'s' if frames > 1 else ''}"
        self.names.clear()
        self.counts.clear()
        ordered = sorted(SHOWN, key=lambda each: faults[each][frames - 1])
        for row, each in enumerate(ordered):
            y = 3.27 - 0.3 * row
            self.keys[each].set_data([6.3, 6.5, 6.7], [y, y, y])
            self.keys[each].set_linewidth(2.8 if each == policy else 1.2)
            weight = "bold" if each == policy else "normal"
            self.names.put(6.85, y, each, weight=weight)
            self.counts.put(8.4, y, str(faults[each][frames - 1]), weight=weight)


def _order(values: dict[str, Any]) -> list[str]:
    return sorted(
        SHOWN,
        key=lambda p: run_of(values["string"], values["seed"], values["frames"], p).faults,
    )
