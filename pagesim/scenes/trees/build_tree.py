"""How the tree comes about: cut the flat table, drop what is empty, list what is left."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from ...arch import X86_64
from ...draw import Box, Boxes, Grid, Label, Labels, Links, hit_box, middle
from ...draw.style import INK, MUTED, PAPER, RULE, TABLE, VIRTUAL
from ...units import binary, count
from ..base import Choice, Finding, Scene, Sheet, Slider, Table
from ..pages import processes

_BITS = X86_64.index_bits[0]  # that choose an entry of a piece, which has 512 and fills a frame
_LEVELS, _VPN_BITS = X86_64.levels, sum(X86_64.index_bits)
_FRAME, _ENTRY = X86_64.page_bytes, X86_64.pte.bytes
_LAST = 2 * _LEVELS - 1  # the step with which the tree is built
_MOST = 7  # pieces drawn of a level
_TOP, _HIGH, _WIDE = 3.08, 2.2, 1.5  # of the columns
_BIT, _STRIP = 8.76 / X86_64.va_bits, (3.58, 0.3)  # width of a bit; bottom and height of them all
_HEADS = ("the flat table", "a list of its pieces", "a list of those", "a list of those")


class _Level(NamedTuple):
    """One level of the tree: how many pieces are kept, and those of them that are drawn."""

    kept: int
    drawn: tuple[int, ...]  # their numbers
    used: tuple[int, ...]  # entries in use in each


class BuildTree(Scene):
    """Cut the flat table, drop what is empty, list what is left: until one frame lists it all."""

    size = (9, 4.5)
    play = "step"
    clickable = True

    def __init__(self) -> None:
        names = processes.names()
        super().__init__(
            {
                "step": Slider("step", 0, _LAST, 0),
                "process": Choice("process", names, names[0]),
            }
        )

    def draw(self, sheet: Sheet) -> None:
        """Make room for the bits of an address, and for a column for each level."""
        self.bits = Boxes(sheet, line=1.4)
        self.widths = Labels(sheet, _LEVELS + 1, size=10, align="center")
        self.whole = Boxes(sheet, edge=TABLE.line, line=1.4, zorder=2)
        self.marks = Boxes(sheet, face=TABLE.line, edge="none", line=0, zorder=3)
        self.empty = Boxes(sheet, edge=RULE, line=0.9, linestyle="--", zorder=2)
        self.pieces = Boxes(sheet, face=TABLE.fill, edge=TABLE.line, line=1.6, zorder=3)
        self.links = Links(sheet, color=TABLE.line, width=1.2, zorder=1)
        self.heads = Labels(sheet, _LEVELS, size=10, weight="bold", align="center")
        self.words = Labels(sheet, _LEVELS * _MOST + 1, size=8.5, align="center")
        self.below = Labels(sheet, 2 * _LEVELS, size=9, align="center")
        self.sum = Label(sheet, 0.12, 0.16, size=10)

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the step that cuts the column that was clicked."""
        level = hit_box([_column(level) for level in range(_LEVELS)], x, y)
        return {} if level is None else {"step": min(2 * level + 2, _LAST)}

    def update(self, *, step: int, process: str) -> Finding:
        """Show the table and its lists as far as they have been made, and cut."""
        levels = _levels(process)
        made, cut = 1 + max(0, (step - 1) // 2), step // 2 + (step in (1, _LAST))
        self._address(cut)
        for pool in (self.heads, self.words, self.below):
            pool.clear()
        whole, marks, pieces = list[Box](), list[Box](), list[Box]()
        links = list[list[tuple[float, float]]]()
        for level in range(made):
            x, name = middle(_column(level))[0], X86_64.level_names[-1 - level]
            self.heads.put(x, _TOP + 0.17, name if step == _LAST else _HEADS[level])
            boxes = _places(levels, level)
            if level < cut:
                pieces += boxes
                for box, used in zip(boxes, levels[level].used, strict=True):
                    self.words.put(*middle(box), f"{used} of 512 in use")
            else:
                whole.append(_column(level))
                listed = _places(levels, level - 1) if level else boxes
                marks += [_entry(level, middle(box)[1]) for box in listed]
            if level:
                links += _links(levels, level, level < cut)
            for line, words in enumerate(_below(levels[level], level, level < cut, step == 1)):
                self.below.put(x, _TOP - _HIGH - 0.17 - 0.2 * line, words, INK if line else MUTED)
        self.whole.put(whole)
        self.marks.put(marks)
        gaps = _gaps(len(levels[0].drawn)) if step == 1 else []
        self.empty.put(gaps)
        for gap in gaps:
            self.words.put(*middle(gap), "empty", MUTED)
        self.pieces.put(pieces)
        self.links.put(links)
        frames = [level.kept for level in levels[:cut]]
        rest = _ENTRY << _VPN_BITS - _BITS * cut if made > cut else 0
        self.sum.text = _sum(frames, rest) if step > 1 else ""
        pages = f"{len(processes.present(process, X86_64.va_bits)):,} pages"
        return Finding(
            _title(step, levels, pages),
            f"Step {step} of {_LAST}: {process}, {pages} in use. Bits of the page number: "
            f"{' + '.join(map(str, _cuts(cut)))}."
            + (f" {_sum(frames, rest)}." if step > 1 else ""),
        )

    def tabulate(self, *, step: int, process: str) -> list[Table]:
        """List the levels that have been made, the flat table's first."""
        levels, rows = _levels(process), []
        made, cut = 1 + max(0, (step - 1) // 2), step // 2 + (step in (1, _LAST))
        for level in range(made):
            name = X86_64.level_names[-1 - level] if step == _LAST else _HEADS[level]
            many, weighs = _below(levels[level], level, level < cut, step == 1)
            rows.append((name, many, weighs))
            if level < cut:
                used = (str(each) for each in levels[level].used)
                rows.append((f"{name}: entries in use of the 512", ", ".join(used), ""))
        return [Table(f"{process}, step {step}", ("what", "how much of it", "weighs"), rows)]

    def _address(self, cut: int) -> None:
        """Divide the bits: those that choose an entry of a piece, and those still to be cut."""
        self.widths.clear()
        boxes, faces = list[Box](), list[str]()
        bottom, high = _STRIP
        x = 0.12
        for bits in (*_cuts(cut), X86_64.page_shift):
            boxes.append((x, bottom, bits * _BIT, high))
            x += bits * _BIT
            last = len(boxes) > len(_cuts(cut))
            faces.append(VIRTUAL.fill if last else PAPER if bits > _BITS else TABLE.fill)
            words = "offset: 12" if last else f"{bits} bits"
            self.widths.put(*middle(boxes[-1]), words)
        self.bits.put(boxes, faces, [TABLE.line] * (len(boxes) - 1) + [VIRTUAL.line])


# -- what stands where, and what it says ----------------------------------------------------------


def _column(level: int) -> Box:
    """Give the outline of a level's column: the flat table stands on the right."""
    return 0.3 + (_LEVELS - 1 - level) * 2.3, _TOP - _HIGH, _WIDE, _HIGH


def _rows(level: int, drawn: int) -> Grid:
    """Lay out a column: a gap, a piece, a gap, a piece … a gap."""
    return Grid(_column(level)[0], _TOP, _WIDE, _HIGH / (2 * drawn + 1), rows=2 * drawn + 1)


def _places(levels: list[_Level], level: int) -> list[Box]:
    """Place the pieces of a level that are drawn."""
    drawn = len(levels[level].drawn)
    rows = _rows(level, drawn)
    high = min(rows.high, 0.3)
    spots = [rows.middle(2 * place + 1) for place in range(drawn)]
    return [(x - _WIDE / 2, y - high / 2, _WIDE, high) for x, y in spots]


def _gaps(drawn: int) -> list[Box]:
    """Place the empty pieces of the flat table, as one in each gap."""
    rows = _rows(0, drawn)
    return [rows.box(place) for place in range(0, len(rows), 2)]


def _entry(level: int, y: float) -> Box:
    return _column(level)[0], y - 0.015, _WIDE, 0.03


def _links(levels: list[_Level], level: int, cut: bool) -> list[list[tuple[float, float]]]:
    """Join the entries of a level to the pieces that they name."""
    parents = dict(zip(levels[level].drawn, _places(levels, level), strict=True))
    links = []
    for number, box in zip(levels[level - 1].drawn, _places(levels, level - 1), strict=True):
        end = middle(box)[1]
        start = middle(parents[number >> _BITS])[1] if cut else end
        links.append([(_column(level)[0] + _WIDE, start), (box[0], end)])
    return links


def _below(level: _Level, at: int, cut: bool, falling: bool) -> tuple[str, str]:
    """Say of a column how much there is of it, and what that weighs."""
    entries = 1 << _VPN_BITS - _BITS * at
    if falling:
        return f"{entries >> _BITS:,} pieces", f"{binary(_FRAME)} each"
    if not cut:
        return count(entries, "entry"), binary(entries * _ENTRY)
    drawn = "" if level.kept == len(level.drawn) else f"; {len(level.drawn)} are drawn"
    pieces = count(entries >> _BITS, "piece")
    kept = pieces if entries == 1 << _BITS else f"{level.kept:,} of {pieces}"
    return kept, binary(level.kept * _FRAME) + drawn


def _cuts(cut: int) -> list[int]:
    """Give the widths into which the bits of the page number are divided."""
    rest = _VPN_BITS - _BITS * cut
    return [rest] * (rest > 0) + [_BITS] * cut


def _sum(frames: list[int], rest: int) -> str:
    """Add up the frames that the pieces take, and what is still in one piece."""
    total = sum(frames)
    parts = " + ".join(map(str, frames)) + (f" = {total}" if len(frames) > 1 else "")
    said = f"{parts} frames, {binary(total * _FRAME)}"
    return f"{said}, and a list of {binary(rest)}" if rest else f"{said}, instead of 512 GiB"


def _title(step: int, levels: list[_Level], pages: str) -> str:
    if step == 0:
        return f"A flat table: {1 << _VPN_BITS:,} entries for {pages}"
    if step == 1:
        return f"Cut into pieces of 512 entries: each fills one frame of {binary(_FRAME)}"
    if step == _LAST:
        return f"The last list has 512 entries: one frame. {_VPN_BITS} = {_LEVELS} × {_BITS}"
    level = step // 2 - 1
    entries = 1 << _VPN_BITS - _BITS * (level + 1)
    if step % 2:
        where = "Where are they?" if level == 0 else "And where are these?"
        return f"{where} A list of all pieces has {entries:,} entries"
    kept = f"{levels[level].kept:,} of {count(entries, 'piece')}"
    return f"{kept} have an entry in use; the others fall away"


# -- the process behind the picture ---------------------------------------------------------------


@cache
def _levels(process: str) -> list[_Level]:
    """Cut, and cut again; return the pieces kept at each level, the flat table's first."""
    entries = processes.present(process, X86_64.va_bits)
    levels, drawn = list[_Level](), np.array([], int)
    for _ in range(_LEVELS):
        pieces, used = np.unique(entries >> _BITS, return_counts=True)
        if not levels:
            drawn = pieces[np.unique(np.linspace(0, len(pieces) - 1, _MOST).round().astype(int))]
        else:  # those that list what is drawn already
            drawn = np.unique(drawn >> _BITS)
        uses = used[np.searchsorted(pieces, drawn)]
        levels.append(_Level(len(pieces), tuple(drawn.tolist()), tuple(uses.tolist())))
        entries = pieces
    return levels
