"""What ``import coursework`` gives in the box: nothing is checked here, answers are taken.

It stands in the place of the course's own package, whose exercises know what is right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_answers: dict[str, Any] = {}  # the last one of each exercise
_problems: dict[str, Any] = {}
_nickname = ""  # of a pager whose author agrees to be ranked


def _nobody(exercise_id: str) -> Any:
    raise LookupError(exercise_id)


_fetch: Callable[[str], Any] = _nobody  # set by `run`: asks the outside for a problem


def check(exercise_id: str, answer: Any) -> float:
    """Take an answer; what it is worth is found out elsewhere."""
    _answers[exercise_id] = answer
    return 0.0


class Problem:
    """A learner's own problem, as data and in words."""

    def __init__(self, exercise_id: str) -> None:
        self._id = exercise_id

    @property
    def data(self) -> Any:
        """The problem as plain data."""
        return self._posed.get("data", {})

    def __repr__(self) -> str:
        return str(self._posed.get("text", ""))

    @property
    def _posed(self) -> Any:
        if self._id not in _problems:
            _problems[self._id] = _fetch(self._id)
        return _problems[self._id]

    @property
    def cases(self) -> list[Any]:
        """The arguments of each call that the learner's own check makes."""
        return list(self.data.get("cases", []))

    hints = ()

    def another(self, level: str = "usual", seed: str = "") -> Problem:
        """Pose no other problem; what is practised is not graded."""
        return self

    def check(self, answer: Any) -> None:
        """Check nothing."""


def problem(exercise_id: str) -> Problem:
    """Show the learner's own problem."""
    return Problem(exercise_id)


def progress(number: str) -> None:
    """Show nothing."""


def recall(number: str) -> None:
    """Ask nothing."""


def review() -> None:
    """Ask nothing."""


def inventory(when: str) -> None:
    """Ask nothing."""


class Pager:
    """A policy of the learner's, which is not tried here."""

    played: Any = None

    def real(self) -> None:
        """Page nothing."""


def pager(evict: Any, nickname: str = "") -> Pager:
    """Try nothing; one that has a nickname is kept for the ranking."""
    global _nickname
    if type(nickname) is str and nickname:
        _answers["pager"] = evict
        _nickname = nickname
    return Pager()
