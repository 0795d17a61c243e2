"""What is to be seen in a picture: its labels, as a learner reads them."""

from __future__ import annotations

import numpy as np

from pagesim.draw import Label, Stage


def labels(stage: Stage) -> list[Label]:
    """Every label that is to be seen."""
    found = stage.figure.findobj(lambda artist: isinstance(artist, Label))
    return [label for label in found if label.text.strip() and label.get_visible()]


def words(stage: Stage) -> list[str]:
    """What the labels say."""
    return [label.text for label in labels(stage)]


def pixels(stage: Stage) -> np.ndarray:
    """What is on the screen: rows of red, green, blue. (A PNG of it takes five times as long.)"""
    return np.asarray(stage.canvas.buffer_rgba())[..., :3]
