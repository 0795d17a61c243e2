"""What every scene has: controls, a picture built once and moved often, and a readout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..draw import Finding, Sheet, Table, data_at, paper


@dataclass(frozen=True, slots=True)
class Slider:
    """A whole number from `low` to `high`, shown by `words` where the number says too little."""

    label: str
    low: int
    high: int
    value: int
    words: Callable[[int], str] | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few named options."""

    label: str
    options: tuple[str, ...]
    value: str


@dataclass(frozen=True, slots=True)
class Toggle:
    """Yes or no."""

    label: str
    value: bool


@dataclass(frozen=True, slots=True)
class Address:
    """A number of `bits` bits, written in hex."""

    label: str
    bits: int
    value: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """A value that only clicks and other controls change."""

    value: Any


__all__ = [
    "Address",
    "Choice",
    "Control",
    "Controls",
    "Finding",
    "Hidden",
    "Plot",
    "Scene",
    "Sheet",
    "Slider",
    "Table",
    "Toggle",
    "Values",
]

Control = Slider | Choice | Toggle | Address | Hidden
Values = Mapping[str, Any]


class Controls(dict[str, Control]):
    """The controls of a scene by name, in the order in which they are shown."""

    def __init__(self, **controls: Control) -> None:
        super().__init__(controls)


class Scene:
    """A moving picture of one question. It knows no widget.

    A subclass sets `size` (inches) and `controls`, draws everything once in `draw`, and moves it in
    `update`, which returns the finding: the picture's title, and one or two sentences that tell the
    whole of it to someone who cannot see the picture. The same values always give the same picture.

    Attributes
    ----------
    controls : dict of str to Control
        What the learner can move, with labels in words and a default that shows the point.
    play : str
        The slider that a Play button moves, if the scene goes in steps.
    still_changed : bool
        Set by `update` when it has changed an artist that is not animated.
    given : tuple of (tuple, dict)
        What it was made from.
    """

    size: ClassVar[tuple[float, float]] = (9.0, 3.6)
    play: ClassVar[str] = ""
    clickable: ClassVar[bool] = False
    controls: Mapping[str, Control] = Controls()
    still_changed = False
    given: tuple[tuple[Any, ...], dict[str, Any]]

    def __new__(cls, *positional: Any, **named: Any) -> Self:
        scene = super().__new__(cls)
        scene.given = positional, named
        return scene

    def __init__(self, controls: Mapping[str, Control] | None = None) -> None:
        if controls is not None:  # those that depend on what the scene is given
            self.controls = controls

    def build(self, figure: Figure) -> None:
        """Lay paper on a figure, and draw on it."""
        self.draw(paper(figure))

    def draw(self, sheet: Sheet) -> None:
        """Make the axes, the still parts, and the artists that will move."""
        raise NotImplementedError

    def update(self, *args: Any, **values: Any) -> Finding:
        """Move everything to `values` and return what is to be seen."""
        raise NotImplementedError

    def tabulate(self, *args: Any, **values: Any) -> list[Table]:
        """Give the numbers that the picture shows at `values`; none if the readout has them all."""
        return []

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Make the values agree with each other after the control `changed` has moved."""
        for name, (low, high) in self.limits(values).items():
            values = {**values, name: min(max(values[name], low), high)}
        return values

    def limits(self, values: Values) -> dict[str, tuple[int, int]]:
        """Give the range of each slider whose range depends on the others."""
        return {}

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Say what a click changes; `x` and `y` are inches from the picture's lower left."""
        return {}


class Plot(Scene):
    """A scene whose axes, `self.axes`, are what is clicked: each click is a place in their data."""

    clickable = True
    axes: Axes

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Turn a click within the axes into data, and say what it changes."""
        here = data_at(self.axes, x, y)
        return {} if here is None else self.hit_data(*here, **values)

    def hit_data(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Say what a click changes; `x` and `y` are in the data of the axes."""
        raise NotImplementedError
