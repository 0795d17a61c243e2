"""What a click meets: a box, a place on a curve, the nearest of some values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from matplotlib.axes import Axes

from .boxes import Box


def inside(box: Box, x: float, y: float) -> bool:
    """Tell whether a point lies in a box or on its edge."""
    left, bottom, wide, high = box
    return left <= x <= left + wide and bottom <= y <= bottom + high


def hit_box(boxes: Iterable[Box], x: float, y: float) -> int | None:
    """Give the place of the first box in which a point lies, if any."""
    return next((n for n, box in enumerate(boxes) if inside(box, x, y)), None)


def middle(box: Box) -> tuple[float, float]:
    """Give the middle of a box."""
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def around(x: float, y: float, wide: float, high: float) -> Box:
    """Give the box of a size that has its middle at a point."""
    return x - wide / 2, y - high / 2, wide, high


def data_at(axes: Axes, x: float, y: float) -> tuple[float, float] | None:
    """Turn a point of the picture, in inches, into the data of `axes`, or None outside them."""
    figure = axes.get_figure()
    assert figure is not None
    pixels = (x * figure.dpi, y * figure.dpi)
    if not axes.get_window_extent().contains(*pixels):
        return None
    here = axes.transData.inverted().transform(pixels)
    return float(here[0]), float(here[1])


def nearest(values: Sequence[float], x: float) -> int:
    """Give the place of the value that is nearest to `x` on a logarithmic axis.

    >>> nearest((1, 10, 100), 40)
    2
    """
    return min(range(len(values)), key=lambda n: abs(math.log(values[n] / x)))
