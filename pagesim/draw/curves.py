"""Curves over sizes, times and counts: logarithmic axes that name round numbers, names at ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from ..units import binary, duration
from .label import Label
from .marks import Curve, Marks
from .style import BODY, INK, RULE, SANS

Which = Literal["x", "y"]
_DOTTED = (0, (1, 2))


def curve_axes(
    figure: Any, left: float = 0.95, right: float = 0.25, bottom: float = 0.65, top: float = 0.6
) -> Axes:
    """Give axes for curves with margins in inches, no box, and quiet rules.

    Parameters
    ----------
    figure : Figure or Axes
        What they stand on: a figure, or a sheet of paper.
    left, right, bottom, top : float
        Inches from the edges of the paper.
    """
    figure = figure.get_figure() if isinstance(figure, Axes) else figure
    width, height = figure.get_size_inches()
    rect = (
        left / width,
        bottom / height,
        (width - left - right) / width,
        (height - bottom - top) / height,
    )
    axes: Axes = figure.add_axes(rect)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(RULE)
    axes.tick_params(colors=INK, labelsize=10, labelfontfamily=SANS, color=RULE)
    axes.grid(True, color=RULE, lw=0.5, alpha=0.6)
    axes.set_axisbelow(True)
    axes.xaxis.label.set(size=BODY, color=INK)
    axes.yaxis.label.set(size=BODY, color=INK)
    return axes


def log_axis(
    axes: Axes,
    which: Which,
    values: Sequence[float],
    words: Callable[[float], str],
    base: int = 10,
) -> None:
    """Make an axis logarithmic and name some of its values."""
    (axes.set_xscale if which == "x" else axes.set_yscale)("log", base=base)
    axis: Axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(FixedLocator([float(value) for value in values]))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: words(value)))


def binary_axis(axes: Axes, which: Which, powers: Sequence[int]) -> None:
    """Make an axis logarithmic in bytes and label it with sizes: ``2**power`` for each power."""
    log_axis(axes, which, [1 << power for power in powers], binary, base=2)


def time_axis(axes: Axes, which: Which, powers: Sequence[int]) -> None:
    """Make an axis logarithmic in nanoseconds and name its times: ``10**power`` for each power."""
    log_axis(axes, which, [10.0**power for power in powers], duration)


def count_axis(axes: Axes, which: Which, values: Sequence[float], base: int = 10) -> None:
    """Make an axis logarithmic in things that are counted, and name some of the numbers."""
    log_axis(axes, which, values, lambda value: f"{value:,.0f}", base)


class Point:
    """The point that the controls choose, with dotted guides to the axes.

    Parameters
    ----------
    axes : Axes
        Axes for curves, with their limits set.
    fill : str
        Colour inside the ink edge.
    shape : str
        Matplotlib's name of the marker.
    size : float
        Points.
    guides : {"xy", "x", ""}
        Which axes the guides lead to.
    """

    def __init__(
        self, axes: Axes, fill: str, shape: str = "o", size: float = 11, guides: str = "xy"
    ) -> None:
        self.axes, self._guides = axes, guides
        self.guide = Curve(axes, _DOTTED, width=0.8 if guides == "xy" else 1.2)
        self.mark = Marks(axes, shape, size, mfc=fill, mec=INK, mew=2, zorder=6, clip_on=False)

    def put(self, x: float, y: float) -> None:
        """Move the point and its guides."""
        self.mark.put((x, y))
        left, low = self.axes.get_xlim()[0], self.axes.get_ylim()[0]
        if self._guides:
            ends: Sequence[tuple[float, float]] = [(x, y), (x, low)]
            self.guide.set_data(
                *zip(*([(left, y)] * (self._guides == "xy") + [*ends]), strict=True)
            )

    def clear(self) -> None:
        """Take it off the picture."""
        self.mark.put()
        self.guide.set_data([], [])


def spread(ends: Mapping[str, float], gap: float) -> dict[str, float]:
    """Move values of a logarithmic axis apart, upwards from the lowest, by a factor at least.

    >>> spread({"a": 10.0, "b": 4.0, "c": 5.0}, gap=2)
    {'b': 4.0, 'c': 8.0, 'a': 16.0}
    """
    last, placed = 0.0, {}
    for name in sorted(ends, key=ends.__getitem__):
        last = placed[name] = max(ends[name], last * gap)
    return placed


class Curves:
    """A few curves with their names at their right ends, one of them chosen.

    Parameters
    ----------
    axes : Axes
        Axes for curves, logarithmic upwards.
    looks : mapping of str to (str, str)
        Line style and colour of each curve, by name.
    beside : callable
        From where a curve ends to where its name begins.
    gap : float
        The factor between two names that keeps them from touching.
    words : callable
        From a curve's name to what is written.
    """

    def __init__(
        self,
        axes: Axes,
        looks: Mapping[str, tuple[Any, str]],
        beside: Callable[[float], float],
        gap: float,
        words: Callable[[str], str] = str,
    ) -> None:
        self._beside, self._gap = beside, gap
        self._lines = {
            name: Curve(axes, style, color, zorder=3) for name, (style, color) in looks.items()
        }
        self._names = {name: Label(axes, 1, 1, words(name), size=10) for name in looks}

    def put(self, data: Mapping[str, tuple[Any, Any]], chosen: str) -> None:
        """Move every curve to its x and y, name it where it ends, and draw the chosen one bold."""
        ends = spread({name: float(y[-1]) for name, (_, y) in data.items()}, self._gap)
        for name, (x, y) in data.items():
            self._lines[name].set_data(x, y)
            self._lines[name].set_linewidth(3.0 if name == chosen else 1.5)
            self._names[name].x, self._names[name].y = self._beside(float(x[-1])), ends[name]
            self._names[name].weight = "bold" if name == chosen else "normal"


def legend(
    sheet: Axes, x: float, y: float, lines: Sequence[tuple[Any, str, str]], pitch: float = 0.22
) -> list[Label]:
    """Name lines by style, colour and words in a free corner of a picture, one below the other."""
    names = []
    for row, (style, color, words) in enumerate(lines):
        here = y - pitch * row
        Curve(sheet, style, color, zorder=4).set_data([x, x + 0.35], [here, here])
        names.append(Label(sheet, x + 0.43, here, words, size=9.5))
    return names
