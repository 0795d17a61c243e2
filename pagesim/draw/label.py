"""Text that is cheap to move: each string is put together once, kept as a bitmap, then stamped.

Matplotlib lays out and rasterises a text every time it is drawn, at some milliseconds each; a
picture that answers a slider within a blink has no room for forty of those.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from numpy.typing import NDArray

from .glyphs import MARGIN, face
from .style import BODY, INK, MUTED, SMALL

Side = Literal["left", "center", "right"]


class Label(Artist):
    """One line of text at a point of an axes, moved by assigning `x`, `y` or `text`.

    Parameters
    ----------
    axes : Axes
        The sheet it stands on.
    x, y : float
        Where, in the axes' own units; `y` is the middle of the digits.
    text : str
        What it says; an empty text is not drawn.
    size : float
        Points.
    weight : str
        "normal" or "bold".
    align : {"left", "center", "right"}
        Which end of the text stands at `x`.
    mono : bool
        Whether to use the typewriter face (bits and hex).
    color : str
        Colour of the text.
    moving : bool
        Whether it is drawn on every move, or belongs to the still background.
    """

    def __init__(
        self,
        axes: Axes,
        x: float,
        y: float,
        text: str = "",
        *,
        size: float = BODY,
        weight: str = "normal",
        align: Side = "left",
        mono: bool = False,
        color: str = INK,
        moving: bool = True,
    ) -> None:
        super().__init__()
        self.x, self.y, self.text, self.align = x, y, text, align
        self.size, self.weight, self.mono, self.color = size, weight, mono, color
        self.set_animated(moving)
        self.set_zorder(5)
        axes.add_artist(self)
        self.set_clip_on(False)

    def draw(self, renderer: Any) -> None:
        """Stamp the text (called by matplotlib)."""
        if self.text and self.get_visible():
            left, bottom, pixels = self._placed(float(renderer.dpi))
            context = renderer.new_gc()
            renderer.draw_image(context, left, bottom, pixels)
            context.restore()

    def box(self) -> tuple[float, float, float, float]:
        """Give left, bottom, right and top of the drawn text in inches of the figure."""
        assert self.figure is not None
        dpi = float(self.figure.dpi)
        left, bottom, pixels = self._placed(dpi)
        rows, columns = pixels.shape[:2]
        edges = (
            left + MARGIN,
            bottom + MARGIN,
            left + columns - MARGIN,
            bottom + rows - MARGIN,
        )
        return tuple(edge / dpi for edge in edges)  # type: ignore[return-value]

    def _placed(self, dpi: float) -> tuple[int, int, NDArray[np.uint8]]:
        """Give the pixel of the bitmap's lower left corner, and the bitmap."""
        assert self.axes is not None
        pixels, middle = _bitmap(self.text, self.size, self.weight, self.mono, self.color, dpi)
        x, y = self.axes.transData.transform((self.x, self.y))
        inner = pixels.shape[1] - 2 * MARGIN
        x -= MARGIN + {"left": 0.0, "center": inner / 2, "right": inner}[self.align]
        return round(x), round(y - middle), pixels


def note(axes: Axes, x: float, y: float, text: str, **look: Any) -> Label:
    """Write a still remark, small and grey unless `look` says otherwise (see `Label`)."""
    return Label(axes, x, y, text, **{"size": SMALL, "color": MUTED, "moving": False, **look})


class Labels:
    """A pool of labels of one look, filled anew on every move.

    Parameters
    ----------
    axes : Axes
        The sheet they stand on.
    count : int
        How many at most.
    **look
        As for `Label`.
    """

    def __init__(self, axes: Axes, count: int, **look: Any) -> None:
        self._all = [Label(axes, 0, 0, **look) for _ in range(count)]
        self._used = 0
        self._weight: str = look.get("weight", "normal")

    def clear(self) -> None:
        """Take all of them off the sheet."""
        for label in self._all[: self._used]:
            label.text = ""
        self._used = 0

    def put(
        self, x: float, y: float, text: str, color: str = INK, weight: str | None = None
    ) -> None:
        """Place the next one, in the pool's own weight unless told otherwise.

        Raises
        ------
        ValueError
            If all of them are in use.
        """
        if self._used == len(self._all):
            raise ValueError(f"a sheet of {len(self._all)} labels has no room for {text!r}")
        label = self._all[self._used]
        label.x, label.y, label.text, label.color = x, y, text, color
        label.weight = weight or self._weight
        self._used += 1

    def fill(self, spots: Iterable[tuple[Any, ...]]) -> None:
        """Take all of them off the sheet, and place one for each of `spots`: what `put` takes."""
        self.clear()
        for spot in spots:
            self.put(*spot)

    def set_visible(self, visible: bool) -> None:
        """Show or hide all of them."""
        for label in self._all:
            label.set_visible(visible)


@lru_cache(maxsize=4096)
def _bitmap(
    text: str, size: float, weight: str, mono: bool, color: str, dpi: float
) -> tuple[NDArray[np.uint8], float]:
    """Give the pixels of one line, from below, and the height of its middle above their bottom."""
    font = face(size, weight, mono, dpi)
    covered, baseline = font.line(text)
    *rgb, alpha = to_rgba(color)
    pixels = np.empty((*covered.shape, 4), np.uint8)
    pixels[..., :3] = np.round(np.multiply(rgb, 255))
    pixels[..., 3] = covered if alpha == 1 else np.round(covered * alpha)
    return pixels[::-1].copy(), baseline + font.middle
