"""A machine of 64 addresses, drawn whole: every byte, and every entry that says where it lies."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from random import Random
from typing import Any

from matplotlib.figure import Figure

from ...arch import TOY6
from ...draw import FRAME, INK, MUTED, PAPER, TABLE, VIRTUAL, Boxes, Label, Labels, paper, title
from ...memory import PhysicalMemory
from ...tables import ByteTable
from ..base import Scene, Slider

_TEXT = "the bytes of one sentence may lie anywhere if a table finds them"
_SIDE, _BYTES = 8, 64  # squares of 8 by 8
_CELL, _BASE = 0.298, 0.58  # inches: side of a byte's box, bottom of the squares
_LEFT = (0.42, 3.42, 6.42)  # where the three squares begin: addresses, table, data
_RUN = 4  # log2 of the longest run that stays together


class ByteMachine(Scene):
    """Follow an address through its own entry to its byte, and shuffle where the bytes lie."""

    size = (9, 4.0)
    play = "address"
    clickable = True

    def __init__(self) -> None:
        super().__init__(
            {
                "address": Slider("address", 0, _BYTES - 1, 37),
                "run": Slider("runs of neighbours", 0, _RUN, 0, words=_bytes_in_words),
                "seed": Slider("shuffle", 1, 20, 1),
            }
        )

    def build(self, figure: Figure) -> None:
        """Draw three squares of 64 boxes, the frame of physical memory, and two ways."""
        sheet = paper(figure)
        self.title = title(sheet)
        top = _BASE + _SIDE * _CELL
        left, wide = _LEFT[1] - 0.44, _LEFT[2] - _LEFT[1] + _SIDE * _CELL + 0.56
        outer = (left, _BASE - 0.12, wide, top - _BASE + 0.46)
        Boxes(sheet, [outer], line=2.6, edge=FRAME.line, moving=False, zorder=1)
        inner = (_LEFT[2], _BASE, _SIDE * _CELL, _SIDE * _CELL)
        Boxes(sheet, [inner], edge=FRAME.fill, hatch="//", moving=False, zorder=1)
        still: dict[str, Any] = {"moving": False, "size": 10}
        Label(sheet, _LEFT[0], top + 0.52, "virtual memory", weight="bold", **still)
        Label(sheet, left, top + 0.52, "physical memory, 128 bytes", weight="bold", **still)
        heads = ("what the program reads", "the table: one entry for each", "the bytes")
        for square, (start, words) in enumerate(zip(_LEFT, heads, strict=True)):
            Label(sheet, start, top + 0.17, words, size=9, color=MUTED, moving=False)
            for row in range(_SIDE):
                first = row * _SIDE + (_BYTES if square == 2 else 0)
                Label(sheet, start - 0.07, top - (row + 0.5) * _CELL, str(first), size=8.5,
                      color=MUTED, align="right", mono=True, moving=False)  # fmt: skip
        plain: dict[str, Any] = {"line": 0.6, "zorder": 2}
        Boxes(sheet, _square(0), edge=VIRTUAL.line, moving=False, **plain)
        self.entries = Boxes(sheet, _square(1), edge=TABLE.line, **plain)
        Boxes(sheet, _square(2), face="none", edge=FRAME.line, moving=False, **plain)
        self.runs = Boxes(sheet, face="none", edge=INK, line=1.6, zorder=3)
        mono: dict[str, Any] = {"align": "center", "mono": True}
        self.letters = Labels(sheet, 2 * _BYTES, size=10, **mono)
        self.targets = Labels(sheet, _BYTES, size=8.5, **mono)
        self.ways = [
            sheet.plot([], [], color=hue.line, lw=2.4, marker=">", ms=8, markevery=[-1],
                       zorder=4, animated=True)[0]
            for hue in (TABLE, FRAME)
        ]  # fmt: skip
        self.lit = Boxes(sheet, line=2.6, zorder=4.5)
        self.notes = Labels(sheet, 3, size=10, weight="bold")

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the address, the entry, or the byte that was clicked."""
        row = int((_BASE + _SIDE * _CELL - y) // _CELL)
        for square, left in enumerate(_LEFT):
            column = int((x - left) // _CELL)
            if 0 <= column < _SIDE and 0 <= row < _SIDE:
                place = row * _SIDE + column
                if square == 2:
                    place = _machine(values["run"], values["seed"])[0].index(_BYTES + place)
                return {"address": place}
        return {}

    def update(self, *, address: int, run: int, seed: int) -> str:
        """Fill the squares and light the way of one address."""
        where, letters = _machine(run, seed)
        told = {place for place in range(_BYTES) if _is_news(where, place)}
        target, letter = where[address], letters[address]
        self._fill(where, letters, told, run)
        self._light(address, target)
        name = "a space" if letter == " " else f"“{letter}”"
        self.notes.clear()
        self.notes.put(_LEFT[0], 0.25, f"address {address}")
        self.notes.put(_LEFT[1], 0.25, f"1  entry {address} says {target}")
        self.notes.put(_LEFT[2], 0.25, f"2  byte {target} is {name}")
        finding = self._finding(run, len(told))
        self.title.text = finding
        return (
            f"{finding}. Address {address}: entry {address} says {target}, and byte {target} is "
            f"{name}. Shuffle {seed}, in runs of {_bytes_in_words(run)}."
        )

    def _fill(self, where: list[int], letters: str, told: set[int], run: int) -> None:
        """Write every byte and every entry; an entry that says nothing new is pale."""
        self.letters.clear()
        self.targets.clear()
        for place, target in enumerate(where):
            self.letters.put(*_middle(0, place), letters[place])
            self.letters.put(*_middle(2, target - _BYTES), letters[place])
            color = INK if place in told else MUTED
            self.targets.put(*_middle(1, place), str(target), color)
        fills = [TABLE.fill if place in told else PAPER for place in range(_BYTES)]
        self.entries.set_facecolor(fills)
        starts = range(0, _BYTES, 1 << run) if run else ()
        self.runs.put([_run(square, first, 1 << run) for square in (0, 2) for first in starts])

    def _light(self, address: int, target: int) -> None:
        """Frame the three boxes, and draw the ways between them along the boxes' edges."""
        places = (address, address, target - _BYTES)
        boxes = [_box(square, place) for square, place in enumerate(places)]
        hues = (VIRTUAL, TABLE, FRAME)
        self.lit.put(boxes, [hue.fill for hue in hues], [hue.line for hue in hues])
        for square, way in enumerate(self.ways):
            (x, y, _, _), (end, floor, _, _) = boxes[square : square + 2]
            turn = _LEFT[square] + _SIDE * _CELL + 0.14
            way.set_data([x + _CELL, turn, turn, end - 0.06], [y, y, floor, floor])

    def _finding(self, run: int, told: int) -> str:
        if run == 0:
            return f"{_BYTES} bytes of map for {_BYTES} bytes: half the memory is table"
        return f"{_BYTES} entries, {told} pieces of news; the others say “the one before, plus one”"


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


def _bytes_in_words(run: int) -> str:
    return "1 byte" if run == 0 else f"{1 << run} bytes"


def _box(square: int, place: int) -> tuple[float, float, float, float]:
    row, column = divmod(place, _SIDE)
    return _LEFT[square] + column * _CELL, _BASE + (_SIDE - 1 - row) * _CELL, _CELL, _CELL


def _square(square: int) -> list[tuple[float, float, float, float]]:
    return [_box(square, place) for place in range(_BYTES)]


def _middle(square: int, place: int) -> tuple[float, float]:
    left, bottom, _, _ = _box(square, place)
    return left + _CELL / 2, bottom + _CELL / 2


def _run(square: int, first: int, length: int) -> tuple[float, float, float, float]:
    """Give the outline of a run of bytes; a run longer than a row takes whole rows."""
    rows = max(length // _SIDE, 1)
    left, bottom, _, _ = _box(square, first)
    wide = min(length, _SIDE) * _CELL
    return left, bottom - (rows - 1) * _CELL, wide, rows * _CELL
