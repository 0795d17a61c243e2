"""Read what comes out of a box: plain data within bounds, or nothing.

Whoever wrote a line wrote it to do harm, perhaps: to nest so deep that reading fails, to fill the
memory, to name a thousand keys that all hash alike. So a line is bounded in length before it gets
here, and in depth and kinds before it becomes a value; and no value is an object of theirs.
"""

from __future__ import annotations

import json
from typing import Any

from ..outcome import Raised, value_of

_DEPTH = 200  # of lists and dicts: `outcome` writes each of its 50 levels as up to three
_HASHED = 2000  # keys and members of sets, in all
_DIGITS = 40  # of a number; larger ones come in hex


class Unreadable(ValueError):
    """A line is not what it should be."""


def message(line: bytes) -> dict[str, Any]:
    """Read one line of the conversation.

    Raises
    ------
    Unreadable
        If it is no JSON object within the bounds.

    Examples
    --------
    >>> message(b'{"id": 3, "ended": 0}')
    {'id': 3, 'ended': 0}
    >>> message(b"[" * 100_000)
    Traceback (most recent call last):
    coursework.grading.crossing.Unreadable: nested deeper than 200
    """
    if _deepest(line) > _DEPTH:
        raise Unreadable(f"nested deeper than {_DEPTH}")
    try:
        text = line.decode("utf-8", "surrogatepass")
        read = json.loads(text, parse_int=_whole)
    except (ValueError, RecursionError):
        raise Unreadable("not JSON") from None
    if type(read) is not dict:
        raise Unreadable("not an object")
    return read


def outcome(tree: Any) -> Any:
    """Return the value that an outcome tells of, or `Raised`, whatever it is.

    >>> outcome({"value": [1, {"...": None}]})
    [1, Ellipsis]
    >>> outcome({"value": {"set": list(range(5000))}}).kind
    'TooLarge'
    """
    if _hashed(tree) > _HASHED:
        return Raised("TooLarge", "What your function returned is too large to be looked at.")
    return value_of(tree)


def _deepest(line: bytes) -> int:
    """Count how many brackets are open at most, as if none stood in a string (there few do)."""
    depth = deepest = 0
    for byte in line.translate(None, _NO_BRACKETS):
        depth += 1 if byte in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def _whole(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise Unreadable(f"a number of {len(digits)} digits")
    return int(digits)


def _hashed(tree: Any) -> int:
    """Count the keys and members of sets."""
    count, rest = 0, [tree]
    while rest:
        each = rest.pop()
        if type(each) is dict:
            for tag, content in each.items():
                if tag in ("dict", "set", "frozenset") and type(content) is list:
                    count += len(content)
                rest.append(content)
        elif type(each) is list:
            rest += (item for item in each if type(item) in (list, dict))
    return count
