"""Questions one after the other, each answered before the next is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any, Protocol

import ipywidgets as widgets

from ..markup import inline
from .reply import Reply

_WIDE = {"width": "auto", "max_width": "54em"}


class Quizzed(Protocol):
    """What a quiz needs of an answer."""

    @property
    def words(self) -> str: ...
    @property
    def reply(self) -> str: ...


class Posed(Protocol):
    """What a quiz needs of a question."""

    @property
    def text(self) -> str: ...
    @property
    def answers(self) -> Sequence[Quizzed]: ...
    @property
    def key(self) -> int: ...


class Quiz(widgets.VBox):
    """One line and a button; then question after question, and a word at the end.

    Parameters
    ----------
    head : str
        The line: what is asked, and how long it takes.
    posed : sequence of Posed
        The questions.
    answered : callable
        Called with the number of a question and of the answer, as soon as it is given.
    end : callable
        Called with how many answers were right when all have been given; returns what is said.
    replies : bool
        Whether an answer is replied to. If not, nothing says what was right.
    saved : bool
        Whether the questions stand in a saved notebook, folded away.
    """

    def __init__(
        self,
        head: str,
        posed: Sequence[Posed],
        answered: Callable[[int, int], None],
        end: Callable[[int], str],
        replies: bool = True,
        saved: bool = True,
    ) -> None:
        self.head, self.posed, self.replies, self.saved = head, list(posed), replies, saved
        self.number = self.right = 0  # answers so far
        self._asking = False  # whether one is awaited
        self._answered, self._end = answered, end
        self.title = widgets.HTML(inline(head), layout=_WIDE)
        self.question = widgets.HTML(layout=_WIDE)
        self.choice = widgets.RadioButtons(options=[], layout=_WIDE)
        self.button = widgets.Button(
            description="Ask me", layout={"width": "auto"}, disabled=not self.posed
        )
        self.reply = Reply([self.choice], {self.button: self._pressed}, layout=_WIDE)
        self.line = widgets.HBox([self.title, self.button], layout={"flex_flow": "row wrap"})
        super().__init__([self.line])
        self.add_class("pagesim-bet")

    def answer(self, option: int) -> None:
        """Answer the question that is asked, as a learner would, and go on to the next.

        Raises
        ------
        ValueError
            If no question is left, or it has no such answer.
        """
        if self.number >= len(self.posed):
            raise ValueError(f"question {self.number + 1} of {len(self.posed)} is not there")
        answers = self.posed[self.number].answers
        if not 0 <= option < len(answers):
            raise ValueError(f"answer {option} lies outside 0..{len(answers) - 1}")
        if not self._asking:
            self._ask()
        self.choice.value = option
        self._take(option)
        if self.replies:
            self._ask()

    def _pressed(self, option: int) -> None:
        if not self._asking:
            self._ask()
        elif not self.button.disabled:  # else it was pressed twice, for the question before
            self._take(option)

    def _ask(self) -> None:
        """Show the next question, or the end."""
        if self.number >= len(self.posed):
            self._say("", self._end(self.right))
            self.line.children, self.children = [self.title], [self.line, self.reply]
            return
        one = self.posed[self.number]
        count = f"<b>{self.number + 1} of {len(self.posed)}.</b> "
        self.question.value = count + inline(one.text)
        options = [(each.words, n) for n, each in enumerate(one.answers)]
        # a new one each time: a choice that comes late is not for the next question
        self.choice = widgets.RadioButtons(options=options, value=None, layout=_WIDE)
        self.choice.observe(self._chosen, "value")
        self.reply.fields = [self.choice]
        self._say("", "")
        self.button.description, self.button.disabled = "Answer", True
        self._asking = True
        self.line.children = [self.title]
        line = widgets.HBox([self.button])  # else it is as wide as the page
        self.children = [self.line, self.question, self.choice, line, self.reply]

    def _take(self, option: int) -> None:
        """Take an answer to the question that is asked."""
        one = self.posed[self.number]
        self._asking = False
        self._answered(self.number, option)
        self.number, self.right = self.number + 1, self.right + (option == one.key)
        if not self.replies:
            self._ask()
            return
        self.choice.disabled = True
        words = one.answers[option].reply
        if option != one.key:
            words += f" Right would have been: {one.answers[one.key].words}."
        self._say("✓ Right." if option == one.key else "✗ Not so.", words)
        last = self.number == len(self.posed)
        self.button.description = "Done" if last else "Next question"

    def _say(self, verdict: str, words: str) -> None:
        with self.reply.hold_sync():
            self.reply.verdict, self.reply.words = verdict, words

    def _chosen(self, change: Any) -> None:
        if self._asking and change["owner"] is self.choice:
            self.button.disabled = change["new"] is None

    def __repr__(self) -> str:
        lines = [self.head]
        for one in self.posed if self.saved else ():
            lines += [one.text, *(f"  ( ) {each.words}" for each in one.answers)]
        return "\n".join(lines)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options) or {}
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        page = f"<p>{inline(self.head)}</p>"
        if self.saved and self.posed:
            folds = "".join(map(_fold, self.posed))
            page = f"<details><summary>{inline(self.head)}</summary>{folds}</details>"
        return {**data, "text/plain": repr(self), "text/html": page}, metadata


def _fold(one: Posed) -> str:
    """Write a question for a page without Python: each answer opens its reply."""
    answers = "".join(
        f"<details><summary>{escape(each.words)}</summary><p>{inline(each.reply)}</p></details>"
        for each in one.answers
    )
    return f"<p>{inline(one.text)}</p>{answers}"
