"""Two pictures of 48 by 48 pixels, for two programs to hold in memory."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SIDE, SHADES = 48, 6  # pixels, and shades of grey: 0 is paper
_FINE = 4  # points looked at in each direction of a pixel

Grey = NDArray[np.uint8]
Mask = NDArray[np.bool_]


def _points() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the points of the picture, in 0..1 from the upper left."""
    line = (np.arange(SIDE * _FINE) + 0.5) / (SIDE * _FINE)
    x, y = np.meshgrid(line, line)
    return x, y


def _oval(x: float, y: float, wide: float, high: float) -> Mask:
    px, py = _points()
    return ((px - x) / wide) ** 2 + ((py - y) / high) ** 2 < 1


def _polygon(*corners: tuple[float, float]) -> Mask:
    """Fill a convex polygon whose corners go round clockwise on the screen."""
    px, py = _points()
    inside = np.ones_like(px, bool)
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        inside &= (bx - ax) * (py - ay) - (by - ay) * (px - ax) >= 0
    return inside


def _line(ax: float, ay: float, bx: float, by: float, wide: float) -> Mask:
    px, py = _points()
    along = np.clip(
        ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2), 0, 1
    )
    return np.hypot(px - ax - along * (bx - ax), py - ay - along * (by - ay)) < wide / 2


def _pixels(shade: NDArray[np.float64]) -> Grey:
    """Average the points of each pixel."""
    grey: Grey = np.rint(shade.reshape(SIDE, _FINE, SIDE, _FINE).mean(axis=(1, 3))).astype(np.uint8)
    return grey


@lru_cache(maxsize=1)
def cat() -> Grey:
    """Draw a cat that looks at you."""
    _, y = _points()
    shade = 0.6 + 0.9 * y
    for side in (-1, 1):
        x = 0.5 + side * 0.26
        ear = [(x - side * 0.17, 0.3), (x + side * 0.1, 0.1), (x + side * 0.13, 0.5)]
        shade[_polygon(*(ear if side > 0 else ear[::-1]))] = 4
        ear = [(x - side * 0.07, 0.3), (x + side * 0.06, 0.19), (x + side * 0.07, 0.42)]
        shade[_polygon(*(ear if side > 0 else ear[::-1]))] = 2
    shade[_oval(0.5, 0.56, 0.41, 0.36)] = 4
    shade[_oval(0.5, 0.73, 0.2, 0.14)] = 2.4
    for stripe in (-0.1, 0, 0.1):
        shade[_line(0.5 + stripe, 0.22, 0.5 + stripe * 0.7, 0.33, 0.035)] = 5
    for side in (-1, 1):
        shade[_oval(0.5 + side * 0.18, 0.5, 0.105, 0.085)] = 0
        shade[_oval(0.5 + side * 0.18, 0.5, 0.035, 0.08)] = 5
        shade[_line(0.5, 0.78, 0.5 + side * 0.09, 0.745, 0.022)] = 5
        for tilt in (-0.05, 0.03):
            ends = (0.5 + side * 0.16, 0.71 + tilt / 2, 0.5 + side * 0.46, 0.7 + tilt * 2)
            shade[_line(*ends, 0.018)] = 0.5
    shade[_line(0.5, 0.68, 0.5, 0.78, 0.022)] = 5
    shade[_oval(0.5, 0.67, 0.05, 0.035)] = 5
    return _pixels(shade)


@lru_cache(maxsize=1)
def boat() -> Grey:
    """Draw a boat that sails away."""
    x, y = _points()
    shade = 1.3 - 0.6 * y
    shade[_oval(0.79, 0.22, 0.12, 0.12)] = 0
    for cx, cy, size in ((0.17, 0.2, 0.08), (0.28, 0.17, 0.1), (0.38, 0.21, 0.07)):
        shade[_oval(cx, cy, size, size * 0.62)] = 0.2
    shade[_line(0.47, 0.1, 0.47, 0.7, 0.03)] = 5
    shade[_polygon((0.51, 0.12), (0.86, 0.62), (0.51, 0.62))] = 3
    shade[_polygon((0.44, 0.2), (0.44, 0.62), (0.17, 0.62))] = 2
    shade[_polygon((0.1, 0.68), (0.92, 0.68), (0.78, 0.84), (0.22, 0.84))] = 5
    for cx in (0.36, 0.5, 0.64):
        shade[_oval(cx, 0.75, 0.028, 0.028)] = 1
    for top, dark in ((0.81, 3.0), (0.88, 4.0), (0.95, 3.4)):
        shade[y > top + 0.018 * np.sin(2 * np.pi * (3.5 * x + 4 * top))] = dark
    return _pixels(shade)
