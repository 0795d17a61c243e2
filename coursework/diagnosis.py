"""Find the known mistake, or the two, that give exactly the answer which a learner gave."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from .attempt import Raised
from .changes import Change
from .exercise import Data, Exercise

OPEN = Raised("open")  # in place of a part that is not answered yet
_ONE = "This is what comes out if "
_TWO = "This is what comes out of two things together."
_FIRST, _SECOND = "The one: ", "The other: "


def diagnose(exercise: Exercise, data: Data, got: list[Any]) -> tuple[str, ...]:
    """Return what to say about a wrong answer, in paragraphs: none unless a mistake proves itself.

    A mistake is named only if it gives *every* part of the answer, the right ones too; two of them
    only if together they do, and no other two do as well, and more than one part is wrong. What it
    says is about all the parts that it changes: while one of them is open, it is not said. One
    answer to all parts may have come from anywhere.

    Parameters
    ----------
    exercise : Exercise
    data : dict
        The problem.
    got : list
        The learner's answer to each part, as `Exercise.answers` gives it.
    """
    right = exercise.answers(data)
    given = [part for part, each in enumerate(got) if each != OPEN]
    wrong = [part for part in given if not exercise.same(right[part], got[part])]
    if not wrong:
        return ()
    filled = [right[part] if each == OPEN else each for part, each in enumerate(got)]
    fitting = [
        message
        for change, message in exercise.mistakes.items()
        if _gives(exercise, data, change, filled)
    ]
    if len(fitting) == 1:
        return (_ONE + fitting[0] if fitting[0][0].islower() else fitting[0],)
    if len(given) < len(got) or len(wrong) < 2:
        return ()
    if all(exercise.same(each, got[0]) for each in got):
        return ()
    alone = [(change, exercise.answers(data, change)) for change in exercise.mistakes]
    found = [
        (one[0], other[0])
        for one, other in combinations(alone, 2)
        if _together_give(exercise, data, got, right, one, other)
    ]
    if len(found) != 1:
        return ()
    one, other = (exercise.mistakes[change] for change in found[0])
    return (_TWO, _FIRST + one, _SECOND + other)


def named(paragraphs: tuple[str, ...]) -> list[str]:
    """Return the mistakes that `diagnose` has found, each in its own words alone.

    >>> named(("This is what comes out if a page has 4,000 bytes.",))
    ['A page has 4,000 bytes.']
    """
    found = []
    for text in paragraphs:
        for opening in (_ONE, _FIRST, _SECOND):
            text = text.removeprefix(opening)
        found += [] if text == _TWO else [text[:1].upper() + text[1:]]
    return found


def _gives(exercise: Exercise, data: Data, change: Change, got: list[Any]) -> bool:
    """Tell whether a change gives every part of an answer."""
    # mostly the first part says no: the others are not worked out
    return all(map(exercise.same, exercise.answering(data, change), got))


def _together_give(
    exercise: Exercise,
    data: Data,
    got: list[Any],
    right: list[Any],
    *two: tuple[Change, list[Any]],
) -> bool:
    """Tell whether two mistakes do: in one solver, or each in the parts that it alone changes.

    Neither gives the same by itself. With a mistake goes all that it answers.
    """
    (first, one), (second, other) = two
    both, same = first & second, exercise.same
    if (
        both is not None
        and _gives(exercise, data, both, got)
        and exercise.answers(data, both) not in (one, other)
    ):
        return True
    parts = list(zip(right, one, other, strict=True))
    if not all(same(b if same(r, a) else a, g) for (r, a, b), g in zip(parts, got, strict=True)):
        return False
    mixed = [b if same(r, a) else a for r, a, b in parts]
    apart = not any(same(r, a) is same(r, b) is False for r, a, b in parts)
    return apart and mixed not in (one, other)
