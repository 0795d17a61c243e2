"""The picture of an explorer in the browser: pixels, alt text, readout, clicks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets
from ipywidgets import Widget, widget_serialization

_HERE = Path(__file__).parent


class Picture(anywidget.AnyWidget):
    """An image that has alt text, says its readout to screen readers, and reports clicks.

    `widgets.Image` has no alt text and cannot be touched.
    """

    png = traitlets.Bytes(b"").tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)
    mistake = traitlets.Bool(False).tag(sync=True)  # whether `alt` tells of a mistaken input
    size = traitlets.List([900, 360]).tag(sync=True)  # CSS pixels
    clickable = traitlets.Bool(False).tag(sync=True)
    click: traitlets.List[float] = traitlets.List().tag(
        sync=True
    )  # x and y from the upper left in 0..1, click number
    order: traitlets.List[Any] = traitlets.List().tag(sync=True)  # undo, reset, copy; its number
    code: traitlets.List[Any] = traitlets.List().tag(sync=True)  # what is to be copied; its number
    tabular = traitlets.Bool(False).tag(sync=True)  # whether it has numbers to be listed
    tabled = traitlets.Bool(False).tag(sync=True)  # whether they are wanted
    tables = traitlets.Unicode("").tag(sync=True)  # HTML, if they are
    place = traitlets.Int(0).tag(sync=True)  # counts positions
    controls: traitlets.List[Widget] = traitlets.List().tag(
        sync=True, **widget_serialization
    )  # whose states a picture that was drawn ahead names, in this order
    played: traitlets.List[Widget] = traitlets.List().tag(
        sync=True, **widget_serialization
    )  # Play and the slider that it moves, if there is one
    ratio = traitlets.Float(1.0).tag(sync=True)  # screen pixels per CSS pixel

    _esm = "\n".join(
        (_HERE / f"{name}.js").read_text("utf-8")
        for name in ("hear", "keys", "tools", "ahead", "picture")
    )
    _css = (_HERE / "picture.css").read_text("utf-8")
