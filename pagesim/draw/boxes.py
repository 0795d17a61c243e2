"""Many rectangles drawn as one artist: bits, slots of a table, frames of memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from .style import PAPER, RULE

Box = tuple[float, float, float, float]


class Boxes(PolyCollection):
    """Rectangles that change place and colour together.

    Parameters
    ----------
    axes : Axes
        The sheet they stand on.
    boxes : sequence of (x, y, width, height)
        Lower left corners and sizes, in the axes' units.
    line : float
        Width of the edges in points.
    moving : bool
        Whether they are drawn on every move, or belong to the still background.
    **look
        Passed to `PolyCollection` (``zorder``, ``hatch``, ``linestyle``…).
    """

    def __init__(
        self,
        axes: Axes,
        boxes: Sequence[Box] = (),
        *,
        line: float = 0.8,
        moving: bool = True,
        face: Any = PAPER,
        edge: Any = RULE,
        **look: Any,
    ) -> None:
        super().__init__(
            corners(boxes),
            facecolors=face,
            edgecolors=edge,
            linewidths=line,
            animated=moving,
            **look,
        )
        axes.add_collection(self, autolim=False)

    def put(self, boxes: Sequence[Box], face: Any = None, edge: Any = None) -> None:
        """Place them anew; `face` and `edge` are one colour, or one for each."""
        self.set_verts(corners(boxes))
        if face is not None:
            self.set_facecolor(face)
        if edge is not None:
            self.set_edgecolor(edge)


def corners(boxes: Sequence[Box]) -> Any:
    """Turn (x, y, width, height) into the four corners of each: shape (n, 4, 2)."""
    x, y, w, h = np.asarray(boxes, float).reshape(-1, 4).T
    around = ((x, y), (x + w, y), (x + w, y + h), (x, y + h))
    return np.stack([np.stack(corner, 1) for corner in around], axis=1)
