"""Physical frames: thick edges, and a hatch while they are in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from .boxes import Box, Boxes
from .style import FRAME, PAPER

_HATCH = "#8CCDBB"  # between the fill and the edge: a number on it stays legible


class Frames:
    """Frames of memory that change place and use together.

    Parameters
    ----------
    axes : Axes
        The sheet they stand on.
    line : float
        Width of the edges in points.
    zorder : float
        How far in front.
    """

    def __init__(self, axes: Axes, *, line: float = 2.2, zorder: float = 2) -> None:
        # A collection hatches in the colour of its edges, so the edges are drawn apart.
        self._used = Boxes(axes, line=0, face=FRAME.fill, edge=_HATCH, hatch="////", zorder=zorder)
        self._free = Boxes(axes, line=0, face=PAPER, edge="none", zorder=zorder)
        self._edges = Boxes(axes, line=line, face="none", edge=FRAME.line, zorder=zorder + 0.1)

    def put(self, used: Sequence[Box], free: Sequence[Box] = (), edge: Any = FRAME.line) -> None:
        """Place them anew; `edge` is one colour, or one for each of `used` and then of `free`."""
        self._used.put(used)
        self._free.put(free)
        self._edges.put([*used, *free], edge=edge)
