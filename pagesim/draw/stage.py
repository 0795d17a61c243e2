"""A stage shows a scene: it draws the still parts once and the moving parts on every move."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Protocol

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image  # matplotlib needs it too

from .sheet import Finding, Sheet
from .style import PAPER


class Drawable(Protocol):
    """What a stage needs of a scene."""

    still_changed: bool

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in inches."""

    def build(self, figure: Figure) -> None:
        """Draw everything once."""

    def update(self, *args: Any, **controls: Any) -> Finding:
        """Move what moves, and say what is to be seen."""


class Stage:
    """One persistent figure for a scene, repainted by blitting.

    Artists made with ``animated=True`` move; all others are drawn once into a background, which is
    drawn again only after the scene has set ``still_changed``.

    Parameters
    ----------
    scene : Drawable
        What to show; it is built here.
    dpi : float
        Pixels per inch.
    """

    finding: Finding  # what was shown last
    moving: list[Artist]  # what is drawn on every move, from the back to the front

    def __init__(self, scene: Drawable, dpi: float = 100) -> None:
        self.scene = scene
        self.figure = Figure(scene.size, dpi=dpi, facecolor=PAPER)
        self.canvas: Any = FigureCanvasAgg(self.figure)
        scene.build(self.figure)
        self._sheets = [axes for axes in self.figure.axes if isinstance(axes, Sheet)]
        self.moving = sorted(
            (artist for artist in _within(self.figure) if artist.get_animated()),
            key=lambda artist: artist.get_zorder(),
        )
        self._background: Any = None

    def show(self, **controls: Any) -> str:
        """Update the scene, paint it under its finding, and return its readout."""
        readout = self.move(**controls)
        self.paint()
        return readout

    def move(self, **controls: Any) -> str:
        """Update the scene and its finding, and return its readout; nothing is painted."""
        self.finding = self.scene.update(**controls)
        for sheet in self._sheets:
            sheet.heading.text = self.finding.title
        return self.finding.readout

    def paint(self) -> None:
        """Paint the scene as it stands."""
        if self._background is None or self.scene.still_changed:
            self.canvas.draw()
            self._background = self.canvas.copy_from_bbox(self.figure.bbox)
            self.scene.still_changed = False
        else:
            self.canvas.restore_region(self._background)
        renderer = self.canvas.get_renderer()
        for artist in self.moving:
            artist.draw(renderer)

    def png(self) -> bytes:
        """Return what is painted as a PNG file."""
        image = self._image()
        # Pillow leaves out the fourth byte of each pixel ten times faster than numpy does.
        pixels = np.frombuffer(image.tobytes("raw", "RGB"), np.uint8)
        return encode_png(pixels.reshape(image.height, image.width, 3))

    def kept_png(self) -> bytes:
        """Return what is painted as a PNG of 256 colours: a third of the bytes, to be kept."""
        few = (
            self._image()
            .convert("RGB")
            .quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        )
        file = BytesIO()
        few.save(file, "PNG")
        return file.getvalue()

    def _image(self) -> Image.Image:
        width, height = self.canvas.get_width_height()
        buffer = self.canvas.buffer_rgba()
        return Image.frombuffer("RGBA", (width, height), buffer, "raw", "RGBA", 0, 1)

    def resize(self, dpi: float) -> None:
        """Paint at another resolution from now on."""
        if dpi != self.figure.dpi:
            self.figure.set_dpi(dpi)
            self.scene.still_changed = True


def _within(artist: Artist) -> Iterator[Artist]:
    """Find every artist within one but ticks: to ask an axis for them makes them, hidden or not."""
    for child in artist.get_children():
        yield child
        if not isinstance(child, Axis):
            yield from _within(child)


def encode_png(pixels: np.ndarray[Any, np.dtype[np.uint8]]) -> bytes:
    """Write an RGB image as PNG, fast: each row is stored as its difference from the one above.

    Pillow tries every filter on every row and takes twice as long as drawing the whole picture.
    Source of the format: PNG specification, sec. 9 (filter type 2, "up") and 11.

    Examples
    --------
    >>> encode_png(np.zeros((2, 3, 3), np.uint8))[1:4]
    b'PNG'
    """
    height, width, _ = pixels.shape
    rows = np.empty((height, 1 + 3 * width), np.uint8)
    rows[:, 0] = 2
    flat = pixels.reshape(height, -1)
    rows[0, 1:] = flat[0]
    np.subtract(flat[1:], flat[:-1], out=rows[1:, 1:])

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(rows.data, 1)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )
