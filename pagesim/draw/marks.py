"""Marks: crosses, arrow heads, and the point of a curve that one looks at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from .style import FAULT, INK

Spot = tuple[float, float]
DOTTED = (0, (1, 2))


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
        self.guide = Curve(axes, DOTTED, width=0.8 if guides == "xy" else 1.2)
        self.mark = Marks(axes, shape, size, mfc=fill, mec=INK, mew=2, zorder=6, clip_on=False)

    def put(self, x: float, y: float) -> None:
        """Move the point and its guides."""
        self.mark.put((x, y))
        left, low = self.axes.get_xlim()[0], self.axes.get_ylim()[0]
        if self._guides:
            ends: Sequence[Spot] = [(x, y), (x, low)]
            self.guide.set_data(
                *zip(*([(left, y)] * (self._guides == "xy") + [*ends]), strict=True)
            )

    def clear(self) -> None:
        """Take it off the picture."""
        self.mark.put()
        self.guide.set_data([], [])
