"""A machine of 64 addresses, drawn whole: every byte, and every entry that says where it lies."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from random import Random
from typing import Any

from ...arch import TOY6
from ...draw import Arrows, Box, Boxes, Grid, Labels, note
from ...draw.style import FRAME, INK, MUTED, PAPER, TABLE, VIRTUAL
from ...memory import PhysicalMemory
from ...tables import ByteTable
from ...units import count
from ..base import Controls, Finding, Scene, Sheet, Slider, Table

_TEXT = "the bytes of one sentence may lie anywhere if a table finds them"
_SIDE, _BYTES = 8, 64  # squares of 8 by 8
_CELL, _TOP = 0.298, 2.964  # inches: side of a byte's box, top of the squares
_SQUARES = tuple(Grid(left, _TOP, _CELL, _CELL, _SIDE, _SIDE) for left in (0.42, 3.42, 6.42))
_RUN = 4  # log2 of the longest run that stays together


def _bytes_in_words(run: int) -> str:
    return count(1 << run, "byte")


class ByteMachine(Scene):
    """Follow an address through its own entry to its byte, and shuffle where the bytes lie."""

    size = (9, 4.0)
    play = "address"
    clickable = True
    controls = Controls(
        address=Slider("address", 0, _BYTES - 1, 37),
        run=Slider("runs of neighbours", 0, _RUN, 0, words=_bytes_in_words),
        seed=Slider("shuffle", 1, 20, 1),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw three squares of 64 boxes, the frame of physical memory, and two ways."""
        inner, left = _SQUARES[2].outline, _SQUARES[1].left - 0.44
        outer = (left, inner[1] - 0.12, inner[0] + inner[2] + 0.12 - left, inner[3] + 0.46)
        Boxes(sheet, [outer], line=2.6, edge=FRAME.line, moving=False, zorder=1)
        Boxes(sheet, [inner], edge=FRAME.fill, hatch="//", moving=False, zorder=1)
        still: dict[str, Any] = {"size": 10, "weight": "bold", "color": INK}
        note(sheet, _SQUARES[0].left, _TOP + 0.52, "virtual memory", **still)
        note(sheet, left, _TOP + 0.52, "physical memory, 128 bytes", **still)
        heads = ("what the program reads", "the table: one entry for each", "the bytes")
        for grid, words in zip(_SQUARES, heads, strict=True):
            note(sheet, grid.left, _TOP + 0.17, words)
            for place in range(0, _BYTES, _SIDE):
                first = place + (_BYTES if grid is _SQUARES[2] else 0)
                y = grid.middle(place)[1]
                note(sheet, grid.left - 0.07, y, str(first), size=8.5, align="right", mono=True)
        plain: dict[str, Any] = {"line": 0.6, "zorder": 2}
        virtual, table, data = (grid.boxes() for grid in _SQUARES)
        Boxes(sheet, virtual, edge=VIRTUAL.line, moving=False, **plain)
        self.entries = Boxes(sheet, table, edge=TABLE.line, **plain)
        Boxes(sheet, data, face="none", edge=FRAME.line, moving=False, **plain)
        self.runs = Boxes(sheet, face="none", edge=INK, line=1.6, zorder=3)
        mono: dict[str, Any] = {"align": "center", "mono": True}
        self.letters = Labels(sheet, 2 * _BYTES, size=10, **mono)
        self.targets = Labels(sheet, _BYTES, size=8.5, **mono)
        self.ways = Arrows(sheet, width=2.4, zorder=4)
        self.lit = Boxes(sheet, line=2.6, zorder=4.5)
        self.notes = Labels(sheet, 3, size=10, weight="bold")

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the address, the entry, or the byte that was clicked."""
        for grid in _SQUARES:
            place = grid.at(x, y)
            if place is not None and grid is _SQUARES[2]:
                place = _machine(values["run"], values["seed"])[0].index(_BYTES + place)
            if place is not None:
                return {"address": place}
        return {}

    def update(self, *, address: int, run: int, seed: int) -> Finding:
        """Fill the squares and light the way of one address."""
        where, letters = _machine(run, seed)
        told = {place for place in range(_BYTES) if _is_news(where, place)}
        target, letter = where[address], letters[address]
        self._fill(where, letters, told, run)
        self._light(address, target)
        name = "a space" if letter == " " else f"“{letter}”"
        self.notes.clear()
        words = (
            f"address {address}",
            f"entry {address} says {target}",
            f"byte {target} is {name}",
        )
        for grid, text in zip(_SQUARES, words, strict=True):
            self.notes.put(grid.left, 0.25, text)
        title = f"{_BYTES} bytes of map for {_BYTES} bytes: half the memory is table"
        if run:
            news = f"{len(told)} pieces of news"
            title = f"{_BYTES} entries, {news}; the others say “the one before, plus one”"
        return Finding(
            title,
            f"Address {address}: entry {address} says {target}, and byte {target} is {name}. "
            f"Shuffle {seed}, in runs of {_bytes_in_words(run)}.",
        )

    def tabulate(self, *, run: int, seed: int, **_: Any) -> list[Table]:
        """List every entry, and the byte that it leads to."""
        where, letters = _machine(run, seed)
        rows = [
            (str(place), str(target), "a space" if letter == " " else letter)
            for place, (target, letter) in enumerate(zip(where, letters, strict=True))
        ]
        return [Table("The table, entry by entry", ("address", "its entry says", "byte"), rows)]

    def _fill(self, where: list[int], letters: str, told: set[int], run: int) -> None:
        """Write every byte and every entry; an entry that says nothing new is pale."""
        virtual, table, data = _SQUARES
        self.letters.clear()
        self.targets.clear()
        for place, target in enumerate(where):
            self.letters.put(*virtual.middle(place), letters[place])
            self.letters.put(*data.middle(target - _BYTES), letters[place])
            self.targets.put(*table.middle(place), str(target), INK if place in told else MUTED)
        self.entries.set_facecolor(
            [TABLE.fill if place in told else PAPER for place in range(_BYTES)]
        )
        starts = range(0, _BYTES, 1 << run) if run else ()
        self.runs.put([_run(grid, first, 1 << run) for grid in (virtual, data) for first in starts])

    def _light(self, address: int, target: int) -> None:
        """Frame the three boxes, and draw the ways between them along the boxes' edges."""
        places = (address, address, target - _BYTES)
        boxes = [grid.box(place) for grid, place in zip(_SQUARES, places, strict=True)]
        hues = (VIRTUAL, TABLE, FRAME)
        self.lit.put(boxes, [hue.fill for hue in hues], [hue.line for hue in hues])
        ways = []
        for grid, (x, y, _, _), (end, floor, _, _) in zip(_SQUARES, boxes, boxes[1:], strict=False):
            turn = sum(grid.outline[::2]) + 0.14
            ways.append([(x + _CELL, y), (turn, y), (turn, floor), (end - 0.06, floor)])
        self.ways.put(ways, [TABLE.line, FRAME.line])


# -- the machine behind the picture --------------------------------------------------------------


@lru_cache(maxsize=128)
def _machine(run: int, seed: int) -> tuple[list[int], str]:
    """Build the machine; return where each byte lies, and what the program reads there."""
    memory = PhysicalMemory(frames=2 * _BYTES, frame_bytes=1)
    table = ByteTable(TOY6, memory)  # the table takes the first half of memory
    home = memory.alloc(order=6)
    for piece, place in enumerate(_shuffled(_BYTES >> run, Random(seed))):
        for i in range(1 << run):
            va, pa = (piece << run) + i, home + (place << run) + i
            table.map(va, pfn=pa)
            memory.store(pa, ord(_TEXT[va]), width=1)
    where = [table.walk(va).pa or 0 for va in range(_BYTES)]
    return where, "".join(chr(memory.load(pa, width=1)) for pa in where)


def _shuffled(count: int, rng: Random) -> list[int]:
    """Shuffle so that nothing comes right behind the one that it followed before."""
    order = list(range(count))
    while any(b == a + 1 for a, b in pairwise(order)):
        rng.shuffle(order)
    return order


def _is_news(where: list[int], place: int) -> bool:
    """Tell whether an entry says more than "the one before, plus one"."""
    return place == 0 or where[place] != where[place - 1] + 1


def _run(grid: Grid, first: int, length: int) -> Box:
    """Give the outline of a run of bytes; a run longer than a row takes whole rows."""
    rows = max(length // _SIDE, 1)
    left, bottom, _, _ = grid.box(first)
    return left, bottom - (rows - 1) * _CELL, min(length, _SIDE) * _CELL, rows * _CELL
