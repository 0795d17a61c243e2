"""Numbers in words: sizes, times, counts with their nouns, factors, shares."""

from __future__ import annotations

import math
import re

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
    return _scaled(size, 1024, _UNITS)


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
    return _scaled(ns, 1000, _TIMES)


def power_of_two(power: int) -> str:
    """Write a size of ``2**power`` bytes.

    >>> power_of_two(12)
    '4 KiB'
    """
    return binary(1 << power)


def count(number: int, noun: str, plural: str = "") -> str:
    """Write a number with its noun, in the singular or the plural, and thousands apart.

    Parameters
    ----------
    number : int
        How many.
    noun : str
        The singular.
    plural : str
        What is said of several, where it is neither "frames" nor "entries".

    Examples
    --------
    >>> count(1, "frame"), count(0, "way"), count(16384, "page"), count(2, "entry")
    ('1 frame', '0 ways', '16,384 pages', '2 entries')
    """
    several = plural or re.sub(r"(?<=[^aeiou])y$", "ie", noun) + "s"
    return f"{number:,} {noun if number == 1 else several}"


def digits(value: float, most: int = 3) -> str:
    """Write a number with so many significant digits, thousands apart, never with an exponent.

    >>> digits(0.0000186), digits(12.345), digits(16810049.0), digits(2.0)
    ('0.0000186', '12.3', '16,810,049', '2')
    """
    if value >= 10**most - 0.5:
        return f"{value:,.0f}"
    if not value or value >= 1e-4:
        return f"{value:.{most}g}"
    return f"{value:.{most - 1 - math.floor(math.log10(value))}f}".rstrip("0")


def percent(share: float, most: int = 3) -> str:
    """Write a share of 1 in per cent, with so many significant digits.

    >>> percent(0.125), percent(1.86e-7), percent(1)
    ('12.5 %', '0.0000186 %', '100 %')
    """
    return f"{digits(100 * share, most)} %"


def times(factor: float, what: str = "") -> str:
    """Write how many times something is something else; once is not said.

    >>> times(2.5, "as much"), times(1.0, "as much"), times(8192, "as long")
    ('2.5 times as much', 'as much', '8,192 times as long')
    """
    said = digits(factor)
    return what if said == "1" and what else f"{said} times {what}".rstrip()


def _scaled(value: float, step: int, units: tuple[str, ...]) -> str:
    """Write a value with the largest unit that keeps it at 1 or above, as it is written."""
    power = 0
    while float(f"{value:.4g}") >= step and power < len(units) - 1:
        value, power = value / step, power + 1
    return f"{value:.4g} {units[power]}"
