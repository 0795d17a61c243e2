"""An explorer for those who draw it and do not show it: no widget, and drawn once."""

from __future__ import annotations

from typing import Any

from pagesim.draw import Stage
from pagesim.explorer.controls import opening
from pagesim.scenes import Scene

DPI = 144
CSS_DPI = 100  # an inch of a scene is 100 CSS pixels


class Still:
    """A scene with its controls where an explorer of it opens.

    Parameters
    ----------
    scene : Scene
    **values
        As `pagesim.explore` takes them.

    Examples
    --------
    >>> from pagesim import scenes
    >>> still = Still(scenes.LruStack(), size=1)
    >>> still.values, still.readout
    ({'step': 16, 'size': 1}, 'Access 16: B lies at position 3: ...; with 1, 1 of 16.')
    """

    def __init__(self, scene: Scene, **values: Any) -> None:
        self.scene = scene
        self.controls, self.values = opening(scene, values)
        self.stage = Stage(scene, DPI)
        self.readout = self.stage.show(**self.values)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in CSS pixels."""
        width, height = self.scene.size
        return round(width * CSS_DPI), round(height * CSS_DPI)
