"""Mattson's stack: one list, one pass, and the hits of every size of an LRU cache."""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from ...draw import INK, MUTED, PAPER, RULE, TLB, Boxes, Label, Labels, paper, title
from ...draw.chips import Chips
from ...reuse import NEVER, Stack
from ..base import Scene, Slider

STRING = "ABCABDCBEABCAADB"
_SIZES = len(set(STRING))
_CELL, _TOP, _ROW = 0.52, 3.42, 0.4  # of the string; where the stacks begin; of a place in them
_BEFORE, _AFTER, _WIDE = 1.0, 2.75, 0.8
_BARS, _UNIT = 5.3, 0.22  # where the bars begin, and the length of one hit


class _Step(NamedTuple):
    before: str
    position: int | None
    after: str
    found: tuple[int, ...]  # accesses found at each position so far


class LruStack(Scene):
    """Step through sixteen accesses: where is the page found, what moves to the top?"""

    size = (9, 4.15)
    play = "step"
    clickable = True

    def __init__(self) -> None:
        entries = {"words": lambda n: f"{n} entries" if n > 1 else "1 entry"}
        super().__init__(
            {
                "step": Slider("access", 1, len(STRING), len(STRING)),
                "size": Slider("cache to read off", 1, _SIZES, 3, **entries),
            }
        )

    def build(self, figure: Figure) -> None:
        """Draw the string and the headings; stacks, arrow and bars move."""
        sheet = paper(figure)
        self.title = title(sheet)
        self.string = Boxes(sheet, line=0.8, edge=RULE)
        self.here = Boxes(sheet, line=2.6, face="none", edge=INK, zorder=4)
        self.letters = Labels(sheet, len(STRING), align="center", size=11)
        self.results = Labels(sheet, len(STRING), align="center", size=9)
        self.chips = Chips(sheet, zorder=2)
        self.lit = Chips(sheet, line=2.8, zorder=3)
        self.lit.set_facecolor("none")
        self.pages = Labels(sheet, 2 * _SIZES, align="center", size=11)
        self.bars = Boxes(sheet, line=0.8, edge=INK)
        self.counts = Labels(sheet, _SIZES + 2, size=10)
        self.moves = LineCollection([], linewidths=1.6, colors=INK, animated=True, zorder=4)
        sheet.add_collection(self.moves, autolim=False)
        (self.tips,) = sheet.plot([], [], ls="", marker=">", ms=6, color=INK, animated=True)
        (self.edge,) = sheet.plot(
            [], [], color=INK, lw=2.2, ls=(0, (4, 2)), animated=True, zorder=5
        )
        self.said = Label(sheet, 8.9, 0, size=10, align="right")
        head: dict[str, Any] = {"size": 10, "weight": "bold", "moving": False}
        Label(sheet, _BEFORE + _WIDE / 2, _TOP + 0.2, "before", align="center", **head)
        Label(sheet, _AFTER + _WIDE / 2, _TOP + 0.2, "after", align="center", **head)
        Label(sheet, _BARS, _TOP + 0.2, "accesses found at this position so far", **head)
        for row in range(_SIZES):
            y = _TOP - (row + 0.5) * _ROW
            Label(sheet, 0.12, y, f"position {row}", size=9.5, color=MUTED, moving=False)

    def update(self, *, step: int, size: int) -> str:
        """Show one access: the stack before and after, and what has been counted."""
        told = _run()
        now, page = told[step - 1], STRING[step - 1]
        self._accesses(step, size)
        self._stacks(now, page)
        y = _TOP - size * _ROW
        self.edge.set_data([0.12, 8.9], [y, y])
        hits = list(accumulate(now.found))
        self.counts.clear()
        boxes, faces = [], []
        for row, found in enumerate(now.found):
            bottom = _TOP - (row + 1) * _ROW + 0.06
            boxes.append((_BARS, bottom, found * _UNIT, _ROW - 0.12))
            faces.append(TLB.fill if row < size else PAPER)
            x = _BARS + found * _UNIT + 0.1
            self.counts.put(x, bottom + _ROW / 2 - 0.06, str(found), INK if found else MUTED)
        self.bars.put(boxes, faces, INK)
        self.said.y = y + 0.16
        self.said.text = f"hits above the line: {hits[size - 1]}"
        if now.position is None:
            what = f"{page} was never here: a first touch misses in every cache"
        else:
            needs = now.position + 1
            what = (
                f"{page} lies at position {now.position}: it hits with {needs} "
                f"entr{'ies' if needs > 1 else 'y'} or more"
            )
        self.title.text = what
        every = ", ".join(f"{count}" for count in hits)
        return (
            f"Access {step}: {what}. Hits so far with 1 to {_SIZES} entries: {every}; "
            f"with {size}, {hits[size - 1]} of {step}."
        )

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to an access of the string, or draw the line below a position."""
        if y < 1.1:
            step = int((x - 0.3) / _CELL) + 1
            return {"step": step} if x >= 0.3 and step <= len(STRING) else {}
        size = int((_TOP - y) / _ROW) + 1
        return {"size": size} if y <= _TOP and size <= _SIZES else {}

    # -- the picture -------------------------------------------------------------------------------

    def _accesses(self, step: int, size: int) -> None:
        """Draw the string; below each access, the position where its page was found."""
        self.letters.clear()
        self.results.clear()
        boxes, faces = [], []
        for n, (page, told) in enumerate(zip(STRING, _run(), strict=True)):
            x, done = 0.3 + n * _CELL, n < step
            boxes.append((x, 0.5, _CELL, 0.4))
            fits = told.position is not None and told.position < size
            faces.append(TLB.fill if done and fits else PAPER)
            self.letters.put(x + _CELL / 2, 0.7, page, INK if done else MUTED)
            if done:
                where = "new" if told.position is None else str(told.position)
                self.results.put(x + _CELL / 2, 0.32, where)
        self.string.put(boxes, faces, RULE)
        self.here.put([boxes[step - 1]])

    def _stacks(self, now: _Step, page: str) -> None:
        """Draw both stacks, and who goes where between them."""
        self.pages.clear()
        boxes, lines, tips = [], [], []
        for left, stack in ((_BEFORE, now.before), (_AFTER, now.after)):
            for row, name in enumerate(stack):
                boxes.append((left, _TOP - (row + 1) * _ROW + 0.03, _WIDE, _ROW - 0.06))
                self.pages.put(left + _WIDE / 2, _TOP - (row + 0.5) * _ROW, name)
        for row, name in enumerate(now.before):
            to = now.after.index(name)
            start, end = _TOP - (row + 0.5) * _ROW, _TOP - (to + 0.5) * _ROW
            lines.append([(_BEFORE + _WIDE + 0.05, start), (_AFTER - 0.12, end)])
            tips.append((_AFTER - 0.1, end))
        self.chips.put(boxes, TLB.fill, INK)
        found = [] if now.position is None else [boxes[now.position]]
        self.lit.put([*found, boxes[len(now.before)]])
        self.moves.set_segments(lines)
        widths = [2.8 if name == page else 1.0 for name in now.before]
        self.moves.set_linewidth(widths or [1.0])
        self.tips.set_data(*zip(*tips, strict=True) if tips else ([], []))


@lru_cache(maxsize=1)
def _run() -> tuple[_Step, ...]:
    """Run the string: positions as the engine finds them, stacks as they follow from them."""
    positions = Stack([ord(page) for page in STRING]).positions(sets=1).tolist()
    told, stack, found = [], "", [0] * _SIZES
    for page, position in zip(STRING, positions, strict=True):
        after = page + stack.replace(page, "")
        if position != NEVER:
            found[position] += 1
        told.append(_Step(stack, None if position == NEVER else position, after, tuple(found)))
        stack = after
    return tuple(told)
