"""Lines of text as bitmaps, put together from glyphs that are drawn once.

Matplotlib shapes and rasterises a whole line each time, 20 ms for a title, and a title is new after
most moves. Here each glyph is drawn by matplotlib when it is first needed, and a line is glyphs
laid side by side. As in matplotlib's own lines, advances are hinted, in whole pixels, and only
kerning is not.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib import rcParams
from matplotlib.backends import backend_agg
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import Kerning
from numpy.typing import NDArray

from .style import MONO, SANS

MARGIN = 4
"""Pixels that are free on each side of a line."""

_Renderer: Any = backend_agg.RendererAgg
_hinting: Any = backend_agg.get_hinting_flag


class _Glyph(NamedTuple):
    ink: NDArray[np.uint8]  # how much of each pixel is covered, of 255; rows from the top
    left: int  # pixels from the pen to its left edge
    top: int  # pixels from the baseline to its upper edge


class Face:
    """A font at one size and resolution, and what has been drawn of it.

    Parameters
    ----------
    size : float
        Points.
    weight : str
        "normal" or "bold".
    mono : bool
        Whether it is the typewriter face.
    dpi : float
        Pixels per inch.
    """

    def __init__(self, size: float, weight: str, mono: bool, dpi: float) -> None:
        self._properties = FontProperties(family=MONO if mono else SANS, size=size, weight=weight)
        self._size, self._dpi = size, dpi
        self._font: Any = get_font(findfont(self._properties))  # shared with other sizes of it
        # Before 3.11 matplotlib hinted glyphs that were stretched by this, and squeezed them again.
        self._stretch = float(rcParams.get("text.hinting_factor") or 1)
        self._glyphs: dict[str, _Glyph] = {}
        self._advances: dict[str, int] = {}
        self._kerning: dict[str, float] = {}
        probe = _Renderer(1, 1, dpi)
        _, high, below = probe.get_text_width_height_descent("0", self._properties, ismath=False)
        self.middle: float = (high - below) / 2
        """Pixels from the baseline to the middle of the digits."""

    def line(self, text: str) -> tuple[NDArray[np.uint8], int]:
        """Lay out a line: how much of each pixel is covered, and its baseline's row from below."""
        pen, placed = 0.0, []
        for before, sign in zip(" " + text, text, strict=False):
            pen += self._kern(before + sign)
            placed.append((round(pen), self._glyph(sign)))
            pen += self._advance(sign)
        above = max((glyph.top for _, glyph in placed), default=0)
        below = max((len(glyph.ink) - glyph.top for _, glyph in placed), default=0)
        ends = (at + glyph.left + glyph.ink.shape[1] for at, glyph in placed)
        width = max(ends, default=0)
        sheet = np.zeros((above + below + 2 * MARGIN, width + 2 * MARGIN), np.uint8)
        for at, (ink, left, top) in placed:
            rows, columns = ink.shape
            x, y = MARGIN + at + left, MARGIN + above - top
            part = sheet[y : y + rows, x : x + columns]
            np.maximum(part, ink, out=part)
        return sheet, MARGIN + below

    def _glyph(self, sign: str) -> _Glyph:
        if sign not in self._glyphs:
            self._glyphs[sign] = self._drawn(sign)
        return self._glyphs[sign]

    def _drawn(self, sign: str) -> _Glyph:
        half = round(2 * self._size * self._dpi / 72)  # no glyph reaches farther
        sheet = _Renderer(2 * half, 2 * half, self._dpi)
        sheet.draw_text(sheet.new_gc(), half, half, sign, self._properties, 0)
        covered = np.asarray(sheet.buffer_rgba())[..., 3]
        rows, columns = (np.flatnonzero(covered.any(axis=axis)) for axis in (1, 0))
        if not rows.size:  # a space
            return _Glyph(covered[:0, :0].copy(), 0, 0)
        ink = covered[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].copy()
        return _Glyph(ink, int(columns[0]) - half, half - int(rows[0]))

    def _advance(self, sign: str) -> int:
        """Tell how far the pen goes on, in pixels."""
        if sign not in self._advances:
            self._font.set_size(self._size, self._dpi)
            glyph = self._font.load_char(ord(sign), flags=_hinting())
            self._advances[sign] = round(glyph.horiAdvance / 64 / self._stretch)
        return self._advances[sign]

    def _kern(self, pair: str) -> float:
        """Tell how much closer two signs stand, in pixels, as a number below zero."""
        if pair not in self._kerning:
            self._font.set_size(self._size, self._dpi)
            one, other = (self._font.get_char_index(ord(sign)) for sign in pair)
            self._kerning[pair] = self._font.get_kerning(one, other, Kerning.UNFITTED) / 64
        return self._kerning[pair]


@lru_cache(maxsize=256)
def face(size: float, weight: str, mono: bool, dpi: float) -> Face:
    """Return a face, with all that has been drawn of it."""
    return Face(size, weight, mono, dpi)
