"""Bets: before a surprise, the learner commits to an answer, and gets a reply to that answer.

Until then, what answers the bet stays folded. A lesson does this in one way:

1. ``bet("one-page")`` asks. The words stand in `data/bets` (see `questions`), not in the cell.
2. Results that answer it are shown by ``reveal("one-page", table.table_bytes)``.
3. Prose that answers it stands in a Markdown cell between
   ``<details class="bet-one-page"><summary>Placed your bet? Then read on.</summary>`` and
   ``</details>``, with an empty line after the first and before the second.
4. A picture that comes next starts before the surprise: ``explore(scene, frames=3)``. One that
   would answer the bet all the same is folded, too: ``reveal("one-page", explore(scene))``.

Placing the bet opens everything folded under its name, and so does *Read on without a bet*. Without
a kernel, a click opens each fold: `<details>` is the browser's own, needs no script, and is left
alone by JupyterLab's sanitizer together with its class.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as widgets

from ..markup import inline
from ..questions import Question, questions
from .reply import Reply

placed: dict[str, tuple[str, str]] = {}
"""Every bet placed in this session: its name, the option chosen, and the learner's because."""

opened: set[str] = set()
"""Every bet whose answer may be seen: placed, or passed over."""

listeners: list[Callable[[], None]] = []
"""What is called after a bet has been placed."""


class Bet(widgets.VBox):
    """A question with options; make one with `bet`."""

    def __init__(self, question: Question) -> None:
        self.question = question
        wide = {"width": "auto", "max_width": "54em"}
        self.choice = widgets.RadioButtons(options=list(question.replies), value=None, layout=wide)
        self.because = widgets.Text(
            placeholder="because … (for yourself; nobody reads it)", layout={"width": "34em"}
        )
        self.button = widgets.Button(
            description="Place the bet", disabled=True, button_style="primary"
        )
        self.skip = widgets.Button(description="Read on without a bet", layout={"width": "auto"})
        self.reply = Reply(
            [self.choice, self.because],
            {self.button: self._place, self.skip: lambda *_: self._open()},
            folds=fold_class(question.name),
            layout=wide,
        )
        line = widgets.HBox(
            [self.because, self.button, self.skip], layout={"flex_flow": "row wrap"}
        )
        head = widgets.HTML(f"<b>Your bet.</b> {inline(question.text)}", layout=wide)
        super().__init__([head, self.choice, line, self.reply])
        self.add_class("pagesim-bet")
        self.choice.observe(self._chosen, "value")

    def place(self, option: str, because: str = "") -> str:
        """Bet as a learner would, and return the reply as text."""
        replies = self.question.replies
        if option not in replies:
            raise ValueError(f"bet {self.question.name!r}: {option!r} is not among {list(replies)}")
        self.choice.value, self.because.value = option, because
        self._place(option, because)
        return replies[option]

    def _chosen(self, change: Any) -> None:
        self.button.disabled = change["new"] is None

    def _open(self) -> None:
        opened.add(self.question.name)
        self.reply.opened += 1

    def _place(self, option: str, because: str) -> None:
        placed[self.question.name] = (option, because)
        right = option == self.question.truth
        with self.reply.hold_sync():
            self.reply.verdict = "✓ You win." if right else "✗ The house wins."
            self.reply.words = self.question.replies[option]
            self._open()
        self.button.description = "Bet again"
        for listener in listeners:
            listener()

    def __repr__(self) -> str:
        lines = (f"  ( ) {option}" for option in self.question.replies)
        return "\n".join([f"Your bet. {self.question.text}", *lines])

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options) or {}
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        folded = "".join(
            f"<details><summary>{escape(option)}</summary><p>{inline(reply)}</p></details>"
            for option, reply in self.question.replies.items()
        )
        page = f"<p><b>Your bet.</b> {inline(self.question.text)}</p>{folded}"
        return {**data, "text/plain": repr(self), "text/html": page}, metadata


def fold_class(name: str) -> str:
    """Name the class of everything that stays folded until a bet is placed."""
    return f"bet-{name}"


def bet(name: str) -> Bet:
    """Ask before a surprise: the learner commits, and the reply answers that very choice.

    Parameters
    ----------
    name : str
        Which bet.

    Raises
    ------
    ValueError
        If there is no such bet.

    Examples
    --------
    >>> bet("two-megabytes")
    Your bet. Two mapped pages lie 2 MiB apart, ... How many of the four do they share?
      ( ) 1
      ( ) 2
      ( ) 3
      ( ) 4
    """
    if name not in questions():
        raise ValueError(f"no bet {name!r}; there are {', '.join(questions())}")
    return Bet(questions()[name])
