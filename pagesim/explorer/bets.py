"""Bets: before a surprise, the learner commits to an answer, and gets a reply to that answer."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import ipywidgets as widgets

from .reply import Reply

placed: dict[str, tuple[str, str]] = {}
"""Every bet placed in this session: its name, the option chosen, and the learner's because."""


class Bet(widgets.VBox):
    """A question with options; make one with `bet`."""

    def __init__(self, name: str, question: str, options: Mapping[str, str], truth: str) -> None:
        if truth not in options:
            raise ValueError(f"bet {name!r}: {truth!r} is not among {list(options)}")
        if len(options) < 2:
            raise ValueError(f"bet {name!r} has {len(options)} option; a bet needs 2 or more")
        self.name, self.question, self.options, self.truth = name, question, dict(options), truth
        wide = {"width": "auto", "max_width": "54em"}
        self.choice = widgets.RadioButtons(options=list(options), value=None, layout=wide)
        self.because = widgets.Text(
            placeholder="because … (for yourself; nobody reads it)", layout={"width": "34em"}
        )
        self.button = widgets.Button(
            description="Place the bet", disabled=True, button_style="primary"
        )
        self.reply = Reply(layout=wide)
        line = widgets.HBox([self.because, self.button], layout={"flex_flow": "row wrap"})
        head = widgets.HTML(f"<b>Your bet.</b> {escape(question)}", layout=wide)
        super().__init__([head, self.choice, line, self.reply])
        self.add_class("pagesim-bet")
        self.choice.observe(self._chosen, "value")
        self.button.on_click(lambda _: self._place())

    def place(self, option: str, because: str = "") -> str:
        """Bet as a learner would, and return the reply as text."""
        if option not in self.options:
            raise ValueError(f"bet {self.name!r}: {option!r} is not among {list(self.options)}")
        self.choice.value, self.because.value = option, because
        self._place()
        return self.options[option]

    def _chosen(self, change: Any) -> None:
        self.button.disabled = change["new"] is None

    def _place(self) -> None:
        option = self.choice.value
        placed[self.name] = (option, self.because.value)
        right = option == self.truth
        with self.reply.hold_sync():
            self.reply.verdict = "✓ You win." if right else "✗ The house wins."
            self.reply.words = self.options[option]
        self.button.description = "Bet again"

    def __repr__(self) -> str:
        lines = (f"  ( ) {option}" for option in self.options)
        return "\n".join([f"Your bet. {self.question}", *lines])

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options) or {}
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        folded = "".join(
            f"<details><summary>{escape(option)}</summary><p>{escape(reply)}</p></details>"
            for option, reply in self.options.items()
        )
        page = f"<p><b>Your bet.</b> {escape(self.question)}</p>{folded}"
        return {**data, "text/plain": repr(self), "text/html": page}, metadata


def bet(name: str, question: str, options: Mapping[str, str], truth: str) -> Bet:
    """Ask before a surprise: the learner commits, and the reply answers that very choice.

    Parameters
    ----------
    name : str
        What the bet is kept under.
    question : str
        One sentence.
    options : mapping of str to str
        Each possible answer, and what to say to the learner who chose it.
    truth : str
        The option that is right.

    Raises
    ------
    ValueError
        If there are fewer than two options or `truth` is not one of them.

    Examples
    --------
    >>> bet("flat", "How large is a flat table for 48 bits?",
    ...     {"512 MiB": "That is 29 bits' worth.", "512 GiB": "Yes."}, truth="512 GiB")
    Your bet. How large is a flat table for 48 bits?
      ( ) 512 MiB
      ( ) 512 GiB
    """
    return Bet(name, question, options, truth)
