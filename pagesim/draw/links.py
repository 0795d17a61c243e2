"""Links: lines from one place to another, and arrows that say which way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from numpy.typing import NDArray

from .marks import Spot
from .style import INK

Path = Sequence[Spot] | NDArray[np.float64]  # one point after the other
_INCH = 72  # points


class Links(LineCollection):
    """Lines that move together, each through two points or more.

    Parameters
    ----------
    axes : Axes
        Where they are drawn.
    paths : sequence of sequence of (x, y)
        Where they begin, bend and end.
    color : str
        Colour of all of them.
    width : float
        Points.
    moving : bool
        Whether they are drawn on every move, or belong to the still background.
    zorder : float
        How far in front.
    """

    def __init__(
        self,
        axes: Axes,
        paths: Sequence[Path] = (),
        *,
        color: str = INK,
        width: float = 1.6,
        moving: bool = True,
        zorder: float = 3,
    ) -> None:
        super().__init__(paths, colors=color, linewidths=width, animated=moving, zorder=zorder)
        axes.add_collection(self, autolim=False)

    def put(self, paths: Sequence[Path], color: Any = None, width: Any = None) -> None:
        """Place them anew; `color` and `width` are one for all, or a list with one for each."""
        self.set_segments(paths)
        if color is not None and len(paths):
            self.set_color(color)
        if width is not None and len(paths):
            self.set_linewidth(width)


class Arrows:
    """Links with a head at their last point.

    Parameters
    ----------
    axes : Axes
        A sheet in inches.
    color : str
        Colour of all of them.
    width : float
        Points.
    size : float
        Of the heads, in points.
    zorder : float
        How far in front.
    """

    def __init__(
        self,
        axes: Axes,
        *,
        color: str = INK,
        width: float = 2.0,
        size: float = 8,
        zorder: float = 3,
    ) -> None:
        self._half = size / _INCH / 2
        self.lines = Links(axes, color=color, width=width, zorder=zorder)
        self._heads = PolyCollection(
            [], facecolors=color, edgecolors=color, linewidths=1.0, animated=True, zorder=zorder
        )
        axes.add_collection(self._heads, autolim=False)

    def put(self, paths: Sequence[Path], color: Any = None, width: Any = None) -> None:
        """Place them anew; `color` and `width` are one for all, or a list with one for each."""
        self.lines.put(paths, color, width)
        self._heads.set_verts([self._head(path) for path in paths])
        if color is not None and len(paths):
            self._heads.set_color(color)

    def _head(self, path: Path) -> Any:
        """Give the three corners of a head: its middle stands at the path's end."""
        before, end = np.asarray(path[-2], float), np.asarray(path[-1], float)
        along = (end - before) / max(float(np.hypot(*(end - before))), 1e-9) * self._half
        across = np.array([-along[1], along[0]])
        return np.stack([end + along, end - along + across, end - along - across])
