"""Neighbouring pages of a real process, and the frames that hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...draw import Boxes, Label, Links, note
from ...draw.style import FRAME, INK, MUTED, RULE, VIRTUAL
from ...host import Frames
from ...units import binary, count
from ..base import Choice, Finding, Scene, Sheet, Slider, Table

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

    def draw(self, sheet: Sheet) -> None:
        """Draw two rulers; the lines between them move."""
        for bottom, hue, words in (
            (_UPPER, VIRTUAL, "virtual pages, in the order of their addresses"),
            (_LOWER, FRAME, "physical frames, in the order of their numbers"),
        ):
            Boxes(sheet, [(_LEFT, bottom, _WIDE, _HIGH)], edge=hue.line, line=1.4, moving=False)
            away = _HIGH + 0.16 if bottom == _UPPER else -0.16
            note(sheet, _LEFT, bottom + away, words)
        self.lines = Links(sheet, color=RULE, width=0.6, zorder=2)
        self.line = Links(sheet, width=2, zorder=4)
        mark: dict[str, Any] = {"line": 0.4, "zorder": 3}
        self.pages = Boxes(sheet, face=VIRTUAL.line, edge=VIRTUAL.line, **mark)
        self.held = Boxes(sheet, face=FRAME.line, edge=FRAME.line, **mark)
        self.lit = Boxes(sheet, line=2, edge=INK, zorder=5)
        self.span, self.many = (
            Label(sheet, _LEFT + _WIDE, y, size=9, color=MUTED, align="right")
            for y in (_LOWER - 0.16, _UPPER + _HIGH + 0.16)
        )

    def update(self, *, region: str, page: int) -> Finding:
        """Join each page up to one to its frame, and light that one."""
        frames = self.frames[region]
        width = int(frames.max()) + 1
        upper, lower = _places(np.arange(len(frames)), len(frames)), _places(frames, width)
        self._web(upper[: page + 1], lower[: page + 1])
        start, end = float(upper[page]), float(lower[page])
        self.line.put([[(start, _UPPER), (end, _LOWER + _HIGH)]])
        self.lit.put(
            [(start - 0.04, _UPPER, 0.08, _HIGH), (end - 0.04, _LOWER, 0.08, _HIGH)],
            [VIRTUAL.fill, FRAME.fill],
        )
        span = binary(width * _PAGE)
        self.span.text, self.many.text = f"{span} from first to last", count(len(frames), "page")
        return Finding(
            _title(frames[: page + 1]),
            f"; from the lowest frame to the highest it is {span}. "
            f"Page {page} lies in frame {frames[page]:,}, counted from the lowest.",
        )

    def tabulate(self, *, region: str, page: int) -> list[Table]:
        """List the frames of the pages that are joined to theirs."""
        rows = [(str(n), f"{pfn:,}") for n, pfn in enumerate(self.frames[region][: page + 1])]
        many = count(len(self.frames[region]), "page")
        return [
            Table(
                f"{region}: frames of the first {page + 1} of {many}",
                ("page", "frame, from the lowest"),
                rows,
            )
        ]

    def _web(self, upper: Any, lower: Any) -> None:
        """Draw pages, their frames, and a thin line for each pair."""
        thin = 0.008
        self.pages.put([(x, _UPPER, thin, _HIGH) for x in upper])
        self.held.put([(x, _LOWER, thin, _HIGH) for x in lower])
        self.lines.put(
            [[(a, _UPPER), (b, _LOWER + _HIGH)] for a, b in zip(upper, lower, strict=True)]
        )

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Choose the page, or the page whose frame, was clicked."""
        frames = self.frames[values["region"]]
        if y > (_UPPER + _LOWER) / 2:
            places = _places(np.arange(len(frames)), len(frames))
        else:
            places = _places(frames, int(frames.max()) + 1)
        return {"page": int(np.abs(places - x).argmin())}


def _title(frames: Any) -> str:
    beside, pairs = int((np.abs(np.diff(frames)) == 1).sum()), len(frames) - 1
    if not pairs:
        return "One page, in one frame"
    if beside == pairs:
        return f"{len(frames)} neighbouring pages, in {len(frames)} neighbouring frames"
    if beside == 0:
        return f"{len(frames)} neighbouring pages, and no two of their frames are neighbours"
    verb = "lies" if beside == 1 else "lie"
    return f"{len(frames)} neighbouring pages: {beside} of {pairs} {verb} beside the next one"


def _places(numbers: Any, width: int) -> Any:
    """Spread numbers below `width` over a ruler, in inches."""
    return _LEFT + _WIDE * (numbers + 0.5) / width
