"""Sizes and times in words."""

from __future__ import annotations

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
