"""On which side of the right answer a wrong one lies, and what else is plain without knowing why.

Nothing here guesses: each sentence is true of the two values that it compares.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from typing import Any

from .values import same

_SCALES: tuple[dict[str, int], ...] = (
    {"bits": 1, "bytes": 8, "KiB": 8 << 10, "kB": 8 << 10, "pages of 4 KiB": 8 << 12,
     "tables of 4 KiB": 8 << 12, "MiB": 8 << 20, "pages of 2 MiB": 8 << 21, "GiB": 8 << 30},
    {"ns": 1, "µs": 10**3, "ms": 10**6, "s": 10**9},
    {"percent": 1, "a fraction": 100},
    {"a count": 1},
)  # fmt: skip
UNITS = frozenset(unit for scale in _SCALES for unit in scale)
_ROUNDED = (
    ("rounded down", math.floor, "//"),
    ("rounded up", math.ceil, "math.ceil"),
)
_NEIGHBOURS_FROM = 8  # below that, "by one" would be the answer
_CLOSE = 12  # three pages in KiB: so far off is more likely for other reasons than 1000 for 1024


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
    ('too small', 'too large, by one. Is it rounded the other way, or counted from 0 or from 1?')
    >>> side(132, 33, "KiB")
    'too small: it is the right number in pages of 4 KiB, and KiB are asked for'
    >>> side(7.56884, 7.0, digits=3)
    'rounded down too far: 3 significant digits are asked for'
    """
    which = "too small" if got < expected else "too large"
    if found := clue(expected, got, unit, digits):
        return found if found.startswith("rounded") else f"{which}: {found}"
    if abs(expected - got) == 1 and expected >= _NEIGHBOURS_FROM:
        return f"{which}, by one. Is it rounded the other way, or counted from 0 or from 1?"
    return which


def clue(
    expected: Any, got: Any, unit: str | None = None, digits: int = 6, hex_from: int = 100
) -> str:
    """Say how a wrong number comes from the right one, if that is plain; else nothing.

    Parameters
    ----------
    expected, got, unit, digits
        As for `side`.
    hex_from : int
        From which number on digits may be hexadecimal: small counts are alike by chance.

    Examples
    --------
    >>> clue(0x123, 123)
    'its digits are right if they are hexadecimal: then write `0x123`'
    >>> clue(2**30, 2 ^ 30)
    'it is what `2^30` gives; a power is written `2**30`'
    >>> clue(2000 * 1024, 2000 * 1000, "KiB"), clue(350, 349.5)
    ('it is right but for 1000 in place of 1024', 'rounded up, it is right: `math.ceil`')
    """
    if other := _other_unit(expected, got, unit, digits):
        verb = "is" if unit in ("a fraction", "percent") else "are"
        return f"it is the right number in {other}, and {unit} {verb} asked for"
    if unit in _SCALES[0]:
        for power in (-3, -2, -1, 1, 2, 3):
            wrong = Fraction(expected) * Fraction(1000, 1024) ** power
            far = type(got) is float or abs(expected - got) > _CLOSE
            if far and _equals(wrong, got, digits):  # be it in a product or in a quotient
                times = {1: "", 2: ", twice", 3: ", three times"}[abs(power)]
                return f"it is right but for 1000 in place of 1024{times}"
    if type(expected) is int and type(got) is int:
        bits = expected.bit_length() - 1
        if bits >= _NEIGHBOURS_FROM and expected == 1 << bits and got == 2 ^ bits:
            return f"it is what `2^{bits}` gives; a power is written `2**{bits}`"
        if hex_from <= got < 1 << 64 and int(str(got), 16) == expected:
            return f"its digits are right if they are hexadecimal: then write `0x{got}`"
    if type(expected) is int and type(got) is float and got != expected:
        for way, function, written in _ROUNDED:
            if function(got) == expected:
                return f"{way}, it is right: `{written}`"
    if type(expected) is float and got and not expected.is_integer():
        return _rounded(expected, float(got), digits)
    return ""


def _rounded(expected: float, got: float, digits: int) -> str:
    for places in range(digits):
        exact, theirs = Fraction(expected) * 10**places, round(got * 10**places)
        if math.isclose(got * 10**places, theirs, rel_tol=1e-12):
            asked = f"{digits} significant digits are asked for"
            if abs(exact - theirs) <= Fraction(1, 2):
                return f"rounded too far: {asked}"
            if theirs in (math.floor(exact), math.ceil(exact)):
                return f"rounded {'down' if theirs < exact else 'up'} too far: {asked}"
            return ""
    return ""


def _equals(right: Fraction, got: Any, digits: int) -> bool:
    """Compare with a whole number exactly, or when it was rounded where that hardly shows."""
    if type(got) is int:
        return right == got or (right >= 100 and abs(right - got) < 1)
    return same(float(right), float(got), digits)


def _other_unit(expected: Any, got: Any, unit: str | None, digits: int) -> str | None:
    for scale in _SCALES:
        if unit in scale and got:
            for other, size in scale.items():
                right = Fraction(expected) * scale[unit] / size
                if size != scale[unit] and _equals(right, got, digits):
                    return other
    return None


def compare(
    name: str, expected: Any, got: Any, look: str, unit: str | None = None, digits: int = 6,
    ordered: bool = True,
) -> str:  # fmt: skip
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
    ordered : bool
        Whether the order of a list counts.

    Examples
    --------
    >>> compare("`victims`", [7, 8], [7, 9], "Who came first?")
    'Item 2 of `victims` is the first wrong one. Who came first?'
    >>> compare("`zero`", [7, 8], [7, 9], "Who has it?", ordered=False)
    '`zero` has an item that does not belong there. Who has it?'
    >>> compare("`victims`", [7, 8], [7], "Who came first?")
    '`victims` is right as far as it goes, but has too few items. Who came first?'
    """
    if type(expected) is type(got) is list:
        items = _items if ordered else _members
        return f"{items(name, expected, got, digits)} {look}"
    if {type(expected), type(got)} <= {int, float}:
        phrase = side(expected, got, unit, digits)
        return f"{name} is {phrase}{'' if phrase.endswith('?') else '.'} {look}"
    return f"{name} is not right. {look}"


def _items(name: str, expected: list[Any], got: list[Any], digits: int) -> str:
    for n, (right, theirs) in enumerate(zip(expected, got, strict=False), 1):
        if not same(right, theirs, digits):
            if sorted(map(repr, expected)) == sorted(map(repr, got)):
                return f"{name} has the right items in another order, from item {n} on."
            return f"Item {n} of {name} is the first wrong one."
    if len(got) < len(expected):
        return f"{name} is right as far as it goes, but has too few items."
    return f"{name} is right at first, but has too many items."


def _members(name: str, expected: list[Any], got: list[Any], digits: int) -> str:
    if any(same(one, other, digits) for one, other in pairwise(got)):  # they are sorted
        return f"An item stands in {name} more than once."
    if any(each not in expected for each in got):
        return f"{name} has an item that does not belong there."
    return f"{name} lacks an item that belongs there."
