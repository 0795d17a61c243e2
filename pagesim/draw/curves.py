"""Curves over sizes and times: logarithmic axes that name round powers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from ..units import binary, duration
from .style import BODY, INK, RULE, SANS


def curve_axes(
    figure: Figure, left: float = 0.95, right: float = 0.25, bottom: float = 0.65, top: float = 0.6
) -> Axes:
    """Give axes for curves with margins in inches, no box, and quiet rules."""
    width, height = figure.get_size_inches()
    rect = (left / width, bottom / height, (width - left - right) / width,
            (height - bottom - top) / height)  # fmt: skip
    axes = figure.add_axes(rect)
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


def binary_axis(axes: Axes, which: Literal["x", "y"], powers: Sequence[int]) -> None:
    """Make an axis logarithmic in bytes and label it with sizes: ``2**power`` for each power."""
    if which == "x":
        axes.set_xscale("log", base=2)
    else:
        axes.set_yscale("log", base=2)
    axis: Axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(FixedLocator([float(1 << power) for power in powers]))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: binary(value)))


def time_axis(axes: Axes, which: Literal["x", "y"], powers: Sequence[int]) -> None:
    """Make an axis logarithmic in nanoseconds and name its times: ``10**power`` for each power."""
    if which == "x":
        axes.set_xscale("log")
    else:
        axes.set_yscale("log")
    axis: Axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(FixedLocator([10.0**power for power in powers]))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: duration(value)))
