"""Disks and swap: cylinders with a dotted line, drawn as one artist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from .boxes import Box
from .style import DISK, PAPER

_FLAT = 0.09  # half the height of the lid, in inches
_HALF = np.linspace(0, np.pi, 17)


class Cylinders(PolyCollection):
    """Upright cylinders that change place and colour together.

    Parameters
    ----------
    axes : Axes
        A sheet in inches.
    line : float
        Width of the dotted line in points.
    moving : bool
        Whether they are drawn on every move, or belong to the still background.
    **look
        Passed to `PolyCollection`.
    """

    def __init__(self, axes: Axes, *, line: float = 1.6, moving: bool = True, **look: Any) -> None:
        dotted = (0, (1, 1.5))
        super().__init__(
            [],
            facecolors=PAPER,
            edgecolors=DISK.line,
            linewidths=line,
            linestyles=dotted,
            animated=moving,
            **look,
        )
        axes.add_collection(self, autolim=False)

    def put(self, boxes: Sequence[Box], face: Any = None) -> None:
        """Place them anew, each filling (x, y, width, height); `face` is one colour, or a list."""
        self.set_verts([part for box in boxes for part in (_body(*box), _lid(*box))])
        if face is not None:
            faces = [face] * len(boxes) if isinstance(face, str) else face
            self.set_facecolor([each for each in faces for _ in range(2)])


def _arc(x: float, y: float, width: float, turn: Any) -> Any:
    """Go along the rim that has its middle at height `y`: shape (n, 2)."""
    return np.stack([x + width / 2 * (1 + np.cos(turn)), y + _FLAT * np.sin(turn)], axis=1)


def _body(x: float, y: float, width: float, height: float) -> Any:
    """Go down the left side, along the bottom, up the right side, and back along the lid."""
    bottom = _arc(x, y + _FLAT, width, _HALF + np.pi)
    top = _arc(x, y + height - _FLAT, width, _HALF)
    return np.concatenate([bottom, top])


def _lid(x: float, y: float, width: float, height: float) -> Any:
    return _arc(x, y + height - _FLAT, width, np.concatenate([_HALF, _HALF[1:-1] + np.pi]))
