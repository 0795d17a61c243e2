"""Sizes and times in words, and the one way a bad number is refused."""

from __future__ import annotations

from operator import index as as_index

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
_TIMES = ("ns", "µs", "ms", "s")


def binary(size: float) -> str:
    """Write a size with the largest binary unit that keeps it at 1 or above.

    Parameters
    ----------
    size : float
        A number of bytes, 0 or more.

    Raises
    ------
    ValueError
        If `size` is negative or not a number.

    Examples
    --------
    >>> binary(4096), binary(2 << 20), binary(1536), binary(512 << 30)
    ('4 KiB', '2 MiB', '1.5 KiB', '512 GiB')
    """
    if not size >= 0:
        raise ValueError(f"size {size} is not a number of 0 or more bytes")
    power = 0
    while size >= 1024 and power < len(_UNITS) - 1:
        size, power = size / 1024, power + 1
    return f"{size:.4g} {_UNITS[power]}"


def duration(ns: float) -> str:
    """Write a time with the largest unit that keeps it at 1 or above.

    Parameters
    ----------
    ns : float
        A number of nanoseconds, 0 or more.

    Raises
    ------
    ValueError
        If `ns` is negative or not a number.

    Examples
    --------
    >>> duration(80), duration(1480), duration(140_000), duration(7.5e6), duration(0.5)
    ('80 ns', '1.48 µs', '140 µs', '7.5 ms', '0.5 ns')
    """
    if not ns >= 0:
        raise ValueError(f"time {ns} is not a number of 0 or more nanoseconds")
    power = 0
    while ns >= 1000 and power < len(_TIMES) - 1:
        ns, power = ns / 1000, power + 1
    return f"{ns:.4g} {_TIMES[power]}"


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
