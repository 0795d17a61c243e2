"""Marks: lines that move, crosses, and signs of other shapes."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from .style import FAULT, INK

Spot = tuple[float, float]


class Curve(Line2D):
    """A line that moves: give it its points with ``set_data``.

    Parameters
    ----------
    axes : Axes
        Where it is drawn.
    style : str or tuple
        Matplotlib's line style.
    color : str
        Colour of the line.
    width : float
        Points.
    **look
        Passed to `Line2D` (``marker``, ``zorder``…).
    """

    def __init__(
        self, axes: Axes, style: Any = "-", color: str = INK, width: float = 1.6, **look: Any
    ) -> None:
        super().__init__([], [], ls=style, color=color, lw=width, animated=True, **look)
        axes.add_line(self)


class Marks(Curve):
    """Signs of one shape at some points, drawn as one artist.

    Parameters
    ----------
    axes : Axes
        Where they are drawn.
    shape : str
        Matplotlib's name of the marker.
    size : float
        Points.
    color : str
        Colour of line and face.
    **look
        Passed to `Line2D`.
    """

    def __init__(self, axes: Axes, shape: str, size: float, color: str = INK, **look: Any) -> None:
        super().__init__(axes, "", color, marker=shape, ms=size, **look)

    def put(self, *spots: Spot) -> None:
        """Place them anew."""
        self.set_data(*zip(*spots, strict=True) if spots else ((), ()))


class Crosses(Marks):
    """Crosses where something fails: a fault, unless another colour is given."""

    def __init__(
        self, axes: Axes, size: float = 11, color: str = FAULT.line, zorder: float = 6
    ) -> None:
        super().__init__(axes, "x", size, color, mew=0.28 * size, zorder=zorder)
