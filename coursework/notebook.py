"""What a notebook calls: `check` an answer, show a `problem`, report the `progress`."""

from __future__ import annotations

from typing import Any

from .card import SIGNS, Card
from .exercise import Data, Exercise, learner
from .exercises import find, of_notebook
from .judge import judge
from .score import Score
from .values import count

_scores: dict[str, Score] = {}  # the last one of each exercise, in this kernel
_shown: set[str] = set()  # the notebooks whose progress stands on the page


def check(exercise_id: str, answer: Any) -> Score:
    """Check an answer: the points, and a card that says what to do next.

    Whatever the answer is or does, nothing is printed and nothing is raised.

    Parameters
    ----------
    exercise_id : str
        Which exercise.
    answer : object
        What the learner wrote: a function, or a dict.

    Raises
    ------
    ValueError
        If there is no such exercise.

    Examples
    --------
    >>> check("radix-walk", ...)
    0.0
    >>> check("radix-walk", ...).state
    'not started'
    """
    exercise = find(exercise_id)
    score = judge(exercise, exercise.problem(learner()), answer)
    _scores[exercise.id] = score
    _update()
    return score


class Problem:
    """A learner's problem: shown as a card, and as data for those who want to compute with it.

    Attributes
    ----------
    data : dict
        The problem as plain data.
    """

    def __init__(self, exercise: Exercise, name: str) -> None:
        self.exercise = exercise
        self.data: Data = exercise.problem(name)
        self.card = Card(
            head=f"{exercise.title} · {count(exercise.points, 'point')}",
            paragraphs=tuple(exercise.asks(self.data).split("\n\n")),
            hints=exercise.hints,
            note=f"Drawn for {name}: same name, same problem.",
        )

    @property
    def cases(self) -> list[list[Any]]:
        """The arguments of each call that the check makes (none where the answer is written)."""
        return list(self.data.get("cases", []))

    @property
    def hints(self) -> tuple[str, ...]:
        """The hints, from a nudge to nearly there."""
        return self.exercise.hints

    def __repr__(self) -> str:
        return f'{self.card.text}\nHints: problem("{self.exercise.id}").hints'

    def _repr_html_(self) -> str:
        return self.card.html()


def problem(exercise_id: str) -> Problem:
    """Show this learner's variant of an exercise, with its hints one click away.

    Parameters
    ----------
    exercise_id : str
        Which exercise.

    Raises
    ------
    ValueError
        If there is no such exercise.

    Examples
    --------
    >>> len(problem("hand-walk").data["addresses"])
    3
    """
    return Problem(find(exercise_id), learner())


class Progress:
    """How far a learner has come in one notebook: a card that stays right once it is shown.

    Parameters
    ----------
    number : str
        The notebook's two digits.

    Attributes
    ----------
    points : float
        Of all checks so far, the last of each exercise.
    possible : int
        Of all exercises.
    """

    def __init__(self, number: str) -> None:
        exercises = of_notebook(number)
        self.number = number
        self.possible = sum(exercise.points for exercise in exercises)
        self.points = round(sum(_scores.get(each.id, 0.0) for each in exercises), 2)
        lines = []
        for each in exercises:
            score = _scores.get(each.id)
            state = score.state if score is not None else "not started"
            points = f"{score or 0:g} of {each.points}"
            lines.append(f"    {SIGNS[state]} {state:<11}  {points}  {each.title}")
        self.card = Card(
            head=f"{self.points:g} of {count(self.possible, 'point')} in notebook {number}",
            paragraphs=("\n".join(lines), _of_bets(number)),
            note="Counted since this notebook's Python started. It keeps itself up to date.",
        )

    def __repr__(self) -> str:
        return self.card.text

    def _repr_html_(self) -> str:
        return self.card.html()

    def _ipython_display_(self) -> None:
        """Show the card in a place that `check` and bets can write to again."""
        from IPython.display import display

        from pagesim.explorer.bets import listeners

        if _update not in listeners:
            listeners.append(_update)
        _shown.add(self.number)
        place = f"progress-{self.number}"
        display(self._forms(), raw=True, display_id=place)  # type: ignore[no-untyped-call]

    def _forms(self) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


def _of_bets(number: str) -> str:
    """Say which bets of a notebook have been placed."""
    from pagesim.explorer.bets import placed  # here: checks alone need no widgets
    from pagesim.explorer.questions import questions

    asked = [each.name for each in questions().values() if each.notebook == number]
    chosen = [f"{name} ({placed[name][0]})" for name in asked if name in placed]
    if not chosen:
        return "No bet placed yet."
    return f"{len(chosen)} of {count(len(asked), 'bet')} placed: {', '.join(chosen)}."


def _update() -> None:
    """Bring every progress card on the page up to date."""
    if _shown:
        from IPython.display import update_display

        for number in _shown:
            forms, place = Progress(number)._forms(), f"progress-{number}"
            update_display(forms, raw=True, display_id=place)  # type: ignore[no-untyped-call]


def progress(number: str) -> Progress:
    """Report how far this learner has come in a notebook: points, and bets placed.

    Parameters
    ----------
    number : str
        The notebook's two digits.

    Raises
    ------
    ValueError
        If no exercise belongs to it.

    Examples
    --------
    >>> progress("04").possible
    10
    """
    return Progress(number)
