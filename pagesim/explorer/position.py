"""Positions of an explorer: the ones before, to go back to, and the call that shows this one."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum
from inspect import signature
from typing import Any

from ..arch import presets
from ..scenes import Address, Scene
from ..traces import PageTrace

Values = dict[str, Any]
_ONE_MOVE = 0.7  # seconds: a drag is many values and one move
_MOST = 200  # positions that are remembered


class History:
    """The positions that were left, newest last; moves in quick succession count as one.

    Parameters
    ----------
    clock : callable
        Returns seconds.

    Examples
    --------
    >>> history = History(clock=iter((0.0, 0.1, 5.0)).__next__)
    >>> for left in 1, 2, 3:
    ...     history.leave("va", {"va": left})
    >>> history.back(), history.back(), history.back()
    ({'va': 3}, {'va': 1}, None)
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left: list[Values] = []
        self._last = ("", float("-inf"))

    def leave(self, control: str, values: Values) -> None:
        """Remember a position that is left by moving a control."""
        last, at = self._last
        self._last = (control, self._clock())
        if control != last or self._last[1] - at > _ONE_MOVE:
            self._left = [*self._left, dict(values)][-_MOST:]

    def back(self) -> Values | None:
        """Return the position before, once; None if there is none."""
        self._last = ("", float("-inf"))
        return self._left.pop() if self._left else None


def settled(scene: Scene, start: Values, moved: Values) -> Values:
    """Set controls one after the other, and return the position that comes of it."""
    values = {**start, **moved}
    for name in moved:
        values = scene.settle(name, {**values, name: moved[name]})
    return values


def code_of(scene: Scene, values: Values) -> str:
    """Return the call that shows a position: what was given to the scene, and what has to be moved.

    What the scene was given is written by its name if it is one of the course's, or a trace (which
    the scene takes by its name, too), else by the name that the scene has for it.

    Examples
    --------
    >>> from pagesim import X86_64, scenes
    >>> scene = scenes.AddressBits(X86_64)
    >>> start = {name: control.value for name, control in scene.controls.items()}
    >>> code_of(scene, settled(scene, start, {"va": 0x20_1000}))
    'explore(scenes.AddressBits(X86_64), va=0x201000)'
    """
    start = {name: control.value for name, control in scene.controls.items()}
    moved = {name: values[name] for name in start if values[name] != start[name]}
    for name in [*reversed(moved), None]:
        fewer = {other: value for other, value in moved.items() if other != name}
        # which one was moved last may matter, even if it stands where it started
        for last in [*reversed(fewer), None, *start]:
            tried = {other: value for other, value in fewer.items() if other != last}
            if last is not None:
                tried[last] = values[last]
            if settled(scene, start, tried) == values:
                moved = tried
                break
    takes = list(signature(type(scene).__init__).parameters)[1:]
    positional, named = scene.given
    made = [_name(value, name) for name, value in zip(takes, positional, strict=False)]
    made += [f"{name}={_name(value, name)}" for name, value in named.items()]
    call = [f"scenes.{type(scene).__name__}({', '.join(made)})"]
    for name, value in moved.items():
        value = value.value if isinstance(value, Enum) else value
        hexadecimal = isinstance(scene.controls[name], Address)
        call.append(f"{name}={value:#x}" if hexadecimal else f"{name}={value!r}")
    return f"explore({', '.join(call)})"


def _name(value: object, name: str) -> str:
    if isinstance(value, PageTrace | str):
        return repr(value.name if isinstance(value, PageTrace) else value)
    return next((known for known, mode in vars(presets).items() if mode is value), name)
