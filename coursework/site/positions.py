"""Which positions of an explorer are drawn beforehand, for pages that have no Python to draw more.

A page of its own can show what was drawn and nothing else, so what is drawn decides what can be
moved. In this order, until there are as many as asked for:

1. where the explorer opens;
2. all positions there are, if they are that few;
3. each control swept, with the others where they open, and a scene's steps for each option;
4. where clicks lead;
5. two controls swept together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import combinations, product, zip_longest
from typing import Any

from pagesim.scenes import Address, Choice, Control, Hidden, Slider, Toggle

from .clicks import changes_of
from .still import Still

_FAR = 12  # positions of a slider when two are swept together
Values = dict[str, Any]


def drawn_positions(explorer: Still, most: int) -> list[Values]:
    """List the positions to draw, the opening first.

    Parameters
    ----------
    explorer : Still
    most : int
        How many, at most.

    Examples
    --------
    >>> from pagesim import scenes
    >>> len(drawn_positions(Still(scenes.LruStack()), most=100))  # 16 steps by 5 sizes
    80
    >>> len(drawn_positions(Still(scenes.LruStack()), most=12))
    12
    """
    moves = _Moves(explorer)
    visible = {
        name: control
        for name, control in explorer.controls.items()
        if not isinstance(control, Hidden | Address)
    }
    all_of = {name: every_value(control) for name, control in visible.items()}
    everything = math.prod(map(len, all_of.values()))
    if everything <= most and not _has_address(explorer):
        wanted = moves.together(all_of)
    else:
        each = max(2, most // (2 * len(visible) or 1))
        few = {
            name: spread(values, len(values) if name == explorer.scene.play else each, start)
            for name, values in all_of.items()
            for start in [explorer.values[name]]
        }
        wanted = _ordered(moves, explorer, few)
    found: dict[Hashable, Values] = {moves.key(explorer.values): dict(explorer.values)}
    for values in wanted:
        if len(found) >= most:
            break
        found.setdefault(moves.key(values), values)
    return list(found.values())


def every_position(explorer: Still) -> list[Values]:
    """List all positions there are, the opening first.

    Parameters
    ----------
    explorer : Still
        Without addresses and hidden values, which have too many.

    Examples
    --------
    >>> from pagesim import scenes
    >>> len(every_position(Still(scenes.MissCurve())))  # 5 programs, 4 pages, 49 geometries
    980
    """
    moves = _Moves(explorer)
    all_of = {name: every_value(control) for name, control in explorer.controls.items()}
    positions = [dict(explorer.values), *moves.together(all_of)]
    return list({moves.key(values): values for values in positions}.values())


def every_value(control: Control) -> list[Any]:
    """List the positions of a control; an address or a hidden value has too many.

    Examples
    --------
    >>> every_value(Slider("frames", 2, 5, 3))
    [2, 3, 4, 5]
    """
    match control:
        case Slider(_, low, high):
            return list(range(low, high + 1))
        case Choice(_, options):
            return list(options)
        case Toggle():
            return [False, True]
        case _:
            return []


def spread(values: list[Any], most: int, keep: Any) -> list[Any]:
    """Choose some of many values, evenly, with both ends and one that must be among them.

    Examples
    --------
    >>> spread(list(range(100)), 4, keep=42)
    [0, 33, 42, 66, 99]
    """
    if len(values) <= most:
        return values
    steps = [round(k * (len(values) - 1) / (most - 1)) for k in range(most)]
    chosen = {*steps, values.index(keep)} if keep in values else set(steps)
    return [values[k] for k in sorted(chosen)]


def moved(explorer: Still, values: Values, changes: Values) -> Values:
    """Say where changes lead, made one after the other as a learner would."""
    for name, value in changes.items():
        values = explorer.scene.settle(name, {**values, name: value})
    return values


class _Moves:
    """Moves of one explorer, each from where it opens."""

    def __init__(self, explorer: Still) -> None:
        self.explorer = explorer

    def key(self, values: Values) -> Hashable:
        return tuple(values[name] for name in self.explorer.controls)

    def sweep(self, name: str, values: Iterable[Any]) -> Iterator[Values]:
        for value in values:
            yield moved(self.explorer, self.explorer.values, {name: value})

    def together(self, axes: dict[str, list[Any]]) -> Iterator[Values]:
        for combination in product(*axes.values()):
            changes = dict(zip(axes, combination, strict=True))
            yield moved(self.explorer, self.explorer.values, changes)


def _has_address(explorer: Still) -> bool:
    return any(isinstance(control, Address) for control in explorer.controls.values())


def _ordered(moves: _Moves, explorer: Still, few: dict[str, list[Any]]) -> Iterator[Values]:
    """Go through what may be drawn, what matters most first."""
    start, play = explorer.values, explorer.scene.play
    yield from _in_turn(moves.sweep(name, values) for name, values in few.items())
    if play:
        others = (name for name in few if name != play)
        yield from _in_turn(moves.together({name: few[name], play: few[play]}) for name in others)
    clicked = [moved(explorer, start, each) for each in changes_of(explorer.scene, start)]
    yield from clicked
    short: Callable[[str], list[Any]] = lambda name: spread(few[name], _FAR, start[name])  # noqa: E731
    yield from _in_turn(
        moves.together({one: short(one), other: short(other)})
        for one, other in combinations(few, 2)
    )
    for values in clicked:
        for each in changes_of(explorer.scene, values):
            yield moved(explorer, values, each)


def _in_turn(many: Iterable[Iterable[Values]]) -> Iterator[Values]:
    """Take one of each, then the next of each: none comes short if there is an end to it."""
    for few in zip_longest(*many):
        yield from (each for each in few if each is not None)
