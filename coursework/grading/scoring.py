"""Give points for what came out of the box, by comparing values: nothing here runs an answer."""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from typing import Any

from ..attempt import Raised
from ..diagnosis import diagnose
from ..exercise import Data, Exercise
from ..judge import taken
from ..values import blank

_OURS = ("TooSlow", "Died", "TooLarge")


@dataclass(frozen=True)
class Marked:
    """What one exercise of one submission is worth.

    Parameters
    ----------
    exercise : str
        Its id.
    points, possible : float
    passed, parts : int
        How many parts are right, out of how many.
    state : str
        "right", "almost" (a known mistake gives the whole answer), "not yet", "not started", or
        "missing" (there is no answer in the notebook).
    mistakes : tuple of str
        What to say about the known mistakes, if "almost". They name no input.
    note : str
        What kept an answer from being looked at, or nothing.
    """

    exercise: str
    points: float
    possible: float
    passed: int
    parts: int
    state: str
    mistakes: tuple[str, ...] = ()
    note: str = ""


def mark(exercise: Exercise, data: Data, answers: list[Any] | str) -> Marked:
    """Mark the answers to one problem.

    Parameters
    ----------
    exercise : Exercise
    data : dict
        The problem.
    answers : list or str
        For each part a plain value or `Raised`; or "missing", "not started", or a note on why
        there are none.

    Examples
    --------
    >>> from coursework.exercises import find
    >>> exercise = find("radix-walk")
    >>> data = exercise.problem("ada")
    >>> mark(exercise, data, exercise.solved(data)).points
    2.0
    >>> mark(exercise, data, [...] * 14).state
    'not started'
    """
    parts = exercise.parts(data)
    if isinstance(answers, str):
        state = answers if answers in ("missing", "not started") else "not yet"
        note = "" if answers == state else answers
        return Marked(exercise.id, 0.0, exercise.points, 0, len(parts), state, (), note)
    if all(map(_open, answers)):
        return mark(exercise, data, "not started")
    right = exercise.answers(data)
    got = [_looked_at(exercise, *pair) for pair in zip(parts, answers, strict=True)]
    passed = sum(map(exercise.same, got, right))
    points = exercise.points * 100 * passed // len(parts) / 100  # as in `Score`
    mistakes = () if passed == len(parts) else diagnose(exercise, data, got)
    state = "right" if passed == len(parts) else "almost" if mistakes else "not yet"
    note = next((note for note in map(_note, answers) if note), "")
    return Marked(exercise.id, points, exercise.points, passed, len(parts), state, mistakes, note)


def written(exercise: Exercise, data: Data, answer: Any) -> list[Any] | str:
    """Take a written answer, a dict, apart; or say why it cannot be."""
    if blank(answer):
        return "not started"
    if type(answer) is dict and all(type(key) is str for key in answer):
        return [answer.get(part[-1], ...) for part in exercise.parts(data)]
    return "the answer is no dict of answers"


def _open(answer: Any) -> bool:
    # None is what a function may return; one that was never touched is told apart in the box
    return (blank(answer) and answer is not None) or _kind(answer) == "NotImplementedError"


def _looked_at(exercise: Exercise, part: list[Any], answer: Any) -> Any:
    try:
        return taken(exercise, part, answer)[0]
    except Exception as problem:  # an exercise's `measure` that did not foresee such an answer
        return Raised(type(problem).__name__)


def _kind(answer: Any) -> str:
    return answer.kind if type(answer) is Raised else ""


def _note(answer: Any) -> str:
    """Name what an answer raised. Its own words could tell what the hidden inputs are."""
    kind = _kind(answer)
    if not kind or kind in _OURS:
        return kind
    return f"raised {kind}" if hasattr(builtins, kind) else "raised an exception of its own"
