"""An explorer as data for a page: its controls, every drawn position, and the squares they need."""

from __future__ import annotations

import json
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import numpy as np

from pagesim.scenes import (
    Address,
    Bill,
    Choice,
    Control,
    Hidden,
    MissCurve,
    Scene,
    Slider,
    Switching,
    Toggle,
)
from pagesim.traces import PageTrace

from .clicks import Changes, Grid, grid_of, runs_of
from .numbers import Numbers
from .positions import Values, drawn_positions, every_position, moved
from .still import Still
from .strokes import Strokes
from .tiles import COLUMNS, TILE, Pixels, Sheet, webp

HEAVY = 1_200_000  # bytes of an explorer's squares: a page has several explorers
SAMPLE = 10  # positions: a site that has no more of each explorer is there to be tried
# Scenes of the recorded programs, which a page shows at every position, each with the controls on
# which it depends where a click leads.
EVERYWHERE: dict[type[Scene], tuple[str, ...]] = {
    MissCurve: (),
    Switching: ("processes",),
    Bill: (),
}


def write_explorer(explorer: Still, name: str, folder: Path, most: int) -> None:
    """Draw an explorer's positions, and write what a page needs to move it.

    Three files: NAME.webp is the opening, NAME.js tells of every position, and the third what a
    page draws them of. NAME-squares.webp holds pieces of those that were drawn; if all positions
    are there (`EVERYWHERE`), NAME-still.webp is what all have in common, and the rest are strokes.

    Parameters
    ----------
    explorer : Still
    name : str
        Unique on the site.
    folder : Path
    most : int
        How many positions are drawn (see `drawn_positions`), or fewer where they are heavy. It is
        no bound for `EVERYWHERE`, unless it is a `SAMPLE`.
    """
    explorer.stage.show(**explorer.values)
    first = _painted(explorer)
    (folder / f"{name}.webp").write_bytes(webp(first))
    data: dict[str, Any]
    if type(explorer.scene) in EVERYWHERE and not _is_own(explorer.scene):
        data = _stroked(explorer, most)
        explorer.stage.canvas.draw()  # without what moves
        (folder / f"{name}-still.webp").write_bytes(webp(_painted(explorer)))
    else:
        positions = drawn_positions(explorer, most)
        sheet = Sheet(first)
        said, squares = [explorer.readout], [sheet.add(first)]
        for values in positions[1:]:
            said.append(explorer.stage.show(**values))
            squares.append(sheet.add(_painted(explorer)))
        picture = sheet.webp()
        if len(picture) > HEAVY and most > 1:
            write_explorer(explorer, name, folder, most * 4 // 5)
            return
        data = _Data(explorer, positions).whole(said, squares)
        data |= {"tile": TILE, "columns": COLUMNS}
        (folder / f"{name}-squares.webp").write_bytes(picture)
    height, width = first.shape[:2]
    data |= {"width": width, "height": height}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    script = f'(window.pagesimExplorers ??= {{}})["{name}"] = {text};\n'
    (folder / f"{name}.js").write_text(script, "utf-8")


def _stroked(explorer: Still, most: int) -> dict[str, Any]:
    """Tell of all positions there are, or of a sample, with the strokes of each."""
    whole = most > SAMPLE
    positions = every_position(explorer) if whole else drawn_positions(explorer, most)
    strokes = Strokes(explorer.stage)
    said, parts = [], []
    for values in positions:
        said.append(explorer.stage.move(**values))
        parts.append(strokes.add())
    deciding = EVERYWHERE[type(explorer.scene)] if whole else None
    return _Data(explorer, positions, deciding).whole(said, parts) | strokes.table()


def words_of(control: Control, value: Any) -> str:
    """Write a value of a control as the page shows it, and as a link holds it.

    Examples
    --------
    >>> words_of(Slider("pages", 0, 3, 0, lambda n: f"{1 << n}"), 3)
    '8'
    >>> words_of(Address("address", 48, 0), 0x5E48)
    '0x5e48'
    """
    match control:
        case Slider(words=words) if words is not None:
            return words(int(value))
        case Toggle():
            return "yes" if value else "no"
        case Address():
            return f"{value:#x}"
        case _:
            return str(value)


def _is_own(scene: Scene) -> bool:
    """Tell whether a scene shows a learner's own trace: a page has an example, and little room."""
    positional, named = scene.given
    return any(isinstance(each, PageTrace) for each in (*positional, *named.values()))


class _Data:
    """Positions as lists of indices into the values that each control takes in them."""

    def __init__(
        self, explorer: Still, positions: list[Values], deciding: tuple[str, ...] | None = None
    ) -> None:
        self.explorer, self.positions = explorer, positions
        self.names = list(explorer.controls)
        self.deciding = self.names if deciding is None else deciding
        self.values = {name: self._taken(name) for name in self.names}
        self.numbers = {
            tuple(each[name] for name in self.names): number
            for number, each in enumerate(self.positions)
        }
        self.asked: dict[Hashable, Grid] = {}
        self.numbers_of = Numbers()
        self.grids: dict[tuple[int, ...], int] = {}
        self.changes: dict[tuple[int, ...], int] = {}
        self.sentences: dict[str, int] = {}

    def whole(self, said: list[str], pictures: list[list[int]]) -> dict[str, Any]:
        """Write everything as plain data; of each position its readout, and what it is made of."""
        scene = self.explorer.scene
        frames = [
            self._frame(values, readout) | {"shows": picture}
            for values, readout, picture in zip(self.positions, said, pictures, strict=True)
        ]
        return {
            "controls": [self._control(name) for name in self.names],
            "play": self.names.index(scene.play) if scene.play else -1,
            "grid": [*self.shape] if self.grids else [0, 0],
            "clicks": [runs_of(cells) for cells in self.grids],
            "changes": [*self.changes],
            "sentences": [*self.sentences],
            "numbers": self.numbers_of.data,
            "frames": frames,
        }

    def _taken(self, name: str) -> list[Any]:
        """List the values that a control takes: in its own order, or as they come."""
        taken = list(dict.fromkeys(each[name] for each in self.positions))
        control = self.explorer.controls[name]
        if isinstance(control, Choice):
            return [option for option in control.options if option in taken]
        return sorted(taken) if isinstance(control, Slider | Toggle | Address) else taken

    def _control(self, name: str) -> dict[str, Any]:
        control = self.explorer.controls[name]
        return {
            "name": name,
            "kind": type(control).__name__.lower(),
            "label": "" if isinstance(control, Hidden) else control.label,
            "words": [words_of(control, value) for value in self.values[name]],
        }

    def _frame(self, values: Values, readout: str) -> dict[str, Any]:
        sentences = [
            self.sentences.setdefault(each, len(self.sentences)) for each in readout.split(". ")
        ]
        frame: dict[str, Any] = {"at": self._indices(values), "says": sentences}
        if tables := self.explorer.scene.tabulate(**values):
            frame["tables"] = self.numbers_of.add(tables)
        if spans := self._spans(values):
            frame["spans"] = spans
        if settled := self._settled(values):
            frame["settled"] = settled
        if self.explorer.scene.clickable:
            frame["grid"], frame["leads"] = self._clicked(values)
        return frame

    def _indices(self, values: Values) -> list[int]:
        return [self.values[name].index(values[name]) for name in self.names]

    def _number(self, values: Values) -> int | None:
        return self.numbers.get(tuple(values[name] for name in self.names))

    def _spans(self, values: Values) -> dict[int, list[int]]:
        """Give the range of each slider whose range depends on the others, as indices."""
        spans = {}
        for name, (low, high) in self.explorer.scene.limits(values).items():
            inside = [k for k, value in enumerate(self.values[name]) if low <= value <= high]
            if inside and len(inside) < len(self.values[name]):
                spans[self.names.index(name)] = [inside[0], inside[-1]]
        return spans

    def _settled(self, values: Values) -> list[int]:
        """Say where a control's move leads if it moves others too: control, value, position."""
        found: list[int] = []
        for at, name in enumerate(self.names):
            if isinstance(self.explorer.controls[name], Hidden):
                continue
            for index, value in enumerate(self.values[name]):
                simple = {**values, name: value}
                settled = moved(self.explorer, values, {name: value})
                number = self._number(settled)
                if number is not None and settled != simple:
                    found += [at, index, number]
        return found

    def _clicked(self, values: Values) -> tuple[int, list[int]]:
        """Say which grid of clicks is this position's, and where those lead that move more."""
        grid = self._grid(values)
        self.shape = grid.columns, grid.rows
        renamed, leads = {-1: -1}, list[int]()
        for number, change in enumerate(grid.changes):
            renamed[number] = self.changes.setdefault(self._indexed(change), len(self.changes))
            settled = moved(self.explorer, values, change)
            if settled != {**values, **change}:
                target = self._number(settled)
                leads += [renamed[number], -1 if target is None else target]
        cells = tuple(renamed[cell] for cell in grid.cells)
        return self.grids.setdefault(cells, len(self.grids)), leads

    def _grid(self, values: Values) -> Grid:
        key = tuple(values[name] for name in self.deciding)
        if key not in self.asked:
            self.asked[key] = grid_of(self.explorer.scene, values)
        return self.asked[key]

    def _indexed(self, change: Changes) -> tuple[int, ...]:
        """Write a change as control, index, and so on; -1 for a value of no position."""
        found: list[int] = []
        for name, value in change.items():
            taken = self.values[name]
            found += [self.names.index(name), taken.index(value) if value in taken else -1]
        return tuple(found)


def _painted(explorer: Still) -> Pixels:
    return np.array(np.asarray(explorer.stage.canvas.buffer_rgba())[..., :3])
