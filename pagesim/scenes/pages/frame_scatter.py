"""Neighbouring pages of a real process, and the frames that hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from ...draw import FRAME, INK, MUTED, RULE, VIRTUAL, Boxes, Label, paper, title
from ...host import Frames
from ...units import binary
from ..base import Choice, Scene, Slider

_LEFT, _WIDE = 0.3, 8.4  # inches: both rulers
_UPPER, _LOWER, _HIGH = 2.4, 0.4, 0.2  # pages above, frames below; height of a mark
_PAGE = 4096


class FrameScatter(Scene):
    """Follow pages that are neighbours to their frames, which are not.

    Parameters
    ----------
    series : mapping of str to sequence of int, optional
        Frame numbers of pages in the order of their addresses, by the name of the region; the
        recorded ones if left out (`host.Frames().series()` gives this machine's own where it may).
        Of each region as many pages are shown as the smallest has.

    Raises
    ------
    ValueError
        If there is no region, or one without pages.
    """

    size = (9, 3.35)
    clickable = True

    def __init__(self, series: Mapping[str, Sequence[float]] | None = None) -> None:
        found = Frames().series(live=False).data if series is None else series
        count = min(map(len, found.values()), default=0)
        if not count:
            raise ValueError(f"regions {list(found)}: each needs at least a page")
        shown = {name: np.asarray(pfns[:count], np.int64) for name, pfns in found.items()}
        self.frames = {name: pfns - pfns.min() for name, pfns in shown.items()}
        names = tuple(self.frames)
        super().__init__(
            {
                "region": Choice("region", names, names[0]),
                "page": Slider("page", 0, count - 1, min(100, count - 1)),
            }
        )

    def build(self, figure: Figure) -> None:
        """Draw two rulers; the lines between them move."""
        sheet = paper(figure)
        self.title = title(sheet)
        for bottom, hue, words in (
            (_UPPER, VIRTUAL, "virtual pages, in the order of their addresses"),
            (_LOWER, FRAME, "physical frames, in the order of their numbers"),
        ):
            Boxes(sheet, [(_LEFT, bottom, _WIDE, _HIGH)], edge=hue.line, line=1.4, moving=False)
            away = _HIGH + 0.16 if bottom == _UPPER else -0.16
            Label(sheet, _LEFT, bottom + away, words, size=9, color=MUTED, moving=False)
        self.lines = LineCollection([], colors=RULE, linewidths=0.6, zorder=2)
        self.line = LineCollection([], colors=INK, linewidths=2, animated=True, zorder=4)
        for lines in (self.lines, self.line):
            sheet.add_collection(lines, autolim=False)
        mark: dict[str, Any] = {"line": 0.4, "zorder": 3, "moving": False}
        self.pages = Boxes(sheet, face=VIRTUAL.line, edge=VIRTUAL.line, **mark)
        self.held = Boxes(sheet, face=FRAME.line, edge=FRAME.line, **mark)
        self.drawn = ""
        self.lit = Boxes(sheet, line=2, zorder=5)
        self.ends = (
            Label(sheet, _LEFT + _WIDE, _LOWER - 0.16, size=9, color=MUTED, align="right"),
            Label(sheet, _LEFT + _WIDE, _UPPER + _HIGH + 0.16, size=9, color=MUTED, align="right"),
        )

    def update(self, *, region: str, page: int) -> str:
        """Join each page to its frame, and light one."""
        frames = self.frames[region]
        width = int(frames.max()) + 1
        upper, lower = _places(np.arange(len(frames)), len(frames)), _places(frames, width)
        if self.drawn != region:
            self.drawn, self.still_changed = region, True
            self._web(upper, lower)
        x = float(upper[page]), float(lower[page])
        self.line.set_segments([[(x[0], _UPPER), (x[1], _LOWER + _HIGH)]])
        self.lit.put(
            [(x[0] - 0.04, _UPPER, 0.08, _HIGH), (x[1] - 0.04, _LOWER, 0.08, _HIGH)],
            [VIRTUAL.fill, FRAME.fill], INK,
        )  # fmt: skip
        span, size = self.ends
        span.text, size.text = f"{binary(width * _PAGE)} from first to last", f"{len(frames)} pages"
        finding = self._finding(frames)
        self.title.text = finding
        return (
            f"{finding}; from the lowest frame to the highest it is {binary(width * _PAGE)}. "
            f"Page {page} lies in frame {frames[page]}, counted from the lowest."
        )

    def _web(self, upper: Any, lower: Any) -> None:
        """Draw all pages, all frames, and a thin line for each pair."""
        thin = 0.008
        self.pages.put([(x, _UPPER, thin, _HIGH) for x in upper])
        self.held.put([(x, _LOWER, thin, _HIGH) for x in lower])
        self.lines.set_segments(
            [[(a, _UPPER), (b, _LOWER + _HIGH)] for a, b in zip(upper, lower, strict=True)]
        )

    def _finding(self, frames: Any) -> str:
        beside, pairs = int((np.abs(np.diff(frames)) == 1).sum()), len(frames) - 1
        if beside == pairs:
            return f"{len(frames)} neighbouring pages, in {len(frames)} neighbouring frames"
        if beside == 0:
            return f"{len(frames)} neighbouring pages, and no two of their frames are neighbours"
        return f"{len(frames)} neighbouring pages: {beside} of {pairs} lie beside the next one"

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Choose the page, or the page whose frame, was clicked."""
        frames = self.frames[values["region"]]
        if y > (_UPPER + _LOWER) / 2:
            places = _places(np.arange(len(frames)), len(frames))
        else:
            places = _places(frames, int(frames.max()) + 1)
        return {"page": int(np.abs(places - x).argmin())}


def _places(numbers: Any, width: int) -> Any:
    """Spread numbers below `width` over a ruler, in inches."""
    return _LEFT + _WIDE * (numbers + 0.5) / width
