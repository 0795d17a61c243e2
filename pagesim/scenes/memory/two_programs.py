"""Two programs, one memory: each sees its own picture, whole; memory holds the pieces anyhow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import NDArray

from ...arch import PagingMode, PteFormat
from ...draw import Boxes, Grid, Hue, Labels, Links, Pixels, middle, note
from ...draw.style import FRAME, INK, PAPER, RULE, TABLE, VIRTUAL
from ...memory import PhysicalMemory
from ...tables import LinearTable
from ..base import Controls, Finding, Scene, Sheet, Slider, Table, Toggle
from .motifs import SHADES, SIDE, boat, cat

# Pages of 64 pixels, 36 to a picture; a table of 64 one-byte entries, valid bit on top, is a frame.
_ENTRY = PteFormat(
    bytes=1,
    present=7,
    pfn_shift=0,
    pfn_bits=7,
    writable=None,
    user=None,
    accessed=None,
    dirty=None,
    huge=None,
    global_=None,
    nx=None,
)
_MODE = PagingMode("pictures", (6,), page_shift=6, pte=_ENTRY)
_EDGE, _ACROSS = 8, SIDE // 8  # pixels of a page's side, and pages in a row of a picture
_PAGES = _ACROSS * _ACROSS
_COLUMNS, _FRAMES = 10, 80
_FREE, _TABLE, _CAT, _BOAT = range(4)  # what a frame holds
_SEEN = tuple(Grid(left, 3.04, 0.4, 0.4, _ACROSS, _ACROSS) for left in (0.15, 6.45))
_RAM = Grid(2.9, 3.12, 0.32, 0.32, _COLUMNS, _FRAMES // _COLUMNS)


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
    controls = Controls(
        shuffle=Slider("shuffle memory", 0, 30, 7),
        page=Slider("follow page", 0, _PAGES - 1, 20),
        tables=Toggle("page tables", True),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw two pictures, and memory between them."""
        self.ram = _image(sheet, _RAM, FRAME)
        self.seen = [_image(sheet, grid, VIRTUAL) for grid in _SEEN]
        for grid in (*_SEEN, _RAM):
            Boxes(sheet, grid.boxes(), face="none", edge=PAPER, line=0.7, zorder=3)
        self.free = Boxes(sheet, edge=RULE, line=0.7, zorder=4)
        self.tables = Boxes(sheet, face=TABLE.fill, edge=TABLE.line, line=1.2, zorder=4)
        seen = [grid.outline for grid in _SEEN]
        for outlines, line, hue in ((seen, 1.6, VIRTUAL), ([_RAM.outline], 2.8, FRAME)):
            Boxes(sheet, outlines, face="none", edge=hue.line, line=line, zorder=5)
        # ink on paper, so that both can be seen on dark pieces
        self.lit = [
            Boxes(sheet, face="none", edge=color, line=line, zorder=7)
            for color, line in ((PAPER, 5.0), (INK, 2.4))
        ]
        self.links = Links(sheet, zorder=6)
        names = ("what program 1 sees", "what program 2 sees", "memory: 80 frames")
        for grid, words in zip((*_SEEN, _RAM), names, strict=True):
            note(sheet, grid.left, 3.26, words, size=10)
        self.marks = Labels(sheet, 2, size=9, align="center")
        self.notes = Labels(sheet, 3, size=10)

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Follow the piece that was clicked, in a picture or in memory; or use its page tables."""
        page = _SEEN[0].at(x, y)
        page = _SEEN[1].at(x, y) if page is None else page
        if page is not None:
            return {"page": page}
        state, pfn = _state(values["shuffle"], values["tables"]), _RAM.at(x, y)
        if pfn is not None and state.holds[pfn] == _TABLE:
            return {"tables": not values["tables"]}
        owned = (page for frames in state.frames for page, held in frames.items() if held == pfn)
        return next(({"page": page} for page in owned), {})

    def update(self, *, shuffle: int, page: int, tables: bool) -> Finding:
        """Show memory as it lies, and as the two programs see it."""
        state = _state(shuffle, tables)
        self.ram.set_data(state.ram)
        for image, seen in zip(self.seen, state.seen, strict=True):
            image.set_data(seen)
        kinds = np.array(state.holds)
        self.free.put([_RAM.box(int(pfn)) for pfn in np.flatnonzero(kinds == _FREE)])
        roots = [_RAM.box(int(pfn)) for pfn in np.flatnonzero(kinds == _TABLE)]
        self.tables.put(roots)
        self.marks.clear()
        for name, root in zip("12", roots, strict=True):
            self.marks.put(*middle(root), name)
        pfns = [frames[page] for frames in state.frames]
        ends = [(_SEEN[which].box(page), _RAM.box(pfn)) for which, pfn in enumerate(pfns)]
        lines = [[middle(tile), middle(frame)] for tile, frame in ends]
        self.links.put(lines * 2, [PAPER, PAPER, INK, INK], [5.0, 5.0, 1.8, 1.8])
        for boxes in self.lit:
            boxes.put([box for pair in ends for box in pair])
        self.notes.clear()
        for grid, pfn in zip(_SEEN, pfns, strict=True):
            self.notes.put(grid.left, 0.34, f"page {page} is in frame {pfn}")
        key = "pink: the page tables of 1 and 2"
        self.notes.put(_RAM.left, 0.34, key if tables else "a page is the frame of the same number")
        return Finding(
            _title(shuffle, tables),
            f"Shuffle {shuffle}: page {page} of the first program is in frame {pfns[0]}, page "
            f"{page} of the second in frame {pfns[1]}.",
        )

    def tabulate(self, *, shuffle: int, tables: bool, **_: Any) -> list[Table]:
        """List the frame of every page of both programs."""
        one, two = _state(shuffle, tables).frames
        rows = [(str(page), str(one[page]), str(two[page])) for page in range(_PAGES)]
        heads = ("page", "frame of program 1", "frame of program 2")
        return [Table("Where the pages lie", heads, rows)]


def _title(shuffle: int, tables: bool) -> str:
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


def _image(axes: Axes, grid: Grid, hue: Hue) -> Pixels:
    """Make an image whose shades go from paper over a hue to ink."""
    shades = LinearSegmentedColormap.from_list("", [PAPER, hue.fill, hue.line, INK])
    image = Pixels(axes, grid.outline, 1, 1, cmap=shades)
    image.set_clim(0, SHADES - 1)
    return image
