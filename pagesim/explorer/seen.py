"""What did you see? A question about the picture above it, answered by where the learner left it.

The words stand in `data/seen`, one file for each lesson, and what is right in `sights`: a number
that only this position has, or a task, to bring the picture to where something is so::

    [frames-since-fork]
    question = "How many of its frames were not there before the fork?"
    unit = "frames"                      # of the number; a task has `show` instead:
    show = { state = "in swap" }         # the moves that lead from the opening to an answer

    [frames-since-fork.replies]
    yes = "{children}, {written} written by each."
    no = "Not {said}. ..."

In braces stand the facts of the position, and `said`, the learner's number. A task has a reply for
each way not to be there yet. Nothing is recorded, and nothing of the replies is in the notebook.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import ipywidgets as widgets

from ..markup import inline
from ..questions import entries
from .explorer import Explorer, latest
from .predictions import number_of
from .reply import Reply
from .sights import DONE, NO, SIGHTS, Sight

_HEAD = "What did you see?"
_LIVE_ONLY = "In a notebook that runs, a button looks at where you have left the picture."
_NO_PICTURE = "Run the cell with the picture first; the answer is taken from it."
_UNMOVED = "Move the picture above first: this is about where *you* leave it."


@dataclass(frozen=True)
class Asked:
    """A question about a picture, in words.

    Parameters
    ----------
    name : str
        Unique in the course; `sights` has a function of this name.
    question : str
    replies : mapping of str to str
        What is said to each outcome, with facts in braces.
    unit : str
        Of the number that is asked for; empty for a task.
    show : mapping of str to object
        Of a task, the moves that fulfil it.
    notebook : str
        The two digits of the lesson it belongs to.
    """

    name: str
    question: str
    replies: Mapping[str, str]
    unit: str = ""
    show: Mapping[str, Any] = field(default_factory=dict)
    notebook: str = ""


@cache
def asked() -> dict[str, Asked]:
    """Read every question about a picture, by name, in the order of the lessons.

    Examples
    --------
    >>> asked()["frames-since-fork"].unit
    'frames'
    """
    found = entries("seen")
    return {name: Asked(name, notebook=notebook, **words) for notebook, name, words in found}


class Seen(widgets.VBox):
    """A question about the picture above; make one with `seen`."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        wide = {"width": "auto", "max_width": "54em"}
        head = widgets.HTML(f"<b>{_HEAD}</b> {inline(asked.question)}", layout=wide)
        self.number = widgets.Text(
            placeholder="a number",
            description=asked.unit,
            tooltip=asked.unit,
            style={"description_width": f"{len(asked.unit) / 2 + 1}em"},
            layout={"width": "22em"},
        )
        self.button = widgets.Button(
            description="Check" if asked.unit else "There it is",
            disabled=bool(asked.unit),
            button_style="primary",
        )
        self.skip = widgets.Button(description="Show me")
        fields = [self.number] * bool(asked.unit)
        presses = {self.button: self._judge, self.skip: lambda *_: self._show()}
        self.reply = Reply(fields, presses, layout=wide)
        line = widgets.HBox(
            [*fields, self.button, self.skip],
            layout={"flex_flow": "row wrap"},
        )
        super().__init__([head, line, self.reply])
        self.add_class("pagesim-lab")
        self.number.observe(self._typed, "value")

    def answer(self, number: int | None = None) -> str:
        """Answer as a learner would, with a number if one is asked for, and return the reply."""
        if number is not None:
            self.number.value = str(number)
        self._judge(self.number.value)
        return str(self.reply.words)

    def _typed(self, change: Any) -> None:
        self.button.disabled = not change["new"].strip()

    def _judge(self, number: str = "") -> None:
        picture = self._picture()
        if picture is None:
            return
        if not picture.moved:
            self._say("", _UNMOVED)
            return
        sight, said = self._sight(picture), 0
        if self.asked.unit:
            try:
                said = number_of(number)
            except ValueError as mistake:
                self._say("✗", f"{mistake}.")
                return
        which = sight.answer
        if isinstance(which, int):
            which = DONE if which == said else NO
        wrong = "✗ Not so." if self.asked.unit else "✗ Not yet."
        self._say("✓ Yes." if which == DONE else wrong, self._words(which, sight, said))

    def _show(self) -> None:
        """Tell the number of the present position, or move the picture to where it is so."""
        picture = self._picture()
        if picture is None:
            return
        if not self.asked.unit:
            picture.reset()
            picture.move(**self.asked.show)
        sight = self._sight(picture)
        words = self._words(DONE, sight)
        if self.asked.unit:
            words = f"{sight.answer:,} {self.asked.unit}. {words}"
        self._say("Here:" if self.asked.unit else "There it is.", words)

    def _picture(self) -> Explorer | None:
        """Find the picture that is asked about, as it stands now; say so if there is none."""
        scene, _ = SIGHTS[self.asked.name]
        if scene not in latest:
            self._say("", _NO_PICTURE)
        return latest.get(scene)

    def _sight(self, picture: Explorer) -> Sight:
        _, look = SIGHTS[self.asked.name]
        return look(**picture.values)

    def _words(self, which: str, sight: Sight, said: int = 0) -> str:
        return self.asked.replies[which].format(said=f"{said:,}", **sight.facts)

    def _say(self, verdict: str, words: str) -> None:
        with self.reply.hold_sync():
            self.reply.verdict, self.reply.words = verdict, words

    def __repr__(self) -> str:
        return f"{_HEAD} {self.asked.question}"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options) or {}
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        page = f"<p><b>{_HEAD}</b> {inline(self.asked.question)} <i>{_LIVE_ONLY}</i></p>"
        return {**data, "text/plain": repr(self), "text/html": page}, metadata


def seen(name: str) -> Seen:
    """Ask what the learner saw in the picture above, about the very position it was left in.

    Parameters
    ----------
    name : str
        Which question.

    Raises
    ------
    ValueError
        If there is no such question.

    Examples
    --------
    >>> from pagesim import explore, scenes
    >>> picture, question = explore(scenes.CowShares()), seen("frames-since-fork")
    >>> question.answer(30)
    'Move the picture above first: this is about where *you* leave it.'
    >>> picture = picture.move(children=2)
    >>> question.answer(20)
    '2 children, 10 pages written by each: so many copies, and no other.'
    """
    if name not in asked():
        raise ValueError(f"no question {name!r} about a picture; there are {', '.join(asked())}")
    return Seen(asked()[name])
