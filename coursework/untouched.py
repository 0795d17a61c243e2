"""Is a function still as the exercise gave it?"""

from __future__ import annotations

from collections.abc import Callable
from dis import get_instructions
from types import FunctionType
from typing import Any


def stub(answer: Any) -> bool:
    """Tell a stub from a function that forgets to return.

    A docstring, comments and `...` leave nothing to do; what is worked out and dropped does.

    >>> def untouched(va: int) -> int:
    ...     "Walk."
    ...     ...
    >>> stub(untouched), stub(lambda va: print(va))
    (True, False)
    >>> def dropped(va: int) -> None:
    ...     va >> 12
    >>> stub(dropped)
    False
    """
    return type(answer) is FunctionType and _done(answer) == _done(_empty)


def _empty() -> None:
    pass


def _done(function: Callable[..., Any]) -> list[tuple[str, Any]]:
    """List what a function does, by its instructions."""
    said = get_instructions(function)
    return [(each.opname, each.argval) for each in said if each.opname not in ("RESUME", "NOP")]
