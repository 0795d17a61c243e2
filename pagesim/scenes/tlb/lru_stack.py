"""Mattson's stack: one list, one pass, and the hits of every size of an LRU cache."""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from ...draw import Accesses, Arrows, Bar, Bars, Chips, Curve, Grid, Label, Labels, note
from ...draw.style import INK, MUTED, PAPER, TLB
from ...reuse import NEVER, Stack
from ...units import count
from ..base import Controls, Finding, Scene, Sheet, Slider, Table

STRING = "ABCABDCBEABCAADB"
_SIZES = len(set(STRING))
_TOP, _ROW = 3.42, 0.4  # where the stacks begin, and the height of a place in them
_ROWS = Grid(0, _TOP, 9, _ROW, rows=_SIZES)
_BEFORE = Grid(1.0, _TOP, 0.8, _ROW, rows=_SIZES, gap_y=0.06)
_AFTER = Grid(2.75, _TOP, 0.8, _ROW, rows=_SIZES, gap_y=0.06)
_BARS, _UNIT = 5.3, 0.22  # where the bars begin, and the length of one hit


class _Step(NamedTuple):
    before: str
    position: int | None
    after: str
    found: tuple[int, ...]  # accesses found at each position so far


def _entries(number: int) -> str:
    return count(number, "entry")


class LruStack(Scene):
    """Step through sixteen accesses: where is the page found, what moves to the top?"""

    size = (9, 4.15)
    play = "step"
    clickable = True
    controls = Controls(
        step=Slider("access", 1, len(STRING), len(STRING)),
        size=Slider("cache to read off", 1, _SIZES, 3, _entries),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw the string and the headings; stacks, arrow and bars move."""
        self.string = Accesses(sheet, Grid(0.3, 0.9, 0.52, 0.4, len(STRING)))
        self.results = Labels(sheet, len(STRING), align="center", size=9)
        self.chips = Chips(sheet, zorder=2)
        self.lit = Chips(sheet, line=2.8, face="none", zorder=3)
        self.pages = Labels(sheet, 2 * _SIZES, align="center", size=11)
        self.bars = Bars(sheet, _BARS, _ROW - 0.12, _SIZES, line=0.8)
        self.moves = Arrows(sheet, size=6, zorder=4)
        self.edge = Curve(sheet, (0, (4, 2)), width=2.2, zorder=5)
        self.said = Label(sheet, 8.9, 0, size=10, align="right")
        head: dict[str, Any] = {"size": 10, "weight": "bold", "color": INK}
        for stack, word in ((_BEFORE, "before"), (_AFTER, "after")):
            note(sheet, stack.middle(0)[0], _TOP + 0.2, word, align="center", **head)
        note(sheet, _BARS, _TOP + 0.2, "accesses found at this position so far", **head)
        for row in range(_SIZES):
            note(sheet, 0.12, _ROWS.middle(row)[1], f"position {row}", size=9.5)

    def update(self, *, step: int, size: int) -> Finding:
        """Show one access: the stack before and after, and what has been counted."""
        now, page = _run()[step - 1], STRING[step - 1]
        self._accesses(step, size)
        self._stacks(now, page)
        y = _TOP - size * _ROW
        self.edge.set_data([0.12, 8.9], [y, y])
        hits = list(accumulate(now.found))
        faces = [TLB.fill if row < size else PAPER for row in range(_SIZES)]
        inks = [INK if found else MUTED for found in now.found]
        self.bars.put(
            [
                Bar(_ROWS.middle(row)[1], [(found * _UNIT, face)], str(found), ink)
                for row, (found, face, ink) in enumerate(zip(now.found, faces, inks, strict=True))
            ]
        )
        self.said.y = y + 0.16
        self.said.text = f"hits above the line: {hits[size - 1]}"
        if now.position is None:
            what = f"{page} was never here: a first touch misses in every cache"
        else:
            needed = _entries(now.position + 1)
            what = f"{page} lies at position {now.position}: it hits with {needed} or more"
        return Finding(
            what,
            whole=f"Access {step}: {what}. Hits so far with 1 to {_SIZES} entries: "
            f"{', '.join(map(str, hits))}; with {size}, {hits[size - 1]} of {step}.",
        )

    def tabulate(self, *, step: int, **_: Any) -> list[Table]:
        """List both stacks, and the hits of every size."""
        now = _run()[step - 1]
        rows = []
        for n, (found, hits) in enumerate(zip(now.found, accumulate(now.found), strict=True)):
            names = (stack[n] if n < len(stack) else "" for stack in (now.before, now.after))
            rows.append((str(n), *names, str(found), str(hits)))
        heads = ("position", "before", "after", "found here so far", "hits with one entry more")
        return [Table(f"The stack at access {step}, {STRING[step - 1]}", heads, rows)]

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to an access of the string, or draw the line below a position."""
        step, row = self.string.step_at(x, y), _ROWS.at(x, y)
        if step is not None:
            return {"step": step}
        return {} if row is None else {"size": row + 1}

    # -- the picture -------------------------------------------------------------------------------

    def _accesses(self, step: int, size: int) -> None:
        """Draw the string; below each access, the position where its page was found."""
        self.results.clear()
        faces = []
        for n, told in enumerate(_run()):
            fits = told.position is not None and told.position < size
            faces.append(TLB.fill if n < step and fits else PAPER)
            if n < step:
                where = "new" if told.position is None else str(told.position)
                self.results.put(self.string.grid.middle(n)[0], 0.32, where)
        self.string.put(STRING, step, faces)

    def _stacks(self, now: _Step, page: str) -> None:
        """Draw both stacks, and who goes where between them."""
        self.pages.clear()
        boxes, moves = [], []
        for grid, stack in ((_BEFORE, now.before), (_AFTER, now.after)):
            boxes += grid.boxes(len(stack))
            for row, name in enumerate(stack):
                self.pages.put(*grid.middle(row), name)
        for row, name in enumerate(now.before):
            ends = _ROWS.middle(row)[1], _ROWS.middle(now.after.index(name))[1]
            moves.append([(1.85, ends[0]), (2.65, ends[1])])
        self.chips.put(boxes, TLB.fill, INK)
        found = [] if now.position is None else [boxes[now.position]]
        self.lit.put([*found, boxes[len(now.before)]])
        self.moves.put(moves, width=[2.8 if name == page else 1.0 for name in now.before])


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
