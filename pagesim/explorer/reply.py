"""The reply to a bet or a prediction in the browser."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import anywidget
import ipywidgets as widgets
import traitlets

from ..markup import inline

_HERE = Path(__file__).parent

_Field: TypeAlias = widgets.Text | widgets.RadioButtons | widgets.Dropdown


class Reply(anywidget.AnyWidget):
    """A verdict and a sentence, said to screen readers when they come; it opens what was folded.

    Parameters
    ----------
    fields : iterable of Text, RadioButtons or Dropdown
        What can be filled in, in the order of the page.
    presses : mapping of Button to callable
        What can be pressed, in the order of the page, and what is called then: with one value for
        each field, as it stood on the page. The field itself may hear of it before or after, in
        another thread, and be a change or two behind.
    """

    verdict = traitlets.Unicode("").tag(sync=True)
    words = traitlets.Unicode("")  # with `code` and *stress*; the learner's own may be among them
    html = traitlets.Unicode("").tag(sync=True)  # the same, escaped, for the page
    folds = traitlets.Unicode("").tag(sync=True)  # class of what stays folded until then
    opened = traitlets.Int(0).tag(sync=True)  # how often it was to be opened
    takes_presses = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        fields: Iterable[_Field] = (),
        presses: Mapping[widgets.Button, Callable[..., None]] | None = None,
        **traits: Any,
    ) -> None:
        self.fields, self._presses = list(fields), presses or {}
        super().__init__(takes_presses=bool(self._presses), **traits)
        for button in self._presses:
            button.on_click(self._clicked)
        self.on_msg(self._pressed)

    def _clicked(self, button: widgets.Button) -> None:
        """Take a press from Python: what the fields hold is what is shown."""
        self._presses[button](*(each.value for each in self.fields))

    def _pressed(self, _: Any, press: Any, __: Any) -> None:
        shown = iter(press["shown"])
        values = (_value(each, next(shown, None)) for each in self.fields)
        list(self._presses.values())[press["pressed"]](*values)

    @traitlets.observe("words")
    def _written(self, change: Any) -> None:
        self.html = inline(change["new"])

    _esm = "\n".join(
        (_HERE / f"{name}.js").read_text("utf-8") for name in ("hear", "keys", "press", "reply")
    )
    _css = (_HERE / "picture.css").read_text("utf-8")


def _value(field: _Field, shown: Any) -> Any:
    """Say what a field would hold: the page tells words, or the number of an option."""
    if shown is None or isinstance(field, widgets.Text):
        return shown
    option = field.options[shown]
    return option[1] if isinstance(option, tuple) else option
