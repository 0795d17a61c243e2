"""Plain values: do they have the wanted form, are they the same, and how are they shown?

Inputs and answers are ints, floats, strings, lists and dicts, so that JSON can carry them to
another process. A *form* says what an answer must look like:

    int, float, str, bool, None      a value of that type
    "fault"                          that word
    (int, None)                      one of these
    [int]                            a list of any length, in order
    {int}                            a collection of any length; the order does not matter
    [int, str]                       a list of exactly these
    {"PGD": int}                     a dict with exactly these keys

What Python treats alike is taken for it: a whole number for a flag (``entry & 2``) or a decimal,
``4.0`` for 4, True for 1, a tuple for a list, a set where order does not matter, None for the word
"fault"; and in an answer written by hand the text of a number, such as "12" or "0x17". Where
something hangs on the type, the sentence says what. `outcome.plain` has made numpy's values
Python's before; an object that only claims to be something is not looked at.
"""

from __future__ import annotations

import math
import re
from typing import Any

from pagesim.units import count

_NAMES = {int: "an int", float: "a float", str: "a str", bool: "a bool"}
_SETS = (set, frozenset)
_LISTS = (list, tuple)
_LAZY = (
    "a generator", "a map", "a filter", "a zip", "a dict_keys", "a dict_values", "a deque",
    "a reversed", "a list_reverseiterator", "a list_iterator",
)  # fmt: skip
_MOST_BITS = 1000  # of any number that is looked at: Python writes out no more than 14,000
_EXACT = 2**53  # up to here a float counts exactly
# not "017", which may be meant in hex
_WRITTEN = re.compile(
    r"[+-]?(0x[0-9a-f]{1,250}|0b[01]{1,999}|(0|[1-9]\d{0,299})(\.\d{0,99})?)", re.A | re.I
)


class Misfit(ValueError):
    """A value has not the wanted form; the message is a sentence without its full stop."""


def fit(value: Any, form: Any, name: str, exact: bool = False) -> Any:
    """Return a value as the plain one that its form asks for.

    Parameters
    ----------
    value : object
        Anything at all; no method of it is ever called.
    form : object
        See the top of this module.
    name : str
        What a sentence calls the value.
    exact : bool
        Whether a number must be one (a function's: others reckon on with it), or may be written
        as text.

    Raises
    ------
    Misfit
        If it has another form; the sentence says which, and what is expected.

    Examples
    --------
    >>> fit((1, 2.0), [int], "`pages`"), fit({2, 1}, {int}, "`pages`"), fit(2, bool, "`w`")
    ([1, 2], [1, 2], True)
    >>> fit("0x17", int, "`index`"), fit("2.5", float, "`mean`")
    (23, 2.5)
    >>> fit([1, "2"], [int], "`pages`", exact=True)
    Traceback (most recent call last):
    coursework.values.Misfit: item 2 of `pages` is '2', a str; an int is expected (no quotes needed)
    """
    kind = type(value)
    if isinstance(form, tuple):
        return _one_of(value, form, name, exact)
    if isinstance(form, set):
        return _collection(value, form, name, exact)
    if isinstance(form, list) and kind in _LISTS:
        forms = form * len(value) if len(form) == 1 else form
        if len(value) != len(forms):
            raise Misfit(f"{name} has {count(len(value), 'item')}; {len(forms)} are expected")
        if form == [int] and all(type(n) is int and n.bit_length() <= _MOST_BITS for n in value):
            return [*value]  # as nearly all are: a name for each item takes most of the time
        pairs = enumerate(zip(value, forms, strict=True), 1)
        return [fit(each, wanted, f"item {i} of {name}", exact) for i, (each, wanted) in pairs]
    if isinstance(form, dict) and kind is dict:
        for key in value:  # before any hashing
            fit(key, str, f"a key of {name}", exact)
        if value.keys() != form.keys():
            raise Misfit(f"{name} has other keys than {', '.join(map(repr, form))}")
        return {key: fit(value[key], form[key], f"{name}[{key!r}]", exact) for key in form}
    if isinstance(form, str):
        if kind is str and _bare(value) == _bare(form):
            return form
        if form == "fault" and value is None:
            return form
    elif form is None and value is None:
        return None
    elif kind in (int, bool, float) and form in (int, bool, float):
        return _number(value, form, name)
    elif form is str and kind is str:
        return value
    elif not exact and form in (int, float) and (number := _written(value)) is not None:
        return _number(number, form, name)
    raise Misfit(f"{name} is {describe(value)}; {expected(form)} is expected{_why(value, form)}")


def _one_of(value: Any, forms: tuple[Any, ...], name: str, exact: bool) -> Any:
    complaints = []
    for each in forms:
        try:
            return fit(value, each, name, exact)
        except Misfit as misfit:
            complaints.append(misfit)
    if type(value) in (*_LISTS, dict):  # of those, what fitted best
        for each, complaint in zip(forms, complaints, strict=True):
            if isinstance(each, list | dict | set):
                raise complaint
    why = _why(value, forms if type(value) is str else int if int in forms else forms)
    raise Misfit(f"{name} is {describe(value)}; {expected(forms)} is expected{why}")


def _collection(value: Any, form: set[Any], name: str, exact: bool) -> list[Any]:
    (wanted,) = form
    if type(value) in _SETS:
        value = list(value)
    return sorted(fit(value, [wanted], name, exact))


def _number(value: Any, form: Any, name: str) -> Any:
    kind = type(value)
    if kind is int and value.bit_length() > _MOST_BITS:
        raise Misfit(f"{name} is {describe(value)}, far too large")
    if kind is float and not math.isfinite(value):
        raise Misfit(f"{name} is {describe(value)}; a number is expected")
    if form is bool and kind in (int, bool):
        return bool(value)
    if form is float:
        return float(value)
    if form is int and (kind is not float or (value == int(value) and abs(value) <= _EXACT)):
        return int(value)
    raise Misfit(f"{name} is {describe(value)}; {expected(form)} is expected{_why(value, form)}")


def expected(form: Any) -> str:
    """Put a form into words.

    >>> expected((int, "fault")), expected({"PGD": int}), expected({int})
    ("an int or 'fault'", "a dict with the keys 'PGD'", 'a list or set (each item an int)')
    """
    if isinstance(form, tuple):
        return " or ".join(map(expected, form))
    if isinstance(form, set):
        return f"a list or set (each item {expected(next(iter(form)))})"
    if isinstance(form, list):
        if len(form) > 1:
            return f"a list or tuple of {len(form)} ({', '.join(map(expected, form))})"
        return f"a list (each item {expected(form[0])})"
    if isinstance(form, dict):
        return f"a dict with the keys {', '.join(map(repr, form))}"
    return _NAMES.get(form, repr(form)) if isinstance(form, type) else repr(form)


def same(left: Any, right: Any, digits: int = 6) -> bool:
    """Tell whether two plain values are the same; decimals when rounded to so many digits.

    >>> same([1, "fault"], (1, "fault")), same(1, True), same(0.1 + 0.2, 0.3)
    (True, False, True)
    >>> same(7.57, 7.56884), same(7.57, 7.56884, digits=3), same(7.56, 7.56884, digits=3)
    (False, True, False)
    """
    if type(left) in (list, tuple) and type(right) in (list, tuple):
        return len(left) == len(right) and all(
            same(a, b, digits) for a, b in zip(left, right, strict=True)
        )
    if float in (type(left), type(right)) and {type(left), type(right)} <= {int, float}:
        size = max(abs(left), abs(right))
        if left == right or not 0 < size < math.inf:
            return bool(left == right)
        half = 0.5 * 10.0 ** (math.floor(math.log10(size)) + 1 - digits)
        return bool(abs(left - right) <= half * (1 + 1e-9))
    if type(left) is not type(right):
        return False
    if type(left) is dict:
        return left.keys() == right.keys() and all(
            same(left[key], right[key], digits) for key in left
        )
    return bool(left == right)


def blank(value: Any, depth: int = 4) -> bool:
    """Tell whether a value was left as ``...`` (or None, what an empty function returns).

    `depth` is how many lists and dicts within each other are looked into: one may hold itself.

    >>> blank(...), blank({"a": [..., ...]}), blank([1, ...])
    (True, True, False)
    """
    if type(value) is dict:
        value = list(value.values())
    if type(value) in (list, tuple):
        return len(value) > 0 and depth > 0 and all(blank(each, depth - 1) for each in value)
    return value is None or value is ...


def describe(value: Any) -> str:
    """Name a value and its type without asking the value itself, unless it is a built-in one.

    >>> describe("0x10"), describe([1]), describe(None)
    ("'0x10', a str", 'a list', 'None')
    """
    if value is None or value is ...:
        return "None" if value is None else "still `...`"
    kind = type(value)
    if kind is int and value.bit_length() > 200:  # repr() refuses the largest ones
        return f"a number of {value.bit_length()} bits"
    if kind in _NAMES:
        shown = repr(value)  # their own, not the learner's
        return f"{shown if len(shown) <= 40 else shown[:36] + ' ...'}, {_NAMES[kind]}"
    # type's own descriptor: a metaclass may lie about __name__, and the name may be empty
    name = type.__dict__["__name__"].__get__(kind)
    name = "".join(map(str, str.__str__(name))) or "value"
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def _bare(word: str) -> str:
    return "".join(word.replace("_", " ").replace("-", " ").split()).casefold()


def _written(value: Any) -> int | float | None:
    """Return the number that a text is, if it can be read in one way only."""
    if type(value) is not str or not _WRITTEN.fullmatch(value.strip()):
        return None
    return float(value) if "." in value else int(value.strip(), 0)


def _why(value: Any, form: Any) -> str:
    forms = form if isinstance(form, tuple) else (form,)
    words = any(isinstance(each, str) for each in forms)
    if type(value) is str and (int in forms or float in forms):
        if value.strip().lower().startswith("0x"):
            return " (`hex()` gives text; a number in hex is written 0x17, without quotes)"
        if _written(value) is not None:
            return " (no quotes needed)"
        if re.fullmatch(r"[0-9a-fA-F]+", value.strip()):
            return " (a number in hex is written 0x17, without quotes)"
        if any(each.isdigit() for each in value):
            return " (the number alone, without quotes)"
    if type(value) is str and words:
        return " (the word in quotes, spelled as here)"
    if form is int and type(value) is float and math.isfinite(value):
        if value != math.floor(value):
            return ""
        return " (a float counts exactly up to 2**53 only; `//` gives an int)"
    if isinstance(form, list) and type(value) in _SETS:
        return " (a set has no order, and the order counts here)"
    if isinstance(form, list | set) and describe(value) in _LAZY:
        return " (`list(...)` of it is one)"
    return ""
