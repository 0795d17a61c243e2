"""The reply to a bet or a prediction in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ..markup import inline

_HERE = Path(__file__).parent


class Reply(anywidget.AnyWidget):
    """A verdict and a sentence, said to screen readers when they come; it opens what was folded."""

    verdict = traitlets.Unicode("").tag(sync=True)
    words = traitlets.Unicode("")  # with `code` and *stress*; the learner's own may be among them
    html = traitlets.Unicode("").tag(sync=True)  # the same, escaped, for the page
    folds = traitlets.Unicode("").tag(sync=True)  # class of what stays folded until then
    opened = traitlets.Int(0).tag(sync=True)  # how often it was to be opened

    @traitlets.observe("words")
    def _written(self, change: Any) -> None:
        self.html = inline(change["new"])

    _esm = "\n".join(
        (_HERE / f"{name}.js").read_text("utf-8") for name in ("hear", "keys", "reply")
    )
    _css = (_HERE / "picture.css").read_text("utf-8")
