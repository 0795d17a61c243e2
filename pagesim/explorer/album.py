"""The pictures of an explorer: drawn when they are wanted, and the last few of them kept."""

from __future__ import annotations

import base64
import threading
import time
from html import escape
from typing import Any, NamedTuple

from ..draw import Stage

_KEPT = 8  # pictures
_SAVED_DPI = 144  # of the picture in a saved notebook


class Drawn(NamedTuple):
    """A picture, and the position that it shows."""

    values: dict[str, Any]
    readout: str
    png: bytes


class Album:
    """Pictures of the scene of a stage.

    Parameters
    ----------
    stage : Stage
        Where they are drawn.

    Attributes
    ----------
    took : float
        Seconds of processor time for the picture that was drawn last.

    Examples
    --------
    >>> from pagesim import scenes
    >>> album = Album(Stage(scenes.CowShares()))
    >>> drawn = album.at({"children": 2, "written": 10, "parent": False})
    >>> album.at({"children": 3, "written": 10, "parent": False}) is drawn
    False
    >>> album.at({"children": 2, "written": 10, "parent": False}) is drawn
    True
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._kept: list[Drawn] = []
        # ipykernel hears of a learner's moves in another thread than the one that runs cells
        self._alone = threading.RLock()
        self.took = 0.0

    def at(self, values: dict[str, Any]) -> Drawn:
        """Draw a position, unless its picture is still there."""
        with self._alone:
            for drawn in self._kept:
                if drawn.values == values:
                    return drawn
            began = time.thread_time()
            drawn = Drawn(dict(values), self._stage.show(**values), self._stage.png())
            self.took = time.thread_time() - began
            self._kept = [*self._kept, drawn][-_KEPT:]
            return drawn

    def resize(self, dpi: float) -> None:
        """Draw at another resolution from now on."""
        with self._alone:
            self._stage.resize(dpi)
            self._kept.clear()

    def saved(self, values: dict[str, Any]) -> bytes:
        """Draw a position for a saved notebook, as a PNG of few colours."""
        with self._alone:
            dpi = self._stage.figure.dpi
            self._stage.resize(_SAVED_DPI)
            self._stage.show(**values)
            png = self._stage.kept_png()
            self._stage.resize(dpi)
            return png


def saved_outputs(png: bytes, readout: str, tables: str, size: list[int]) -> dict[str, Any]:
    """Say what a notebook keeps of an explorer, by MIME type; `size` is in CSS pixels."""
    width, said, pixels = size[0], escape(readout), base64.b64encode(png).decode()
    figure = (
        f'<figure style="margin:0;max-width:{width}px"><img alt="{said}" style="width:100%" '
        f'src="data:image/png;base64,{pixels}"><figcaption>{said}</figcaption></figure>'
    )
    if tables:
        figure += f"<details><summary>As a table</summary>{tables}</details>"
    return {"text/plain": readout, "text/html": figure, "image/png": pixels}
