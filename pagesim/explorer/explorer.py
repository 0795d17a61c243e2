"""A live picture: controls above, the picture below, and a sentence that says what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ipywidgets as widgets

from ..draw import Stage
from ..scenes import Scene
from .ahead import Idle, state_of, steps_from
from .album import Album, saved_outputs
from .controls import opening, read, widget_for, write
from .picture import Picture
from .position import History, code_of
from .quiet import move_quietly

_CSS_DPI = 100  # an inch of a scene is 100 CSS pixels
_SLOW = 0.5  # seconds; who moves on while such a picture is drawn ahead would wait for it

latest: dict[type[Scene], Explorer] = {}
"""The explorer made last of each scene that was given nothing: the one that a lesson asks about."""


class Explorer(widgets.VBox):
    """A scene with its controls; make one with `explore`.

    Where Python runs it is live. A saved notebook holds the last picture with its readout, as a
    figure (`text/html`, for an HTML export), as `image/png` (for one on paper), and the readout
    alone (`text/plain`), which is also what tests compare.
    """

    def __init__(self, scene: Scene, **values: Any) -> None:
        self.scene = scene
        self.controls, self.values = opening(scene, values)
        self.stage = Stage(scene, dpi=_CSS_DPI)
        self._album = Album(self.stage)
        self.inputs = {
            name: widget
            for name, control in self.controls.items()
            if (widget := widget_for(control)) is not None
        }
        shown = self._grid()
        self.picture = Picture(
            size=[round(side * _CSS_DPI) for side in scene.size],
            clickable=scene.clickable,
            tabular=bool(scene.tabulate(**self.values)),
            controls=list(self.inputs.values()),
            played=[self._play, self.inputs[scene.play]] if scene.play else [],
        )
        self._settling = False
        self._idle = Idle()
        self._start, self._history = dict(self.values), History()
        grid = widgets.GridBox(shown, layout={"max_width": f"{self.picture.size[0]}px"})
        grid.add_class("pagesim-controls")
        super().__init__([grid, self.picture])
        self.add_class("pagesim-explorer")
        for name, widget in self.inputs.items():
            widget.observe(lambda change, name=name: self._moved(name), "value")
        self.picture.observe(self._clicked, "click")
        self.picture.observe(self._ordered, "order")
        self.picture.observe(self._screen, "ratio")
        self.picture.on_msg(self._told)
        self.picture.observe(lambda _: self._tabulate(), "tabled")
        self._show()
        move_quietly()

    def move(self, **changes: Any) -> str:
        """Set controls as a learner would, one after the other, and return the readout."""
        self._history.leave(" ".join(changes), self.values)
        for name, value in changes.items():
            self.values = self.scene.settle(name, {**self.values, name: value})
        self._show()
        return self.readout

    def undo(self) -> str:
        """Go back to the position before the last move, and return the readout."""
        self.values = self._history.back() or self.values
        self._show()
        return self.readout

    def reset(self) -> str:
        """Go to where it started, and return the readout; `undo` leads back."""
        if self.values != self._start:
            self._history.leave("reset", self.values)
        self.values = dict(self._start)
        self._show()
        return self.readout

    @property
    def moved(self) -> bool:
        """Whether it stands elsewhere than where it started."""
        return self.values != self._start

    @property
    def code(self) -> str:
        """The call that shows this position."""
        return code_of(self.scene, self.values)

    def _grid(self) -> list[widgets.Widget]:
        """Lay out the controls; Play stands beside the slider that it moves."""
        shown: list[widgets.Widget] = list(self.inputs.values())
        self._play: widgets.Play | None = None
        if self.scene.play:
            slider = self.inputs[self.scene.play]
            self._play = widgets.Play(
                min=slider.min,
                max=slider.max,
                value=slider.value,
                interval=1100,
                show_repeat=False,
                tooltip="play the steps",
                layout={"width": "5em"},
            )
            slider.layout.flex = "1 1 auto"
            shown[shown.index(slider)] = widgets.HBox([slider, self._play])
        return shown

    def _moved(self, name: str) -> None:
        if self._settling:
            return
        try:
            value = read(self.controls[name], self.inputs[name])
        except ValueError as mistake:
            with self.picture.hold_sync():
                self.picture.alt, self.picture.mistake = f"{mistake}.", True
            return
        values = self.scene.settle(name, {**self.values, name: value})
        if values != self.values:
            self._history.leave(name, self.values)
        self.values = values
        self._show()
        self._idle.begin(self._ahead(name))

    def _told(self, _: Any, content: dict[str, Any], buffers: Any) -> None:
        """Hear which control has the focus, and what is being typed there."""
        name = list(self.inputs)[content["control"]]
        self._idle.begin(self._ahead(name, content["typed"]))

    def _ahead(self, name: str, typed: str | None = None) -> Iterator[None]:
        """Draw and send what a step of a control would show, a picture at a time."""
        if self._album.took > _SLOW:
            return
        states = {each: state_of(widget) for each, widget in self.inputs.items()}
        for state, value in steps_from(self.controls[name], self.inputs[name], typed):
            values = self.scene.settle(name, {**self.values, name: value})
            if values == self.values:
                continue
            drawn = self._album.at(values)
            stand = list({**states, name: state}.values())
            said = {"place": self.picture.place, "controls": stand, "alt": drawn.readout}
            self.picture.send(said, [drawn.png])
            yield

    def _ordered(self, change: Any) -> None:
        what, number = change["new"]
        if what == "copy":
            self.picture.code = [self.code, number]
        elif what in ("undo", "reset"):
            getattr(self, what)()

    def _clicked(self, change: Any) -> None:
        across, down, _ = change["new"]
        width, height = self.scene.size
        changes = self.scene.hit(across * width, (1 - down) * height, **self.values)
        if changes:
            self.move(**changes)

    def _screen(self, change: Any) -> None:
        self._album.resize(_CSS_DPI * change["new"])
        self.picture.png = self._album.at(self.values).png

    def _show(self) -> None:
        """Paint the present values and set every control to them."""
        self._idle.end()
        drawn = self._album.at(self.values)
        self.readout = drawn.readout
        with self.picture.hold_sync():
            self.picture.alt, self.picture.mistake = self.readout, False
            self.picture.png = drawn.png
            self.picture.place += 1
            self._tabulate()
        self._settling = True
        try:
            limits = self.scene.limits(self.values)
            for name, widget in self.inputs.items():
                # a scene that is played ends where it ends, whatever range was asked for
                own = self.scene.controls if name == self.scene.play else self.controls
                write(own[name], widget, self.values[name], limits.get(name))
            if self._play is not None:
                slider = self.inputs[self.scene.play]
                if (self._play.min, self._play.max) != (slider.min, slider.max):
                    self._play.min, self._play.max = slider.min, slider.max
        finally:
            self._settling = False

    def _tabulate(self) -> None:
        """List the numbers of the picture, if somebody wants them."""
        self.picture.tables = self._tables() if self.picture.tabled else ""

    def _tables(self) -> str:
        return "".join(table.html() for table in self.scene.tabulate(**self.values))

    def __repr__(self) -> str:
        return self.readout

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options) or {}
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        png = self._album.saved(self.values)
        width, height = self.picture.size
        return (
            {**data, **saved_outputs(png, self.readout, self._tables(), self.picture.size)},
            {**metadata, "image/png": {"width": width, "height": height}},
        )


def explore(scene: Scene, **controls: Any) -> Explorer:
    """Show a scene with its controls, live.

    Parameters
    ----------
    scene : Scene
        A picture of one question.
    **controls
        Where its controls start, in ipywidgets' abbreviations: a value, ``(lowest, highest)`` for
        a slider, a list of options for a choice.

    Returns
    -------
    Explorer
        A widget; what a notebook saves of it is the picture and the readout.

    Raises
    ------
    ValueError
        If the scene has no such control, or the value is outside it.

    Examples
    --------
    >>> from pagesim import X86_64, scenes
    >>> explore(scenes.AddressBits(X86_64), va=0x20_0000)
    One address, five numbers. Address 0x200000: PGD 0, PUD 0, PMD 1, PTE 0, offset 0.
    """
    made = Explorer(scene, **controls)
    if not any(scene.given):
        latest[type(scene)] = made
    return made
