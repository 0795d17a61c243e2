"""The reply to a bet or a prediction in the browser."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as widgets
import traitlets

from ..markup import inline

_HERE = Path(__file__).parent


class Reply(anywidget.AnyWidget):
    """A verdict and a sentence, said to screen readers when they come; it opens what was folded.

    Parameters
    ----------
    fields : sequence of Text, RadioButtons or Dropdown
        What can be filled in, in the order of the page.
    buttons : sequence of Button
        What can be pressed, in the order of the page. A press brings along what the fields show,
        and they have it before the button hears of it.
    """

    verdict = traitlets.Unicode("").tag(sync=True)
    words = traitlets.Unicode("")  # with `code` and *stress*; the learner's own may be among them
    html = traitlets.Unicode("").tag(sync=True)  # the same, escaped, for the page
    folds = traitlets.Unicode("").tag(sync=True)  # class of what stays folded until then
    opened = traitlets.Int(0).tag(sync=True)  # how often it was to be opened
    takes_presses = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        fields: Sequence[widgets.Text | widgets.RadioButtons | widgets.Dropdown] = (),
        buttons: Sequence[widgets.Button] = (),
        **traits: Any,
    ) -> None:
        self._fields, self._buttons = fields, buttons
        super().__init__(takes_presses=bool(buttons), **traits)
        self.on_msg(self._pressed)

    def _pressed(self, _: Any, press: Any, __: Any) -> None:
        button = self._buttons[press["pressed"]]
        if button.disabled:  # pressed twice, and the first time was the last that it could be
            return
        for field, shown in zip(self._fields, press["shown"], strict=False):
            if isinstance(field, widgets.Text):
                field.value = shown
            else:
                field.index = shown
        if not button.disabled:  # what is shown may be nothing
            button.click()

    @traitlets.observe("words")
    def _written(self, change: Any) -> None:
        self.html = inline(change["new"])

    _esm = "\n".join(
        (_HERE / f"{name}.js").read_text("utf-8") for name in ("hear", "keys", "press", "reply")
    )
    _css = (_HERE / "picture.css").read_text("utf-8")
