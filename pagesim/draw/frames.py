"""Physical frames: thick edges, and a hatch while they are in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from .boxes import Box, Boxes
from .style import FRAME, PAPER

_HATCH = "#8CCDBB"  # between the fill and the edge: a number on it stays legible
_PITCH = 0.08  # inches from one stroke of the hatch to the next


class Frames:
    """Frames of memory that change place and use together.

    Parameters
    ----------
    axes : Axes
        A sheet in inches.
    line : float
        Width of the edges in points.
    zorder : float
        How far in front.
    """

    def __init__(self, axes: Axes, *, line: float = 2.2, zorder: float = 2) -> None:
        self._faces = Boxes(axes, line=0, edge="none", zorder=zorder)
        # One line with gaps: matplotlib's own hatch takes half a millisecond for each box.
        (self._strokes,) = axes.plot(
            [], [], color=_HATCH, lw=1.0, animated=True, zorder=zorder + 0.1
        )
        self._edges = Boxes(axes, line=line, face="none", edge=FRAME.line, zorder=zorder + 0.2)

    def put(self, used: Sequence[Box], free: Sequence[Box] = ()) -> None:
        """Place them anew, those in use and those that are free."""
        boxes = [*used, *free]
        self._faces.put(boxes, [FRAME.fill] * len(used) + [PAPER] * len(free) or PAPER)
        self._strokes.set_data(*_strokes(used))
        self._edges.put(boxes)


def _strokes(boxes: Sequence[Box]) -> Any:
    """Rule every box with slanted strokes: x and y of their ends, with NaN between."""
    x, y = list[float](), list[float]()
    for left, foot, wide, high in boxes:
        for shift in np.arange(_PITCH - high, wide, _PITCH).tolist():
            start, end = max(shift, 0.0), min(shift + high, wide)
            x += [left + start, left + end, np.nan]
            y += [foot + start - shift, foot + end - shift, np.nan]
    return x, y
