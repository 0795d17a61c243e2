"""Two programs, one memory: each sees its own picture, whole; memory holds the pieces anyhow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from ...arch import PagingMode, PteFormat
from ...draw import (
    FRAME,
    INK,
    MUTED,
    PAPER,
    RULE,
    TABLE,
    VIRTUAL,
    Boxes,
    Hue,
    Label,
    Labels,
    paper,
    title,
)
from ...memory import PhysicalMemory
from ...tables import LinearTable
from ..base import Scene, Slider, Toggle
from .motifs import SHADES, SIDE, boat, cat

# Pages of 64 pixels, 36 to a picture; a table of 64 one-byte entries, valid bit on top, is a frame.
_ENTRY = PteFormat(
    bytes=1, present=7, pfn_shift=0, pfn_bits=7, writable=None, user=None, accessed=None,
    dirty=None, huge=None, global_=None, nx=None,
)  # fmt: skip
_MODE = PagingMode("pictures", (6,), page_shift=6, pte=_ENTRY)
_EDGE, _ACROSS = 8, SIDE // 8  # pixels of a page's side, and pages in a row of a picture
_PAGES = _ACROSS * _ACROSS
_COLUMNS, _FRAMES = 10, 80
_FREE, _TABLE, _CAT, _BOAT = range(4)  # what a frame holds
_TILE, _SEEN, _RAM = 0.4, (0.15, 6.45), (2.9, 0.56, 0.32)  # inches; RAM: left, bottom, frame
_BASE = 0.64  # bottom of the two pictures


@dataclass(frozen=True)
class _State:
    """Memory, what each frame holds, and what the two programs see."""

    ram: NDArray[np.uint8]
    holds: tuple[int, ...]
    frames: tuple[dict[int, int], dict[int, int]]  # page -> frame, of the cat's and the boat's
    seen: tuple[NDArray[np.uint8], NDArray[np.uint8]]


class TwoPrograms(Scene):
    """Shuffle memory under two running programs; then take their page tables away."""

    size = (9, 3.86)
    clickable = True

    def __init__(self) -> None:
        super().__init__(
            {
                "shuffle": Slider("shuffle memory", 0, 30, 7),
                "page": Slider("follow page", 0, _PAGES - 1, 20),
                "tables": Toggle("page tables", True),
            }
        )

    def build(self, figure: Figure) -> None:
        """Hang up two pictures, and memory between them."""
        sheet = paper(figure)
        self.title = title(sheet)
        left, bottom, frame = _RAM
        rows = _FRAMES // _COLUMNS
        self.ram = _image(sheet, left, bottom, _COLUMNS * frame, rows * frame, FRAME)
        self.seen = [
            _image(sheet, x, _BASE, _ACROSS * _TILE, _ACROSS * _TILE, VIRTUAL) for x in _SEEN
        ]
        grid = [_tile(which, page) for which in (0, 1) for page in range(_PAGES)]
        Boxes(sheet, grid, face="none", edge=PAPER, line=0.7, zorder=3)
        Boxes(
            sheet, [_frame(i) for i in range(_FRAMES)], face="none", edge=PAPER, line=0.7, zorder=3
        )
        self.free = Boxes(sheet, face=PAPER, edge=RULE, line=0.7, zorder=4)
        self.tables = Boxes(sheet, face=TABLE.fill, edge=TABLE.line, line=1.2, zorder=4)
        outer = [(x, _BASE, _ACROSS * _TILE, _ACROSS * _TILE) for x in _SEEN]
        Boxes(sheet, outer, face="none", edge=VIRTUAL.line, line=1.6, zorder=5)
        whole = (left, bottom, _COLUMNS * frame, rows * frame)
        Boxes(sheet, [whole], face="none", edge=FRAME.line, line=2.8, zorder=5)
        # ink on paper, so that both can be seen on dark pieces
        self.lit = [
            Boxes(sheet, face="none", edge=color, line=line, zorder=7)
            for color, line in ((PAPER, 5.0), (INK, 2.4))
        ]
        self.links = LineCollection([], animated=True, zorder=6)
        sheet.add_collection(self.links, autolim=False)
        for x, words in zip((*_SEEN, left), ("what program 1 sees", "what program 2 sees",
                            "memory: 80 frames"), strict=True):  # fmt: skip
            Label(sheet, x, 3.26, words, size=10, color=MUTED, moving=False)
        self.marks = Labels(sheet, 2, size=9, align="center")
        self.notes = Labels(sheet, 3, size=10)

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Follow the piece that was clicked, in a picture or in memory."""
        for which in (0, 1):
            column = int((x - _SEEN[which]) // _TILE)
            row = int((_BASE + _ACROSS * _TILE - y) // _TILE)
            if 0 <= column < _ACROSS and 0 <= row < _ACROSS:
                return {"page": row * _ACROSS + column}
        state = _state(values["shuffle"], values["tables"])
        for frames in state.frames:
            for page, pfn in frames.items():
                left, bottom, wide, high = _frame(pfn)
                if left <= x < left + wide and bottom <= y < bottom + high:
                    return {"page": page}
        return {}

    def update(self, *, shuffle: int, page: int, tables: bool) -> str:
        """Show memory as it lies, and as the two programs see it."""
        state = _state(shuffle, tables)
        self.ram.set_data(state.ram)
        for image, seen in zip(self.seen, state.seen, strict=True):
            image.set_data(seen)
        kinds = np.array(state.holds)
        self.free.put([_frame(int(pfn)) for pfn in np.flatnonzero(kinds == _FREE)])
        roots = [_frame(int(pfn)) for pfn in np.flatnonzero(kinds == _TABLE)]
        self.tables.put(roots)
        self.marks.clear()
        for name, (x, y, wide, high) in zip("12", roots, strict=True):
            self.marks.put(x + wide / 2, y + high / 2, name)
        pfns = [frames[page] for frames in state.frames]
        lines, lit = [], []
        for which, pfn in enumerate(pfns):
            tile, frame = _tile(which, page), _frame(pfn)
            lines.append([_centre(tile), _centre(frame)])
            lit += [tile, frame]
        self.links.set_segments(lines * 2)
        self.links.set_color([PAPER, PAPER, INK, INK])
        self.links.set_linewidth([5.0, 5.0, 1.8, 1.8])
        for boxes in self.lit:
            boxes.put(lit)
        self.notes.clear()
        for x, pfn in zip(_SEEN, pfns, strict=True):
            self.notes.put(x, 0.34, f"page {page} is in frame {pfn}")
        self.notes.put(_RAM[0], 0.34, "pink: the page tables of 1 and 2" if tables else
                       "a page is the frame of the same number")  # fmt: skip
        self.title.text = finding = self._finding(shuffle, tables)
        return (
            f"{finding}. Shuffle {shuffle}: page {page} of the first program is in frame "
            f"{pfns[0]}, page {page} of the second in frame {pfns[1]}."
        )

    def _finding(self, shuffle: int, tables: bool) -> str:
        if not tables:
            return "Without page tables both see the same memory, as it lies"
        if shuffle == 0:
            return "Memory in order: one picture after the other"
        return "Memory is a jumble, and neither program notices"


# -- the machine behind the picture --------------------------------------------------------------


@lru_cache(maxsize=64)
def _state(shuffle: int, tables: bool) -> _State:
    """Put both pictures into memory, page by page, and read them back as the programs would."""
    memory = PhysicalMemory(_FRAMES, frame_bytes=_MODE.page_bytes)
    order = sorted(memory.alloc() for _ in range(_FRAMES))
    if shuffle:
        Random(shuffle).shuffle(order)
    holds = [_FREE] * _FRAMES
    maps, seen = [], []
    for which, motif in enumerate((cat(), boat())):
        kind = (_CAT, _BOAT)[which]
        root = order[2 * _PAGES + which]
        table = LinearTable(_MODE, memory, root=root)
        holds[root] = _TABLE
        for page, pfn in enumerate(order[which * _PAGES : (which + 1) * _PAGES]):
            table.map(page * _MODE.page_bytes, pfn)
            holds[pfn] = kind
            row, column = divmod(page, _ACROSS)
            piece = motif[row * _EDGE : (row + 1) * _EDGE, column * _EDGE : (column + 1) * _EDGE]
            start = pfn * _MODE.page_bytes
            memory.bytes[start : start + _MODE.page_bytes] = piece.ravel()
        pas = [table.walk(page * _MODE.page_bytes).pa or 0 for page in range(_PAGES)]
        maps.append({page: pa // _MODE.page_bytes for page, pa in enumerate(pas)})
    if not tables:
        maps = [{page: page for page in range(_PAGES)}] * 2
    for frames in maps:
        seen.append(_picture(memory, [frames[page] for page in range(_PAGES)], _ACROSS))
    ram = _picture(memory, list(range(_FRAMES)), _COLUMNS)
    return _State(ram, tuple(holds), (maps[0], maps[1]), (seen[0], seen[1]))


def _picture(memory: PhysicalMemory, pfns: list[int], across: int) -> NDArray[np.uint8]:
    """Lay frames side by side, so many to a row."""
    tiles = memory.bytes.reshape(-1, _EDGE, _EDGE)[pfns]
    rows = tiles.reshape(-1, across, _EDGE, _EDGE).swapaxes(1, 2)
    return np.minimum(rows.reshape(-1, across * _EDGE), SHADES - 1)


def _image(axes: Any, left: float, bottom: float, wide: float, high: float, hue: Hue) -> AxesImage:
    """Make an image whose shades go from paper over a hue to ink."""
    shades = LinearSegmentedColormap.from_list("", [PAPER, hue.fill, hue.line, INK])
    image = AxesImage(axes, cmap=shades, interpolation="nearest", origin="upper",
                      extent=(left, left + wide, bottom, bottom + high), zorder=2)  # fmt: skip
    image.set_data(np.zeros((1, 1)))
    image.set_clim(0, SHADES - 1)
    image.set_animated(True)
    axes.add_artist(image)
    return image


def _tile(which: int, page: int) -> tuple[float, float, float, float]:
    row, column = divmod(page, _ACROSS)
    x, y = _SEEN[which] + column * _TILE, _BASE + (_ACROSS - 1 - row) * _TILE
    return x, y, _TILE, _TILE


def _frame(pfn: int) -> tuple[float, float, float, float]:
    left, bottom, side = _RAM
    row, column = divmod(pfn, _COLUMNS)
    return left + column * side, bottom + (_FRAMES // _COLUMNS - 1 - row) * side, side, side


def _centre(box: tuple[float, float, float, float]) -> tuple[float, float]:
    return box[0] + box[2] / 2, box[1] + box[3] / 2
