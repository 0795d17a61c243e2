"""Who is tried, and what they are asked: drawn once for all tests of a process."""

from functools import cache
from typing import Any

from hypothesis import settings

from coursework.exercises import EXERCISES

# 301, of whom 201 meet the mutants; with the profile "fewer" 61 and 41
MANY = ["guest", *(f"learner {number}" for number in range(3 * settings().max_examples))]
LEARNERS = MANY[: 1 + 2 * settings().max_examples]


@cache
def drawn(exercise_id: str, name: str) -> Any:
    """Return a learner's problem, which nobody may change."""
    return EXERCISES[exercise_id].problem(name)
