"""Who is tried, and what they are asked: drawn once for all tests of a process."""

from functools import cache
from typing import Any

from coursework.exercises import EXERCISES

from ..samples import some

EVERYBODY = ["guest", *(f"learner {number}" for number in range(300))]
MANY = some(EVERYBODY)
LEARNERS = some(EVERYBODY[:201])  # who meet the mutants


@cache
def drawn(exercise_id: str, name: str) -> Any:
    """Return a learner's problem, which nobody may change."""
    return EXERCISES[exercise_id].problem(name)
