"""Small changes of a right solution: what a known mistake is, and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .attempt import Raised


@dataclass(frozen=True, eq=False)
class Change:
    """A small change of a right solution, made by `bug` or `instead`.

    Parameters
    ----------
    keywords : dict
        With what the solver is called besides the problem.
    parts : dict
        What is then answered instead, by name: a value, or a function of the right answers.
    """

    keywords: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, Any] = field(default_factory=dict)

    def __and__(self, other: Change) -> Change | None:
        """Return both changes at once, or None if they change the same thing."""
        if self.keywords.keys() & other.keywords.keys() or self.parts.keys() & other.parts.keys():
            return None
        return Change({**self.keywords, **other.keywords}, {**self.parts, **other.parts})


def bug(**keywords: Any) -> Change:
    """Return the change that runs the exercise's solver with some keywords changed."""
    return Change(keywords=keywords)


def instead(**parts: Any) -> Change:
    """Return the change that answers some parts otherwise, and the others right.

    Parameters
    ----------
    **parts
        The answer to each; or a function of the right ones, by name, and of the problem, which
        returns it: ``instead(rss=lambda right, data: right["rss"] * 4)``.
    """
    return Change(parts=parts)


RIGHT = Change()


def attempted(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """Call a solver of ours; a mistake may raise, and so may a learner's that makes it."""
    try:
        return function(*arguments, **keywords)
    except Exception as problem:
        return Raised(type(problem).__name__)


def replaced(names: list[str], values: list[Any], change: Change, *problem: Any) -> list[Any]:
    """Answer those of the named values that a change answers otherwise."""
    right = dict(zip(names, values, strict=True))
    if unknown := change.parts.keys() - right.keys():
        raise ValueError(f"{unknown.pop()!r} is none of {', '.join(names)}")
    other = {
        name: value(right, *problem) if callable(value) else value
        for name, value in change.parts.items()
    }
    return list({**right, **other}.values())
