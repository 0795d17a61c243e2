"""What a notebook calls: `check` an answer, show a `problem`, report the `progress`."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

from pagesim.questions import questions
from pagesim.units import count

from .card import SIGNS, Card
from .exercise import Data, Exercise, learner
from .exercises import find, of_notebook
from .judge import judge
from .practice import MASTERED, Another, Level, in_a_row
from .record import Kept, keep, load
from .score import Score

_scores: dict[str, Kept] = {}  # the last one of each exercise since this Python started
_NOT_STARTED = Kept(0.0, "not started")
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
    offer = f'New numbers, for practice: `problem("{exercise.id}").another()`.'
    if score.state != "not started":
        score.card = replace(score.card, note=f"{score.card.note} {offer}")
    _scores[exercise.id] = Kept(float(score), score.state)
    _keep(exercise.notebook)
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

    def another(self, level: Level = "usual", seed: str = "") -> Another:
        """Pose the exercise again with other numbers: for practice, and not for points.

        Parameters
        ----------
        level : {"small", "usual", "tricky"}
            Small numbers; such as one's own; or those with which mistakes are hardest to notice.
        seed : str
            Of one that was there before; a new one comes without.

        Raises
        ------
        ValueError
            If there is no such level.

        Examples
        --------
        >>> again = problem("look-up").another("small", seed="7")
        >>> again.data == problem("look-up").another("small", seed="7").data
        True
        >>> again.check({"frame": ..., "page": ...}).right
        False
        """
        return Another(self.exercise, level, seed)

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
        Of all checks so far, the last of each exercise: since this Python started, or before.
    possible : int
        Of all exercises.
    """

    def __init__(self, number: str) -> None:
        exercises = of_notebook(number)
        self.number = number
        self.possible = sum(exercise.points for exercise in exercises)
        before = load(number, learner())
        scores = {**before.scores, **_scores}
        lines, points = [], 0.0
        for each in exercises:
            score = scores.get(each.id, _NOT_STARTED)
            points += score.points
            mastered = " · mastered" * (in_a_row(each) >= MASTERED)
            lines.append(
                f"    {SIGNS[score.state]} {score.state:<11}  "
                f"{score.points:g} of {each.points}  {each.title}{mastered}"
            )
        self.points = round(points, 2)
        self.card = Card(
            head=f"{self.points:g} of {count(self.possible, 'point')} in notebook {number}",
            paragraphs=("\n".join(lines), _of_bets(number, {**before.bets, **_bets(number)})),
            note="Kept in a file beside the notebook, where one can be written. "
            "It keeps itself up to date.",
        )

    def __repr__(self) -> str:
        return self.card.text

    def _repr_html_(self) -> str:
        return self.card.html()

    def _ipython_display_(self) -> None:
        """Show the card in a place that `check` and bets can write to again."""
        from IPython.display import display

        from pagesim.explorer.bets import listeners

        if _bet_placed not in listeners:
            listeners.append(_bet_placed)
        _shown.add(self.number)
        _keep(self.number)
        place = f"progress-{self.number}"
        display(self._forms(), raw=True, display_id=place)  # type: ignore[no-untyped-call]

    def _forms(self) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


def _of_bets(number: str, placed: dict[str, str]) -> str:
    """Say which bets of a notebook have been placed."""
    asked = [each.name for each in questions().values() if each.notebook == number]
    chosen = [f"{name} ({placed[name]})" for name in asked if name in placed]
    if not chosen:
        return "No bet placed yet."
    return f"{len(chosen)} of {count(len(asked), 'bet')} placed: {', '.join(chosen)}."


def _bets(number: str) -> dict[str, str]:
    """Return the bets of a notebook placed since this Python started."""
    bets = sys.modules.get("pagesim.explorer.bets")  # not imported: checks alone need no widgets
    if not bets:
        return {}
    asked = bets.questions()
    return {
        name: option for name, (option, _) in bets.placed.items() if asked[name].notebook == number
    }


def _keep(number: str) -> None:
    """Remember what this Python knows of a notebook."""
    ours = {each.id for each in of_notebook(number)}
    scores = {name: score for name, score in _scores.items() if name in ours}
    keep(number, learner(), scores, _bets(number))


def _update() -> None:
    """Bring every progress card on the page up to date."""
    if _shown:
        from IPython.display import update_display

        for number in _shown:
            forms, place = Progress(number)._forms(), f"progress-{number}"
            update_display(forms, raw=True, display_id=place)  # type: ignore[no-untyped-call]


def _bet_placed() -> None:
    for number in _shown:
        _keep(number)
    _update()


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
