"""Is a function still as the exercise gave it?"""

from __future__ import annotations

from types import FunctionType
from typing import Any


def stub(answer: Any) -> bool:
    """Tell a stub from a function that forgets to return.

    >>> def untouched(va: int) -> int:
    ...     "Walk."
    ...     ...
    >>> stub(untouched), stub(lambda va: print(va))
    (True, False)
    """
    if type(answer) is not FunctionType:
        return False
    code = answer.__code__  # a docstring, comments and `...` leave neither names nor locals
    return not code.co_names and code.co_nlocals == code.co_argcount
