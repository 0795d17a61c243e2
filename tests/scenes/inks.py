"""What a picture is made of: every kind of mark in it, by its shape and its colours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_hex, to_rgba
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon

_THIN = 0.8  # points; what is thinner shows no colour


class Mark(NamedTuple):
    """One kind of mark: all that tells it from others but colour, and its colours ("": none)."""

    shape: tuple[Any, ...]
    face: str
    edge: str


def marks(artists: Iterable[Artist]) -> frozenset[Mark]:
    """List every kind of mark among what is drawn. Words are not among them: they speak."""
    return frozenset(mark for artist in artists for mark in _marks_of(artist))


def _marks_of(artist: Any) -> Iterator[Mark]:
    match artist:
        case AxesImage():
            data = np.asarray(artist.get_array())
            if data.ndim == 2:
                return  # a picture within the picture, in shades of one colour
            for color in np.unique(data.reshape(-1, data.shape[-1]), axis=0):
                yield Mark(("cell",), to_hex(color), "")
        case PolyCollection():
            many = len(artist.get_paths())
            shape = type(artist).__name__, artist.get_hatch(), str(artist.get_linestyle())
            looks = (artist.get_facecolor(), artist.get_edgecolor(), artist.get_linewidth())
            for face, edge, wide in zip(*(_repeated(look, many) for look in looks), strict=True):
                filled = _hex(face)
                outline = _hex(edge) if wide >= _THIN else ""
                if filled or outline:
                    yield Mark((*shape, float(wide), bool(filled)), filled, outline)
        case LineCollection():
            many = len(artist.get_segments())
            looks = (artist.get_colors(), artist.get_linewidths())
            for color, wide in zip(*(_repeated(look, many) for look in looks), strict=True):
                yield Mark(("line", str(artist.get_linestyle()), float(wide)), "", _hex(color))
        case Line2D() if len(artist.get_xdata()) and artist.axes is not None:
            marker, dashes = str(artist.get_marker()), str(artist.get_linestyle())
            shape = ("line", dashes, float(artist.get_linewidth()), marker)
            face = "" if marker == "None" else _hex(to_rgba(artist.get_markerfacecolor()))
            yield Mark(shape, face, _hex(to_rgba(artist.get_color())))
        case Polygon():
            yield Mark(("area", artist.get_hatch()), _hex(artist.get_facecolor()), "")


def _repeated(values: Any, many: int) -> Iterable[Any]:
    """Repeat values as matplotlib does: the first for whoever comes after the last."""
    none: Any = (0.0, 0.0, 0.0, 0.0)
    return [values[k % len(values)] for k in range(many)] if len(values) else [none] * many


def _hex(color: Any) -> str:
    return _hexadecimal(tuple(color))


@cache
def _hexadecimal(color: tuple[float, ...]) -> str:
    return "" if color[3] == 0 else to_hex(color)
