"""Who is tried, and what they are asked: drawn once for all tests of a process."""

from functools import cache
from typing import Any

from coursework.exercises import EXERCISES

LEARNERS = ["guest", *(f"learner {number}" for number in range(200))]


@cache
def drawn(exercise_id: str, name: str) -> Any:
    """Return a learner's problem, which nobody may change."""
    return EXERCISES[exercise_id].problem(name)
