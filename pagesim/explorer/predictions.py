"""Predict, then count: the learner says what the kernel will count, and then sees the table."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import ipywidgets as widgets

from ..host.lab import Lab, Row, Value
from ..host.table import shown
from .reply import Reply

_HEAD, _FOLD = "Predict, then count.", "What was counted"
_LONGEST = 24  # characters of a number


class Prediction(widgets.VBox):
    """A lab whose table appears once the learner has predicted; make one with `predict_first`."""

    def __init__(self, lab: Lab, live: bool = True) -> None:
        self.lab, self.report = lab, lab.measure(live)
        asked = [row for row in lab.rows() if row.name in lab.asked]
        self.questions = {row.name: _question(row, lab.unit) for row in asked}
        width = f"{max(map(len, self.questions.values()), default=0) / 2 + 1}em"
        self.inputs = {row.name: _input(row, self.questions[row.name], width) for row in asked}
        wide = {"width": "auto", "max_width": "54em"}
        head = widgets.HTML(f"<b>{_HEAD}</b> {escape(lab.title)}", layout=wide)
        self.count = widgets.Button(description="Count", disabled=True, button_style="primary")
        self.skip = widgets.Button(description="Skip")
        self.reply = Reply(
            self.inputs.values(),
            {self.count: self._count, self.skip: lambda *_: self._reveal({})},
            folds=f"lab-{lab.fold()}",
            layout=wide,
        )
        self.table = widgets.HTML()
        buttons = widgets.HBox([self.count, self.skip])
        super().__init__([head, *self.inputs.values(), buttons, self.reply, self.table])
        self.add_class("pagesim-lab")
        for each in self.inputs.values():
            each.observe(self._said, "value")

    def predict(self, yours: Mapping[str, Value]) -> str:
        """Predict as a learner would, by the names of the rows, and return the reply.

        Raises
        ------
        ValueError
            If a row is not asked for, or a word is not among its options.
        """
        for name, value in yours.items():
            if name not in self.inputs:
                raise ValueError(f"{name!r} is not asked; {list(self.inputs)} are")
            given, known = str(value), getattr(self.inputs[name], "options", (str(value),))
            if given not in known:
                raise ValueError(f"{given!r} is not among {list(known)[1:]}")
            self.inputs[name].value = given
        self._count(*(each.value for each in self.inputs.values()))
        return str(self.reply.words)

    def _said(self, _: Any) -> None:
        self.count.disabled = not any(each.value.strip() for each in self.inputs.values())

    def _count(self, *said: str) -> None:
        try:
            yours = {
                name: each if hasattr(field, "options") else number_of(each)
                for (name, field), each in zip(self.inputs.items(), said, strict=True)
                if each.strip()
            }
        except ValueError as mistake:
            self._say("✗", f"{mistake}.")
            return
        if yours:  # else the last of them was taken back just before
            self._reveal(yours)

    def _reveal(self, yours: Mapping[str, Value]) -> None:
        self.table.value = self.report.beside(yours)._repr_html_()
        who = "the kernel" if self.report.live else "the recorded kernel"
        said = (
            f"{name}: you say {shown(value)}, the model {shown(self.report.predicted[name])}, "
            f"{who} {shown(self.report.counted[name])}."
            for name, value in yours.items()
        )
        with self.reply.hold_sync():
            self._say("", " ".join(said) or "Nothing predicted; this is what was counted.")
            self.reply.opened += 1

    def _say(self, verdict: str, words: str) -> None:
        with self.reply.hold_sync():
            self.reply.verdict, self.reply.words = verdict, words

    def __repr__(self) -> str:
        return repr(self.report)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options) or {}
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        asked = "".join(f"<li>{escape(question)}</li>" for question in self.questions.values())
        page = (
            f"<p><b>{_HEAD}</b> {escape(self.lab.title)}</p><ul>{asked}</ul>"
            f"<details><summary>{_FOLD}</summary>{self.report._repr_html_()}</details>"
        )
        return {**data, "text/plain": repr(self), "text/html": page}, metadata


def predict_first(lab: Lab, live: bool = True) -> Prediction:
    """Ask for the learner's own prediction, and then show it beside the model's and the kernel's.

    Nothing is graded; Skip shows the table at once. One cell of a lesson holds the whole lab::

        predict_first(host.OwnBytes())

    What is asked are the rows that the lab names in `Lab.asked`. The kernel counts when the cell
    runs, so a saved notebook holds the table too: folded away, and as words, which tests compare.
    Prose that tells the counts is folded as well, in ``<details class="lab-own-bytes">`` with the
    summary *Counted? Then read on.*, and opens together with the table.

    Parameters
    ----------
    lab : Lab
        One of `pagesim.host`.
    live : bool
        False shows the recorded counts even where this machine could count.

    Examples
    --------
    >>> from pagesim import host
    >>> lab = predict_first(host.Belady(), live=False)
    >>> lab.predict({"pages sent out with 4 frames": 7})
    'pages sent out with 4 frames: you say 7, the model 6, the recorded kernel 6.'
    """
    return Prediction(lab, live)


def _question(row: Row, unit: str) -> str:
    """Say what is asked: the row's name, and the unit of its number."""
    if row.choices:
        return row.name
    unit = unit or next((word for word in row.words[1:] if isinstance(word, str)), "")
    return f"{row.name} ({unit})" if unit else row.name


def _input(row: Row, question: str, width: str) -> widgets.Text | widgets.Dropdown:
    """Make a box for a number or a list of words, with its question before it."""
    look: dict[str, Any] = {
        "description": question,
        "tooltip": question,  # without one, ipywidgets shows "null"
        "style": {"description_width": width},
        "layout": {"width": "auto", "max_width": "48em"},
    }
    if row.choices:
        return widgets.Dropdown(options=("", *row.choices), value="", **look)
    return widgets.Text(placeholder="a number", **look)


def number_of(text: str) -> int:
    """Read a number as people write it: 4096, 4,096 or 0x1000.

    Raises
    ------
    ValueError
        If it is no whole number, or a very long one.
    """
    digits = "".join(text.split()).replace(",", "").replace("_", "")
    try:
        if len(digits) > _LONGEST:
            raise ValueError
        return int(digits, 16 if digits.lower().startswith("0x") else 10)
    except ValueError:
        shown = text.strip()
        shown = shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
        raise ValueError(f"{shown!r} is not a number; write digits, as in 4096") from None
