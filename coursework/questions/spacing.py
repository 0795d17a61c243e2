"""Which questions a review asks: what was wrong, what was long ago, what was never asked.

A question that was answered rightly comes back after a fixed time, and again after the same time:
evenly spaced retrieval is remembered longer than retrieval at growing distances (Karpicke and
Roediger, "Expanding retrieval practice promotes short-term retention, but equally spaced retrieval
enhances long-term retention", Journal of Experimental Psychology: Learning, Memory, and Cognition
33(4), 2007). One that was answered wrongly comes back at the next review.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .answers import Given
from .bank import Question, questions

DAYS = 3  # between one right answer and the next time
MOST = 10  # questions in a review
_SECONDS = 24 * 60 * 60


def due(
    given: Iterable[Given], notebooks: Collection[str], now: float, most: int = MOST
) -> list[Question]:
    """List the questions to ask now.

    First come those whose last answer was wrong, then those whose last right answer is `DAYS` ago
    or more, the longest ago first, then those that were never asked, in the order of the course.
    Questions of the form `b` are kept for the inventory at the end.

    Parameters
    ----------
    given : iterable of Given
        What one learner has answered, in order.
    notebooks : collection of str
        The notebooks that the learner has begun; of no other is anything asked.
    now : float
        The time in seconds since 1970. An answer from later than now was given when the clock
        was wrong: nobody knows when that was, and it counts as long ago.
    most : int
        How many at most.

    Examples
    --------
    >>> [question.name for question in due([], {"00"}, now=0)]
    ['whose-page-a', 'byte-of-memory-a']
    """
    last = {each.question: each for each in given if each.place in ("recall", "review")}
    asked = [
        each for each in questions().values() if each.form == "a" and each.notebook in notebooks
    ]
    wrong = [each for each in asked if each.name in last and not last[each.name].right]
    right = [each for each in asked if each.name in last and last[each.name].right]
    ages = {each.name: now - last[each.name].at for each in right}
    old = [each for each in right if not 0 <= ages[each.name] < DAYS * _SECONDS]
    old.sort(key=lambda each: last[each.name].at)
    new = [each for each in asked if each.name not in last]
    return [*wrong, *old, *new][:most]


def next_time(given: Iterable[Given], now: float) -> float:
    """Return in how many seconds the first of the rightly answered questions comes back.

    Examples
    --------
    >>> next_time([Given("ada", "review", "p-zero-a", "0", "", at=1000.0)], now=2000.0) / 3600
    71.72222222222223
    """
    last = {each.question: each for each in given if each.place in ("recall", "review")}
    right = (each.at + DAYS * _SECONDS - now for each in last.values() if each.right)
    return min(right, default=0.0)
