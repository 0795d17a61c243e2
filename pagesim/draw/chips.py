"""Rounded chips: entries of a TLB, many of them drawn as one artist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from .boxes import Box
from .style import INK, PAPER

_RADIUS = 0.07  # inches
_TURN = np.linspace(0, np.pi / 2, 5)  # a quarter of a circle, cut into four


class Chips(PolyCollection):
    """Rectangles with round corners that change place and colour together.

    Parameters
    ----------
    axes : Axes
        A sheet in inches.
    line : float
        Width of the edges in points.
    face : str
        Colour inside, "none" for an outline.
    **look
        Passed to `PolyCollection`.
    """

    def __init__(self, axes: Axes, *, line: float = 1.2, face: str = PAPER, **look: Any) -> None:
        super().__init__(
            [], facecolors=face, edgecolors=INK, linewidths=line, animated=True, **look
        )
        axes.add_collection(self, autolim=False)

    def put(self, boxes: Sequence[Box], face: Any = None, edge: Any = None) -> None:
        """Place them anew, at (x, y, width, height); colours are one, or one for each."""
        self.set_verts([_rounded(*box) for box in boxes])
        if face is not None:
            self.set_facecolor(face)
        if edge is not None:
            self.set_edgecolor(edge)


def _rounded(x: float, y: float, width: float, height: float) -> Any:
    """Go round a rectangle, an arc at each corner: shape (20, 2)."""
    r = min(_RADIUS, width / 2, height / 2)
    right, top = x + width - r, y + height - r
    middles = ((right, top), (x + r, top), (x + r, y + r), (right, y + r))
    return np.concatenate(
        [
            np.stack([cx + r * np.cos(_TURN + turn), cy + r * np.sin(_TURN + turn)], axis=1)
            for turn, (cx, cy) in zip(np.arange(4) * np.pi / 2, middles, strict=True)
        ]
    )
