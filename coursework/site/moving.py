"""An explorer as data for a page: its controls, every drawn position, and the squares they need."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from pagesim.scenes import Address, Choice, Control, Hidden, Slider, Toggle

from .clicks import Grid, grid_of, runs_of
from .positions import Values, drawn_positions, moved, told_positions
from .still import Still
from .tiles import COLUMNS, TILE, Pixels, Sheet, webp

TELLING = 20  # positions drawn; with fewer, none is told that is not drawn


def write_explorer(explorer: Still, name: str, folder: Path, most: int) -> None:
    """Draw an explorer's positions, and write what a page needs to move it.

    Three files: NAME.webp is the opening, NAME-squares.webp what other positions are laid out of,
    and NAME.js what they are.

    Parameters
    ----------
    explorer : Still
    name : str
        Unique on the site.
    folder : Path
    most : int
        How many positions are drawn (see `drawn_positions`).
    """
    positions = drawn_positions(explorer, most)
    first = _painted(explorer)
    sheet = Sheet(first)
    drawn = [(explorer.readout, sheet.add(first))]
    for values in positions[1:]:
        readout = explorer.stage.show(**values)
        drawn.append((readout, sheet.add(_painted(explorer))))
    told = told_positions(explorer, positions) if most >= TELLING else []
    data = _Data(explorer, positions, told).whole(drawn)
    data |= {"width": sheet.width, "height": sheet.height, "tile": TILE, "columns": COLUMNS}
    (folder / f"{name}.webp").write_bytes(webp(first))
    (folder / f"{name}-squares.webp").write_bytes(sheet.webp())
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    script = f'(window.pagesimExplorers ??= {{}})["{name}"] = {text};\n'
    (folder / f"{name}.js").write_text(script, "utf-8")


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


class _Data:
    """Positions as lists of indices into the values that each control takes in them."""

    def __init__(
        self, explorer: Still, drawn: list[Values], told: list[tuple[Values, int]]
    ) -> None:
        self.explorer, self.drawn, self.told = explorer, drawn, told
        self.positions = [*drawn, *(values for values, _ in told)]
        self.names = list(explorer.controls)
        self.values = {name: self._taken(name) for name in self.names}
        self.numbers = {
            tuple(each[name] for name in self.names): number
            for number, each in enumerate(self.positions)
        }
        self.grids: dict[tuple[int, ...], int] = {}
        self.changes: dict[str, int] = {}

    def whole(self, drawn: list[tuple[str, list[int]]]) -> dict[str, Any]:
        """Write everything as plain data."""
        scene = self.explorer.scene
        frames = []
        asked: list[Grid | None] = []
        for values, (readout, runs) in zip(self.drawn, drawn, strict=True):
            asked.append(grid_of(scene, values) if scene.clickable else None)
            frames.append(self._frame(values, readout, asked[-1]) | {"squares": runs})
        for values, near in self.told:
            readout = scene.update(**values).readout
            frames.append(self._frame(values, readout, asked[near]) | {"near": near})
        columns, rows = self.shape if self.grids else (0, 0)
        return {
            "controls": [self._control(name) for name in self.names],
            "play": self.names.index(scene.play) if scene.play else -1,
            "grid": [columns, rows],
            "clicks": [runs_of(cells) for cells in self.grids],
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

    def _frame(self, values: Values, readout: str, grid: Grid | None) -> dict[str, Any]:
        frame: dict[str, Any] = {"at": self._indices(values), "says": readout}
        if spans := self._spans(values):
            frame["spans"] = spans
        if settled := self._settled(values):
            frame["settled"] = settled
        if grid is not None:
            frame["grid"], frame["leads"] = self._clicked(values, grid)
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

    def _clicked(self, values: Values, grid: Grid) -> tuple[int, list[int]]:
        """Say which grid of clicks is this position's, and where its changes lead."""
        self.shape = grid.columns, grid.rows
        own = self._number(values)
        renamed, leads = {-1: -1}, []
        for number, change in enumerate(grid.changes):
            target = self._number(moved(self.explorer, values, change))
            if target is None or target == own:
                renamed[number] = -1
                continue
            name = repr(sorted(change.items()))
            renamed[number] = self.changes.setdefault(name, len(self.changes))
            leads += [renamed[number], target]
        cells = tuple(renamed[cell] for cell in grid.cells)
        return self.grids.setdefault(cells, len(self.grids)), leads


def _painted(explorer: Still) -> Pixels:
    return np.array(np.asarray(explorer.stage.canvas.buffer_rgba())[..., :3])
