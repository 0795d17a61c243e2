"""Plain values: do they have the wanted form, are they the same, and how are they shown?

Inputs and answers are ints, floats, strings, lists and dicts, so that JSON can carry them to
another process. A *form* says what an answer must look like:

    int, float, str, bool, None      exactly that type (an int will do for a float)
    "fault"                          exactly that string
    (int, None)                      one of these
    [int]                            a list of any length
    [int, str]                       a list of exactly these
    {"PGD": int}                     a dict with exactly these keys

Types are compared strictly: ``True`` is not 1, and an object that only claims to be equal is not
looked at. A tuple counts as a list, because JSON knows no tuples.
"""

from __future__ import annotations

import math
from typing import Any

_NAMES = {int: "an int", float: "a float", str: "a str", bool: "a bool"}


def misfit(value: Any, form: Any, name: str) -> str | None:
    """Say in one sentence why a value does not have a form, or None if it has.

    Parameters
    ----------
    value : object
        Anything at all; no method of it is ever called.
    form : object
        See the top of this module.
    name : str
        What the sentence calls the value.

    Examples
    --------
    >>> misfit([1, True], [int], "`pages`")
    'item 2 of `pages` is True, a bool; an int is expected'
    >>> misfit([1, 2], [int], "`pages`") is None
    True
    """
    kind = type(value)
    if isinstance(form, tuple):
        if any(misfit(value, each, name) is None for each in form):
            return None
    elif isinstance(form, list) and kind in (list, tuple):
        if len(form) == 1:
            form = form * len(value)
        if len(value) != len(form):
            return f"{name} has {count(len(value), 'item')}; {len(form)} are expected"
        return _first(
            misfit(item, wanted, f"item {i} of {name}")
            for i, (item, wanted) in enumerate(zip(value, form, strict=True), 1)
        )
    elif isinstance(form, dict) and kind is dict:
        odd = _first(misfit(key, str, f"a key of {name}") for key in value)  # before any hashing
        if odd or value.keys() != form.keys():
            return odd or f"{name} has other keys than {', '.join(map(repr, form))}"
        return _first(misfit(value[key], form[key], f"{name}[{key!r}]") for key in form)
    elif form is float and kind in (int, float):
        # neither nan nor infinity, nor an int that no float can hold
        if math.isfinite(value) if kind is float else value.bit_length() < 1000:
            return None
    elif (isinstance(form, str) and kind is str and value == form) or (
        isinstance(form, type) and kind is form
    ) or (form is None and value is None):  # fmt: skip
        return None
    return f"{name} is {describe(value)}; {expected(form)} is expected{_advice(value, form)}"


def expected(form: Any) -> str:
    """Put a form into words.

    >>> expected((int, "fault")), expected({"PGD": int})
    ("an int or 'fault'", "a dict with the keys 'PGD'")
    """
    if isinstance(form, tuple):
        return " or ".join(map(expected, form))
    if isinstance(form, list):
        if len(form) > 1:
            return f"a list or tuple of {len(form)} ({', '.join(map(expected, form))})"
        return f"a list (each item {expected(form[0])})"
    if isinstance(form, dict):
        return f"a dict with the keys {', '.join(map(repr, form))}"
    return _NAMES.get(form, repr(form)) if isinstance(form, type) else repr(form)


def same(left: Any, right: Any) -> bool:
    """Tell whether two plain values are the same, type for type; floats to one part in a million.

    >>> same([1, "fault"], (1, "fault")), same(1, True), same(0.1 + 0.2, 0.3)
    (True, False, True)
    """
    if type(left) in (list, tuple) and type(right) in (list, tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if float in (type(left), type(right)) and {type(left), type(right)} <= {int, float}:
        return math.isclose(left, right, rel_tol=1e-6)
    if type(left) is not type(right):
        return False
    if type(left) is dict:
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
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
    # type's own descriptor: a metaclass may lie about __name__
    name = type.__dict__["__name__"].__get__(kind)
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def count(number: int, noun: str) -> str:
    """Write a number with its noun.

    >>> count(1, "item"), count(3, "item"), count(0, "entry")
    ('1 item', '3 items', '0 entries')
    """
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"


def _first(sentences: Any) -> str | None:
    return next((sentence for sentence in sentences if sentence), None)


def _advice(value: Any, form: Any) -> str:
    whole = int in form if isinstance(form, tuple) else form is int
    if whole and type(value) is str:
        return " (a number needs no quotes; 0x.. is fine)"
    if whole and type(value) is float:
        return " (`//` divides into whole numbers, `/` never does)"
    if whole and type(value).__module__ == "numpy":
        return " (wrap it in `int(...)`)"
    return ""
