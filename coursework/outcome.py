"""Call a function, write what it returns or raises as one line of bytes, and read such a line.

A line can cross from one process to another, and reading it runs none of the code that wrote it.
What Python's own types hold comes through as it is: ``None``, ``...``, bool, int, float, str,
list, tuple, set and dict. A subclass of these, a number or an array of numpy's, a range, and (as a
float) a Fraction or a Decimal come through as what they hold. Of any other object only the name of
its class is left: enough to say that "a Pte" was returned.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

_DEPTH = 50  # lists within each other
_ROOM = 500_000  # characters that a value takes, about
_ITEM = 10  # of them, for each of its items
_HOLDERS = {each.__name__: each for each in (list, tuple, set, frozenset)}
_TYPE_NAME = type.__dict__["__name__"]  # type's own: a metaclass may lie about it


@dataclass(frozen=True)
class Raised:
    """The call came to no value.

    Parameters
    ----------
    kind : str
        The exception's class name, or ``TooSlow`` (the time was up), ``Died`` (the process that
        ran the call ended), ``TooLarge`` (the value) or ``Nested`` (a check within a check).
    message : str
        The exception's message, at most 200 characters; for those four a whole sentence.
    """

    kind: str
    message: str = ""

    @property
    def sentence(self) -> str:
        """Say what happened.

        >>> Raised("KeyError", "'PGD'").sentence
        "Your function raised `KeyError`: 'PGD'"
        """
        if self.kind in ("TooSlow", "Died", "TooLarge", "Nested") and self.message:
            return self.message
        return f"Your function raised `{self.kind}`: {self.message or 'no message'}"


class _TooLarge(Exception):
    pass


def call(
    function: Callable[..., Any], arguments: list[Any], tell: Callable[[bytes], object]
) -> None:
    """Call a function and tell what came of it: a line (without its end) for `read`.

    Of what is returned no method is called, and it is held until it has been told: its own last
    words may take long. An exception is asked for its message.

    >>> call(divmod, [7, 2], lambda line: print(read(line)))
    (3, 1)
    """
    value = None
    depth = sys.getrecursionlimit()
    try:
        try:
            value = function(*arguments)
        finally:
            sys.setrecursionlimit(depth)
        line = _line({"value": _packed(value, [_ROOM], 0)})
    except _TooLarge as problem:
        line = _line({"raised": ["TooLarge", str(problem)]})
    except BaseException as problem:  # SystemExit and KeyboardInterrupt too
        line = _failure(problem)
    tell(line)


def read(line: bytes) -> Any:
    """Return the value that a line tells of, or `Raised`, whatever the line is.

    >>> read(b'{"value": [1, {"...": null}]}')
    [1, Ellipsis]
    >>> read(b"[[[[").kind
    'Died'
    """
    try:
        return value_of(json.loads(line.decode("utf-8", "surrogatepass")))
    except Exception:
        return value_of(None)


def value_of(tree: Any) -> Any:
    """Return the value that a line's JSON tells of, or `Raised`, whatever it is.

    >>> value_of({"value": {"tuple": [1, 2]}})
    (1, 2)
    """
    try:
        ((tag, content),) = tree.items()
        if tag == "value":
            return _unpacked(content)
        kind, message = content
        return Raised(_legible(kind), _legible(message))
    except Exception:  # written by something else than `call`: a learner's function in its process
        return Raised("Died", "What came back from your function cannot be read.")


def plain(value: Any) -> Any:
    """Return a value as `call` and `read` would bring it through, or `Raised` if it is too large.

    No method of the value is called.

    >>> from collections import Counter
    >>> plain(Counter("aab")), type(plain(object())).__name__, plain(1 << 4_000_000).kind
    ({'a': 2, 'b': 1}, 'object', 'TooLarge')
    """
    lines: list[bytes] = []
    call(lambda: value, [], lines.append)
    return read(lines[0])


def class_name(kind: type) -> str:
    """Return the name of a class in at most 80 characters that can be shown."""
    return _legible(str.__getitem__(_TYPE_NAME.__get__(kind), slice(80))) or "nameless"


def _failure(problem: BaseException) -> bytes:
    BaseException.with_traceback(problem, None)  # frees what the call still held
    return _line({"raised": [class_name(type(problem)), _message(problem)]})


def _message(problem: BaseException) -> str:
    try:
        return _legible(str.__getitem__(str(problem), slice(200)))
    except BaseException:  # a learner's own class may fail here as well
        return ""


def _legible(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def _line(tree: Any) -> bytes:
    # as it is, not as \ud83d\ude00: two halves of a character would become one on the way
    return json.dumps(tree, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _packed(value: Any, room: list[int], depth: int) -> Any:
    """Return a value as JSON can say it: what JSON does not know becomes a dict of one key."""
    kind = type(value)
    if depth > _DEPTH:
        raise _TooLarge(
            f"What your function returned is nested more than {_DEPTH} deep. Does it hold itself?"
        )
    _take(room, _ITEM)
    if value is None or kind is bool:
        return value
    if value is ...:
        return {"...": None}
    # unbound methods of the bases: those of a learner's subclass are not asked
    if issubclass(kind, int):
        number = int.__int__(value)
        if number.bit_length() < 64:
            return number
        _take(room, number.bit_length() // 4)
        return {"int": hex(number)}  # decimal digits are limited to 4300
    if issubclass(kind, float):
        return float.__float__(value)
    if kind in (Fraction, Decimal):
        return float(value)
    if kind is range:
        value, kind = list(value[: room[0]]), list
    if issubclass(kind, str):
        _take(room, str.__len__(value))
        return str.__str__(value)
    if issubclass(kind, dict):
        _take(room, _ITEM * dict.__len__(value))
        pairs = dict.items(value)
        return {
            "dict": [[_packed(key, room, depth + 1), _packed(each, room, depth + 1)]
                     for key, each in pairs]
        }  # fmt: skip
    for name, holder in _HOLDERS.items():
        if issubclass(kind, holder):
            if holder.__len__(value) * _ITEM > room[0]:
                _take(room, room[0] + 1)
            items = [_packed(each, room, depth + 1) for each in holder.__iter__(value)]
            return items if holder is list else {name: items}
    known, inner = _from_numpy(value, room)
    return _packed(inner, room, depth + 1) if known else {"object": class_name(kind)}


def _take(room: list[int], characters: int) -> None:
    room[0] -= characters
    if room[0] < 0:
        raise _TooLarge("What your function returned is too large to be looked at.")


def _from_numpy(value: Any, room: list[int]) -> tuple[bool, Any]:
    """Return whether a value is numpy's, and what it equals."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return False, None
    if issubclass(type(value), numpy.ndarray):
        if numpy.ndarray.size.__get__(value) * _ITEM > room[0]:
            _take(room, room[0] + 1)
        return True, numpy.ndarray.tolist(value)
    if issubclass(type(value), numpy.generic):
        inner = numpy.generic.item(value)
        return not issubclass(type(inner), numpy.generic), inner
    return False, None


def _unpacked(tree: Any) -> Any:
    if type(tree) is list:
        return [_unpacked(each) for each in tree]
    if type(tree) is not dict:
        return tree
    ((tag, content),) = tree.items()
    if tag == "...":
        return ...
    if tag == "int":
        return int(content, 16)
    if tag == "dict":
        return {_unpacked(key): _unpacked(each) for key, each in content}
    if tag == "object":
        return type(_legible(content), (), {})()
    return _HOLDERS[tag]([_unpacked(each) for each in content])
