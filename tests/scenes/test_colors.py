"""What differs in meaning differs in shape, or by ΔE 12 to every kind of eyes."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from pagesim.draw import style

from .eyes import apart, lab, seen
from .inks import Mark
from .test_every_scene import each_scene, sweep

pytestmark = pytest.mark.sampled

LEAST = 12
HUES = {name: hue for name, hue in sorted(vars(style).items()) if isinstance(hue, style.Hue)}
NAMES = {hue.line.lower(): name for name, hue in HUES.items()}
NAMES |= {hue.fill.lower(): f"pale {name}" for name, hue in HUES.items()}
NAMES |= {getattr(style, name).lower(): name for name in ("INK", "MUTED", "RULE", "PAPER")}

_BITS = "the index of a table has its level's name above it, the offset its own"
# Colours too close for somebody, of marks of the same shape, and what else tells them apart.
TOLD_BY: dict[str, tuple[str, str]] = {
    "AddressBits": ("pale TABLE/pale VIRTUAL", _BITS),
    "FaultDecision": (
        "pale DISK/pale FRAME, pale DISK/pale TABLE, pale FRAME/pale TABLE, "
        "pale FRAME/pale VIRTUAL, pale TABLE/pale VIRTUAL",
        "each box says in words what it asks or how the fault ends; columns are kinds of boxes",
    ),
    "FrameScatter": ("pale FRAME/pale VIRTUAL", "pages stand above, frames below, and are named"),
    "HugeTrade": ("pale FAULT/pale TLB", "each pair of bars has its own row, with its name"),
    "PageBits": (
        "pale FRAME/pale TABLE, pale FRAME/pale VIRTUAL, pale TABLE/pale VIRTUAL",
        "VPN, PFN and offset are named above and below; the PFN is framed in green",
    ),
    "PteDecoder": (
        "RULE/pale FRAME, RULE/pale TABLE, pale FRAME/pale TABLE",
        "the PFN is framed and named, and each flag has a line to its own box",
    ),
    "RadixWalk": ("pale TABLE/pale VIRTUAL", _BITS),
    "StopEarly": ("pale TABLE/pale VIRTUAL", _BITS),
    "TwoLimits": ("pale FRAME/pale VIRTUAL", "each bar has its own row, with its name"),
}


def test_the_difference_is_that_of_a_published_table() -> None:
    """The primaries of sRGB, as Lindbloom's calculator has them, and white over black."""
    assert lab(seen("#FF0000")) == pytest.approx([53.24, 80.09, 67.20], abs=0.02)
    assert lab(seen("#0000FF")) == pytest.approx([32.30, 79.19, -107.86], abs=0.02)
    assert np.linalg.norm(lab(seen("#FFFFFF")) - lab(seen("#000000"))) == pytest.approx(100)


@pytest.mark.parametrize(
    ("eyes", "pair"),
    [
        ("protanopia", ("VIRTUAL", "TABLE")),
        ("deuteranopia", ("FRAME", "TABLE")),
        ("tritanopia", ("TABLE", "TLB")),
    ],
)
def test_each_eyes_confuse_what_others_tell_apart(eyes: str, pair: tuple[str, str]) -> None:
    """The fills that docs/visual-language.md names; greys look the same to all."""
    usual, theirs = (
        np.linalg.norm(np.subtract(*(lab(seen(HUES[name].fill, those)) for name in pair)))
        for those in ("usual", eyes)
    )
    assert theirs < LEAST < usual
    assert seen("#777777", eyes) == pytest.approx(seen("#777777"), abs=1e-4)


def test_the_line_of_every_hue_is_told_from_every_other() -> None:
    for (one, mine), (other, its) in combinations(HUES.items(), 2):
        assert apart(mine.line, its.line) >= LEAST, f"{one} and {other}"


def _too_close(found: frozenset[Mark]) -> set[str]:
    """Name the pairs of colours that are all that differs, and too little for somebody."""
    close = set()
    for one, other in combinations(sorted(found, key=str), 2):
        if one.shape != other.shape:
            continue
        pairs = ((one.face, other.face), (one.edge, other.edge))
        unlike = [pair for pair in pairs if pair[0] != pair[1]]
        if max(apart(a or style.PAPER, b or style.PAPER) for a, b in unlike) < LEAST:
            close |= {
                "/".join(sorted(NAMES.get(color, color) for color in pair)) for pair in unlike
            }
    return close


@each_scene
def test_no_meaning_rests_on_a_colour_that_somebody_misses(name: str) -> None:
    found = frozenset[Mark]().union(*(position.marks for position in sweep(name)))
    pairs, why = TOLD_BY.get(name.split(",")[0], ("", ""))
    assert _too_close(found) == set(pairs.split(", ")) - {""}, why
