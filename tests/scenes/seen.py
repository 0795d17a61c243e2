"""What is to be seen in a picture: its labels, as a learner reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from pagesim.draw import Label, Stage
from pagesim.explorer.controls import opening
from pagesim.scenes import Scene


class Told:
    """A scene that is moved as an explorer moves it, and says what is to be seen.

    Nothing is painted: that takes ten times as long as all the rest.
    """

    def __init__(self, scene: Scene, **values: Any) -> None:
        self.scene, self.stage = scene, Stage(scene)
        self.controls, self.start = opening(scene, values)
        self.back()

    def back(self) -> None:
        """Go where it started."""
        self.values = self.start
        self.readout = self.stage.move(**self.values)

    def move(self, **changes: Any) -> str:
        """Set controls as a learner would, one after the other, and return the readout."""
        for name, value in changes.items():
            self.values = self.scene.settle(name, {**self.values, name: value})
        self.readout = self.stage.move(**self.values)
        return self.readout


def drawn(artist: Artist) -> Iterator[Artist]:
    """All that matplotlib draws: nothing that is hidden, and no ticks where the axes are off."""
    if artist.get_visible():
        yield artist
        unseen = (
            (artist.xaxis, artist.yaxis) if isinstance(artist, Axes) and not artist.axison else ()
        )
        for child in artist.get_children():
            if child not in unseen:  # to ask for their ticks is to make them
                yield from drawn(child)


def labels(stage: Stage, artists: Iterable[Artist] = ()) -> list[Label]:
    """Every label that is to be seen; whoever has looked for all artists may hand them on."""
    found = [each for each in artists or drawn(stage.figure) if isinstance(each, Label)]
    return [label for label in found if label.text.strip()]


def words(stage: Stage) -> list[str]:
    """What the labels say."""
    return [label.text for label in labels(stage)]


def pixels(stage: Stage) -> np.ndarray:
    """What is on the screen: rows of red, green, blue. (A PNG of it takes five times as long.)"""
    return np.asarray(stage.canvas.buffer_rgba())[..., :3]
