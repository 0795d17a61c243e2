"""Check a number that a caller gave: return it, or refuse it by its name and the bound."""

from __future__ import annotations

from operator import index as as_index


def whole(name: str, value: int) -> int:
    """Return an integer-like value (numpy's too) as an int, and refuse anything else by name.

    Raises
    ------
    ValueError
        If `value` is not a whole number.

    Examples
    --------
    >>> whole("pfn", 7.5)
    Traceback (most recent call last):
    ValueError: pfn 7.5 is not a whole number
    """
    if type(value) is int:  # nearly always, and this is asked at every step of a walk
        return value
    try:
        return int(as_index(value))
    except TypeError:
        raise ValueError(f"{name} {value!r} is not a whole number") from None


def bounded(name: str, value: int, low: int, high: int, what: str = "") -> int:
    """Return `value` as an int if it lies in [low, high], and refuse it by name otherwise.

    Parameters
    ----------
    name : str
        What the caller calls the number.
    value : int
        Any integer-like value (numpy integers too).
    low, high : int
        Both ends of the allowed range, included.
    what : str
        Whose bound it is, put in brackets behind the message.

    Raises
    ------
    ValueError
        If `value` is not an integer or lies outside.

    Examples
    --------
    >>> bounded("frames", 7, 1, 8)
    7
    >>> bounded("frames", 9, 1, 8, "toy machine")
    Traceback (most recent call last):
    ValueError: frames 9 is outside 1..8 (toy machine)
    """
    number = whole(name, value)
    if not low <= number <= high:
        where = f" ({what})" if what else ""
        raise ValueError(f"{name} {number} is outside {low}..{high}{where}")
    return number
