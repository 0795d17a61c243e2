"""What moves in a picture as strokes and words, which a page draws itself above what stays.

A picture of a few curves and numbers is smaller as strokes than as pixels, so that every position
of its controls has room on a page. What each artist draws is kept once.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import matplotlib.path as paths
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D

from pagesim.draw import Label, Stage

from .letters import check

_POINTS = 72
_DIGIT = 0.73  # height of a digit of DejaVu Sans, in sizes of the font
_SIGNS = {
    paths.Path.MOVETO: "M",
    paths.Path.LINETO: "L",
    paths.Path.CURVE3: "Q",
    paths.Path.CURVE4: "C",
    paths.Path.CLOSEPOLY: "Z",
}


class Strokes:
    """The strokes of many positions of one stage.

    Parameters
    ----------
    stage : Stage
        Its moving artists are lines, boxes and labels: a page draws no pictures and no hatches.

    Attributes
    ----------
    shapes : dict of str to int
        Paths as SVG writes them, in pixels from the upper left, each with its number.
    styles : dict of tuple to int
        Face, edge, width, dashes, cap, join, and what is clipped.
    parts : dict of tuple to int
        What one artist draws: a label as (text, x, y, pixels, weight, family, align, color), or
        strokes, each as (style, shape, x, y, ...) with the places where the shape stands.

    Examples
    --------
    >>> from pagesim import scenes
    >>> stage = Stage(scenes.MissCurve(), dpi=100)
    >>> readout = stage.move(program="gzip", page="4 KiB", entries=5, ways=0)
    >>> strokes = Strokes(stage)
    >>> here = strokes.add()
    >>> readout = stage.move(program="gzip", page="4 KiB", entries=6, ways=0)
    >>> len(here), len(set(here) - set(strokes.add()))  # the point, its guides and the title
    (12, 3)
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.shapes: dict[Hashable, int] = {}
        self.styles: dict[Hashable, int] = {}
        self.parts: dict[Hashable, int] = {}
        self._known: dict[Artist, dict[Hashable, tuple[Any, ...]]] = {}

    def add(self) -> list[int]:
        """Take in the stage as it stands, and return its parts from the back to the front."""
        found = []
        for artist in self.stage.moving:
            part = self._label(artist) if isinstance(artist, Label) else self._strokes(artist)
            if part:
                found.append(_number(self.parts, part))
        return found

    def table(self) -> dict[str, Any]:
        """Write all of it as plain data."""
        return {"shapes": [*self.shapes], "styles": [*self.styles], "parts": [*self.parts]}

    def _label(self, label: Label) -> tuple[Any, ...]:
        if not label.text or not label.get_visible():
            return ()
        assert label.axes is not None
        check(label.text)
        x, y = label.axes.transData.transform((label.x, label.y))
        pixels = label.size * self.stage.figure.dpi / _POINTS
        base = self.stage.figure.bbox.height - y + _DIGIT * pixels / 2
        family = "mono" if label.mono else "sans"
        look = label.weight, family, label.align, label.color
        return (label.text, _short(x), _short(base), _short(pixels), *look)

    def _strokes(self, artist: Artist) -> tuple[Any, ...]:
        state = artist.get_visible(), *_state(artist)
        if state not in self._known.setdefault(artist, {}):
            pen = _Pen(self)
            artist.draw(pen)
            self._known[artist][state] = tuple(pen.drawn)
        return self._known[artist][state]


def _state(artist: Artist) -> tuple[Any, ...]:
    """Give all that scenes change of an artist; most of them stand as they stood before.

    Raises
    ------
    NotImplementedError
        If it is no line and no boxes.
    """
    match artist:
        case Line2D():
            width, color = artist.get_linewidth(), artist.get_color()
            return np.asarray(artist.get_xydata()).tobytes(), width, color
        case PolyCollection():
            corners = b"".join(np.asarray(path.vertices).tobytes() for path in artist.get_paths())
            colors = artist.get_facecolor(), artist.get_edgecolor()
            return corners, *(np.asarray(each).tobytes() for each in colors)
    raise NotImplementedError(f"a page draws lines, boxes and labels, and no {artist!r}")


class _Pen(RendererBase):
    """Matplotlib's idea of a device, which notes what it is told to draw."""

    def __init__(self, strokes: Strokes) -> None:
        super().__init__()
        self.strokes, self.dpi = strokes, strokes.stage.figure.dpi
        self.width, self.height = (float(side) for side in strokes.stage.figure.bbox.size)
        self.drawn: list[tuple[int, ...]] = []

    def points_to_pixels(self, points: Any) -> Any:
        """Turn points into pixels."""
        return points * self.dpi / _POINTS

    def draw_path(self, gc: Any, path: Any, transform: Any, rgbFace: Any = None) -> None:
        """Note a path, on whole pixels where it goes along them."""
        self._note(gc, self._shape(gc, path, transform, rgbFace), rgbFace, ())

    def draw_markers(
        self,
        gc: Any,
        marker_path: Any,
        marker_trans: Any,
        path: Any,
        trans: Any,
        rgbFace: Any = None,
    ) -> None:
        """Note a shape, and where it stands."""
        spots = trans.transform(path.vertices)
        spots[:, 1] = self.height - spots[:, 1]
        places = [_short(each) for each in spots.ravel()]
        shape = self._shape(gc, marker_path, marker_trans, rgbFace, at=self.height)
        self._note(gc, shape, rgbFace, places)

    def _note(self, gc: Any, shape: str, face: Any, places: Any) -> None:
        if not shape:
            return
        style = _number(self.strokes.styles, self._style(gc, face))
        self.drawn.append((style, _number(self.strokes.shapes, shape), *places))

    def _style(self, gc: Any, face: Any) -> tuple[Any, ...]:
        if gc.get_hatch():
            raise NotImplementedError(f"a page draws no hatch, and {gc.get_hatch()!r} is one")
        width = self.points_to_pixels(gc.get_linewidth())
        offset, dashes = gc.get_dashes()
        clip = gc.get_clip_rectangle()
        box = () if clip is None else (clip.x0, self.height - clip.y1, clip.width, clip.height)
        return (
            "" if face is None else to_hex(face, keep_alpha=True),
            to_hex(gc.get_rgb(), keep_alpha=True) if width else "",
            _short(width),
            tuple(_short(self.points_to_pixels(each)) for each in dashes or ()),
            _short(self.points_to_pixels(offset or 0)),
            "square" if gc.get_capstyle() == "projecting" else str(gc.get_capstyle()),
            str(gc.get_joinstyle()),
            tuple(map(_short, box)),
        )

    def _shape(self, gc: Any, path: Any, transform: Any, face: Any, at: float = 0.0) -> str:
        """Write a path as SVG does; `at` is where its own zero lies, from above."""
        whole = path.cleaned(
            transform=transform,
            remove_nans=True,
            simplify=path.should_simplify and face is None,
            curves=True,
            stroke_width=self.points_to_pixels(gc.get_linewidth()),
            snap=False if at else gc.get_snap(),
        )
        words = []
        for points, code in whole.iter_segments(simplify=False, curves=True):
            x, y = points[::2], (0 if at else self.height) - points[1::2]
            sign = _SIGNS[code]
            spots = np.stack([x, y], 1).ravel() if sign != "Z" else ()
            words.append(sign + " ".join(f"{_short(each):g}" for each in spots))
        return "".join(words)


def _short(number: float) -> float:
    """Leave a tenth of a pixel: nobody sees more."""
    short = round(float(number), 1)
    return int(short) if short == int(short) else short


def _number(known: dict[Hashable, int], one: Hashable) -> int:
    return known.setdefault(one, len(known))
