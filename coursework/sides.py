"""On which side of the right answer a wrong one lies, and what else is plain without knowing why.

Nothing here guesses: each sentence is true of the two values that it compares.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from .values import same

_SCALES: tuple[dict[str, int], ...] = (
    {"bits": 1, "bytes": 8, "KiB": 8 << 10, "kB": 8 << 10, "pages of 4 KiB": 8 << 12,
     "MiB": 8 << 20, "GiB": 8 << 30},
    {"ns": 1, "µs": 10**3, "ms": 10**6, "s": 10**9},
    {"percent": 1, "a fraction": 100},
    {"a count": 1},
)  # fmt: skip
UNITS = frozenset(unit for scale in _SCALES for unit in scale)
_NEIGHBOURS_FROM = 8  # below that, "by one" would be the answer


def side(expected: Any, got: Any, unit: str | None = None, digits: int = 6) -> str:
    """Say on which side a wrong number lies, and whether its unit or its rounding may be it.

    The phrase completes "That is ...".

    Parameters
    ----------
    expected, got : int or float
        The right number and the learner's, which differ.
    unit : str, optional
        What is asked for, one of `UNITS`.
    digits : int
        To how many significant digits decimals are compared.

    Examples
    --------
    >>> side(300, 100), side(300, 301)
    ('too small', 'too large, by one. Is the count from 0 or from 1, and which end is counted in?')
    >>> side(132, 33, "KiB")
    'too small: it is the right number in pages of 4 KiB, and KiB are asked for'
    >>> side(7.56884, 7.0, digits=3)
    'rounded too far: 3 significant digits are asked for'
    """
    which = "too small" if got < expected else "too large"
    other = _other_unit(expected, got, unit, digits)
    if other:
        verb = "is" if unit in ("a fraction", "percent") else "are"
        return f"{which}: it is the right number in {other}, and {unit} {verb} asked for"
    if type(expected) is float and not expected.is_integer():
        near = {math.floor(expected), round(expected), math.ceil(expected)}
        if got and (got in near or same(expected, got, 2)):
            return f"rounded too far: {digits} significant digits are asked for"
    elif abs(expected - got) == 1 and expected >= _NEIGHBOURS_FROM:
        return f"{which}, by one. Is the count from 0 or from 1, and which end is counted in?"
    return which


def _other_unit(expected: Any, got: Any, unit: str | None, digits: int) -> str | None:
    for scale in _SCALES:
        if unit in scale and got:
            for other, size in scale.items():
                right = float(Fraction(expected) * scale[unit] / size)
                if size != scale[unit] and same(right, float(got), digits):
                    return other
    return None


def compare(
    name: str, expected: Any, got: Any, look: str, unit: str | None = None, digits: int = 6
) -> str:
    """Say what is wrong first about a number, a list or a word, and what to look at.

    Parameters
    ----------
    name : str
        What it is called in the sentence.
    expected, got : object
        The right one and the learner's, of one form, which differ.
    look : str
        What to look at.
    unit, digits
        As for `side`.

    Examples
    --------
    >>> compare("`victims`", [7, 8], [7, 9], "Who came first?")
    'Item 2 of `victims` is the first wrong one. Who came first?'
    >>> compare("`victims`", [7, 8], [7], "Who came first?")
    '`victims` is right as far as it goes, but has too few items. Who came first?'
    """
    if type(expected) is type(got) is list:
        for n, (right, theirs) in enumerate(zip(expected, got, strict=False), 1):
            if not same(right, theirs, digits):
                return f"Item {n} of {name} is the first wrong one. {look}"
        if len(got) < len(expected):
            return f"{name} is right as far as it goes, but has too few items. {look}"
        return f"{name} is right at first, but has too many items. {look}"
    if {type(expected), type(got)} <= {int, float}:
        phrase = side(expected, got, unit, digits)
        return f"{name} is {phrase}{'' if phrase.endswith('?') else '.'} {look}"
    return f"{name} is not right. {look}"
