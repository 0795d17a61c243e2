"""The graph of an incident, as it was and with a setting changed: does the setting help?"""

from __future__ import annotations

import math

from matplotlib.ticker import FuncFormatter, MaxNLocator

from ...draw import Curve, Label, curve_axes, note
from ...draw.style import FRAME, INK, MUTED
from ...incidents import Case
from ...units import digits
from ..base import Choice, Controls, Finding, Scene, Sheet, Table

_AS_IT_WAS = "as it was"


class Rerun(Scene):
    """Change one setting of a machine in trouble, run it again, and compare.

    Parameters
    ----------
    case : Case
        The incident.
    """

    size = (8.4, 4.5)

    def __init__(self, case: Case) -> None:
        options = (_AS_IT_WAS, *sorted(case.fixes))
        super().__init__(Controls(setting=Choice("the machine", options, _AS_IT_WAS)))
        self.case = case

    def draw(self, sheet: Sheet) -> None:
        """Draw the axes and the graph as it was; the one with a setting comes and goes."""
        series = self.case.evidence.series
        self.axes = axes = curve_axes(sheet, left=1.25, right=1.35, bottom=1.55)
        for row, (letter, setting) in enumerate(sorted(self.case.fixes.items())):
            words = self.case.incident.settings[setting].replace("`", "")
            note(sheet, 0.25, 0.81 - 0.2 * row, f"{letter}: {words}", size=9)
        points = [self.case.rerun(each).evidence.series.points for each in ("", *self._settings)]
        xs, ys = zip(*(point for each in points for point in each), strict=True)
        low = min(ys) if min(ys) > 0.8 * max(ys) else 0.0
        room = 0.12 * (max(ys) - low)
        axes.set(xlim=(min(xs), max(xs)), ylim=(max(low - room, 0) if low else 0, max(ys) + room))
        axes.set(xlabel=series.along, ylabel=f"{series.name}, {series.unit}")
        was = self.case.evidence.series.points
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(6, integer=True))
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axes.plot(
            *zip(*was, strict=True),
            "-",
            color=INK,
            lw=1.8,
            marker="o",
            ms=4,
            zorder=3,
            clip_on=False,
        )
        self.line = Curve(axes, "--", FRAME.line, 2.4, marker="s", ms=5, zorder=4, clip_on=False)
        self.was = Label(axes, *was[-1], "  as it was", size=9, color=MUTED, moving=True)
        self.now = Label(axes, 0, 0, size=9, color=FRAME.line)

    @property
    def _settings(self) -> list[str]:
        return list(self.case.fixes.values())

    def update(self, *, setting: str) -> Finding:
        """Draw the graph of the machine with a setting changed, if one is chosen."""
        case = self.case
        series, before = case.evidence.series, case.rerun("").score
        measured = case.incident.measured
        first, last = series.points[0], series.points[-1]
        said = (
            f"{_upper(series.name)} along {series.along}: {digits(first[1])} {series.unit} at "
            f"first, {digits(last[1])} at the end, {digits(_extreme(series.points))} in between."
        )
        if setting == _AS_IT_WAS:
            self.line.set_data([], [])
            self.now.text = ""
            return Finding(
                f"{_upper(series.name)}, {_AS_IT_WAS}",
                f": {before:,} {case.incident.measured}. {said}",
            )
        again = case.rerun(case.fixes[setting])
        self.line.set_data(*zip(*again.evidence.series.points, strict=True))
        x, y = again.evidence.series.points[-1]
        low, high = self.axes.get_ylim()
        apart = math.isclose(y, last[1], abs_tol=0.08 * (high - low)) and x == last[0]
        self.now.x, self.now.y = x, y + (0.09 * (high - low) if apart else 0)
        self.now.text = f"  with {setting}"
        return Finding(
            f"With {setting}, {measured}: {before:,} before, {again.score:,} now",
            f". {setting} is: {case.incident.settings[case.fixes[setting]]}.",
        )

    def tabulate(self, *, setting: str) -> list[Table]:
        """List both graphs, point by point."""
        series = self.case.evidence.series
        heads, columns = [series.along, f"{series.name} as it was"], [dict(series.points)]
        if setting != _AS_IT_WAS:
            again = self.case.rerun(self.case.fixes[setting]).evidence.series.points
            heads, columns = [*heads, f"with {setting}"], [*columns, dict(again)]
        rows = [
            (digits(x), *(digits(each[x]) if x in each else "" for each in columns))
            for x in sorted(set().union(*columns))
        ]
        return [Table(f"{_upper(series.name)}, {series.unit}", heads, rows)]


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _extreme(points: tuple[tuple[float, float], ...]) -> float:
    """Find what lies furthest from where a graph begins."""
    return max((y for _, y in points), key=lambda y: abs(y - points[0][1]))
