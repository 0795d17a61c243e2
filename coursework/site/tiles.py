"""Many pictures of one explorer in one file: each square that any of them needs stands there once.

Pictures of a scene differ in little. So a page keeps the one it opens with, and for every other
only the squares that differ from it, all cut out of one sheet.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

TILE = 32  # pixels of a square's side
COLUMNS = 48  # squares in a row of the sheet
_COLORS = 256  # then WebP writes a byte for a pixel
Pixels = NDArray[np.uint8]


class Sheet:
    """A sheet of squares, and how each picture is laid out of them; the first picture lies below.

    Examples
    --------
    >>> white = np.full((64, 96, 3), 255, np.uint8)
    >>> sheet = Sheet(white)
    >>> marked = white.copy()
    >>> marked[40, 70] = 0
    >>> sheet.add(white), sheet.add(marked), sheet.add(marked)
    ([], [5, 0, 1], [5, 0, 1])
    """

    def __init__(self, first: Pixels) -> None:
        self.height, self.width = first.shape[:2]
        self._first = _squares(first)
        self.tiles: dict[bytes, int] = {}

    def add(self, picture: Pixels) -> list[int]:
        """Take in a picture, and return its runs: the first place, its square, how many.

        Places are counted row by row in the picture, squares row by row in the sheet; the places
        and squares of a run follow each other.
        """
        squares = _squares(picture)
        runs: list[int] = []
        for place in np.flatnonzero((squares != self._first).any(axis=1)).tolist():
            square = self.tiles.setdefault(squares[place].tobytes(), len(self.tiles))
            if runs and (place, square) == (runs[-3] + runs[-1], runs[-2] + runs[-1]):
                runs[-1] += 1
            else:
                runs += [place, square, 1]
        return runs

    def webp(self) -> bytes:
        """Write the sheet as a file, without loss."""
        rows = max(1, -(-len(self.tiles) // COLUMNS))
        sheet = np.full((rows * TILE, COLUMNS * TILE, 3), 255, np.uint8)
        for number, square in enumerate(self.tiles):
            row, column = divmod(number, COLUMNS)
            sheet[row * TILE :, column * TILE :][:TILE, :TILE] = np.frombuffer(
                square, np.uint8
            ).reshape(TILE, TILE, 3)
        return webp(few_colors(sheet))


def webp(pixels: Pixels) -> bytes:
    """Write a picture as WebP, without loss."""
    file = BytesIO()
    Image.fromarray(pixels).save(file, "WEBP", lossless=True, quality=60, method=4)
    return file.getvalue()


def few_colors(pixels: Pixels) -> Pixels:
    """Leave the 256 most frequent colours, exactly; others, of edges, become the most like them.

    Half of the bytes of a sheet that has thousands.

    Examples
    --------
    >>> ramp = np.arange(600, dtype=np.uint32)
    >>> rgb = np.stack([ramp % 256, ramp // 256, 0 * ramp], 1).astype(np.uint8)[None]
    >>> len(np.unique(few_colors(rgb).reshape(-1, 3), axis=0))
    256
    """
    codes = pixels.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    colors, places, often = np.unique(codes, return_inverse=True, return_counts=True)
    if len(colors) <= _COLORS:
        return pixels
    rgb = np.stack([colors >> 16, colors >> 8 & 255, colors & 255], 1).astype(np.int32)
    kept = rgb[np.argsort(often)[-_COLORS:]]
    nearest = [((one - kept) ** 2).sum(axis=1).argmin() for one in rgb]
    return kept[nearest].astype(np.uint8)[places].reshape(pixels.shape)


def _squares(picture: Pixels) -> NDArray[Any]:
    """Cut a picture into squares, a row for each; what lies beyond its edge is white."""
    height, width = picture.shape[:2]
    down, across = -(-height // TILE), -(-width // TILE)
    whole = np.full((down * TILE, across * TILE, 3), 255, np.uint8)
    whole[:height, :width] = picture
    return whole.reshape(down, TILE, across, TILE, 3).swapaxes(1, 2).reshape(down * across, -1)
