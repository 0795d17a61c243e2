"""A line that is put together from glyphs looks as matplotlib draws it in one piece."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties

from pagesim.draw.glyphs import MARGIN, face
from pagesim.draw.style import MONO, SANS

LINES = (
    "Four reads of memory before the one you asked for",
    "WAVE, To, LV: 1,234 × 4 KiB → 2 MiB (−1 %)",
    "0x7f3a1c6d5e48 r-xp",
    "gypsy",
    ".",
)
LOOKS = [(size, weight) for size in (8.5, 9, 10, 11, 12.5) for weight in ("normal", "bold")]


def ink(covered: np.ndarray) -> np.ndarray:
    """Cut off what is empty on all four sides."""
    rows, columns = covered.any(axis=1).nonzero()[0], covered.any(axis=0).nonzero()[0]
    return covered[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def whole(text: str, size: float, weight: str, mono: bool, dpi: float) -> np.ndarray:
    """Let matplotlib draw it."""
    sheet = RendererAgg(1600, 120, dpi)
    font = FontProperties(family=MONO if mono else SANS, size=size, weight=weight)
    sheet.draw_text(sheet.new_gc(), 20, 60, text, font, 0)
    return ink(np.asarray(sheet.buffer_rgba())[..., 3])


@pytest.mark.parametrize("dpi", [100.0, 144.0, 200.0])
@pytest.mark.parametrize("text", LINES)
def test_the_typewriter_face_is_the_same_to_the_pixel(text: str, dpi: float) -> None:
    for size, weight in LOOKS:
        ours = ink(face(size, weight, True, dpi).line(text)[0])
        theirs = whole(text, size, weight, True, dpi)
        assert ours.shape == theirs.shape
        # of 255; where two glyphs touch, matplotlib draws one over the other
        assert np.abs(ours.astype(int) - theirs).max() <= 8


@pytest.mark.parametrize("dpi", [100.0, 200.0])
@pytest.mark.parametrize("text", LINES)
def test_the_other_is_as_long_and_as_high(text: str, dpi: float) -> None:
    """Where letters are kerned, each stands on a whole pixel."""
    for size, weight in LOOKS:
        ours = ink(face(size, weight, False, dpi).line(text)[0])
        theirs = whole(text, size, weight, False, dpi)
        assert abs(len(ours) - len(theirs)) <= 1
        assert abs(ours.shape[1] - theirs.shape[1]) <= 2


@pytest.mark.parametrize("text", ["", "  "])
def test_a_line_of_nothing_or_spaces_is_empty(text: str) -> None:
    covered, baseline = face(10, "normal", False, 100.0).line(text)
    assert not covered.any()
    assert baseline == MARGIN
