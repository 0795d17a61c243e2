"""`Score`: points that are a float for nbgrader and a card for the learner."""

from __future__ import annotations

from typing import Literal, Self

from pagesim.units import count

from .card import SIGNS, Card
from .exercise import Exercise

State = Literal["not started", "almost", "not yet", "right"]


class Score(float):
    """The points of one check: a number whose HTML says what to do next.

    Its repr is the plain number, because that is what nbgrader reads; the words are in `text`.

    Parameters
    ----------
    exercise : Exercise
        What was checked.
    passed, parts : int
        How many parts are right, out of how many.
    state : {"not started", "almost", "not yet", "right"}
        What the card says first.
    paragraphs : tuple of str
        What it says then.

    Attributes
    ----------
    exercise : Exercise
    state : str
    text : str
        The card in words.

    Raises
    ------
    ValueError
        If the state is "right" with a part wrong, or something else with none wrong.
    """

    exercise: Exercise
    state: State
    card: Card

    def __new__(
        cls, exercise: Exercise, passed: int, parts: int, state: State, paragraphs: tuple[str, ...]
    ) -> Self:
        if (state == "right") != (passed == parts):
            raise ValueError(f"{passed} of {parts} parts cannot be {state!r}")
        # rounded down to a hundredth: only all parts give full points
        points = exercise.points * 100 * passed // parts / 100
        score = super().__new__(cls, points)
        score.exercise, score.state = exercise, state
        score.card = Card(
            head=f"{SIGNS[state]} {state.capitalize()} · {exercise.title} · "
            f"{points:g} of {count(exercise.points, 'point')}",
            paragraphs=paragraphs,
            hints=() if state == "right" else exercise.hints,
            note=f"A practice score. Not tested here: {exercise.untested}",
            state=state,
        )
        return score

    @property
    def text(self) -> str:
        """The card in words, for those who read no HTML: ``print(check(...).text)``."""
        hints = f'\nHints: problem("{self.exercise.id}").hints' if self.card.hints else ""
        return self.card.text + hints

    def __repr__(self) -> str:
        return float.__repr__(self)

    def _repr_html_(self) -> str:
        return self.card.html()
