"""Every exercise of the course: one module or package per notebook."""

from __future__ import annotations

from ..exercise import Exercise
from . import nb00, nb01, nb02, nb03, nb04, nb05, nb06, nb07, nb08, nb09

EXERCISES: dict[str, Exercise] = {
    each.id: each
    for each in (
        *nb00.EXERCISES,
        *nb01.EXERCISES,
        *nb02.EXERCISES,
        *nb03.EXERCISES,
        *nb04.EXERCISES,
        *nb05.EXERCISES,
        *nb06.EXERCISES,
        *nb07.EXERCISES,
        *nb08.EXERCISES,
        *nb09.EXERCISES,
    )
}


def find(exercise_id: str) -> Exercise:
    """Look an exercise up.

    Parameters
    ----------
    exercise_id : str
        What `check` is called with.

    Raises
    ------
    ValueError
        If there is no such exercise; the message names all there are.

    Examples
    --------
    >>> find("radix-walk").points
    2
    """
    if type(exercise_id) is not str or exercise_id not in EXERCISES:
        raise ValueError(f"exercise {exercise_id!r} is none of {', '.join(EXERCISES)}")
    return EXERCISES[exercise_id]


def of_notebook(number: str) -> list[Exercise]:
    """List a notebook's exercises in their order.

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
    >>> sum(exercise.points for exercise in of_notebook("04"))
    10
    """
    found = [exercise for exercise in EXERCISES.values() if exercise.notebook == number]
    if not found:
        known = sorted({exercise.notebook for exercise in EXERCISES.values()})
        raise ValueError(f"notebook {number!r} is none of {', '.join(known)}")
    return found
