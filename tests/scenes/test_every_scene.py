"""Every scene, at both ends of every control and at random places: what a learner may move to."""

from __future__ import annotations

import inspect
import itertools
import random
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
import pytest

from benchmarks.explorer import every_scene
from pagesim import SV39, TOY10, X86_64_LA57, scenes
from pagesim.arch import presets
from pagesim.draw import Table
from pagesim.explorer import Explorer, explore
from pagesim.explorer.position import code_of
from pagesim.scenes import Address, Choice, Control, Hidden, Scene, Slider, Toggle

from ..samples import SHARE
from .inks import Mark, marks
from .seen import Told, drawn, labels, pixels

Box = tuple[float, float, float, float]
EFFORT = round(SHARE * 200)  # 200 for everything, 25 or 10 for a sample

pytestmark = pytest.mark.sampled

SCENES: dict[str, Callable[[], Scene]] = {
    **every_scene.SCENES,
    "AddressBits, SV39": lambda: scenes.AddressBits(SV39),
    "AddressBits, 57 bits": lambda: scenes.AddressBits(X86_64_LA57),
    "AddressBits, toy": lambda: scenes.AddressBits(TOY10),
    "MissCurve, a learner's": lambda: scenes.MissCurve("gather"),
    "Thrashing, a learner's": lambda: scenes.Thrashing("columns"),
}
# A scene's tests share its sweep and its bitmaps of words, so they run in one process.
each_scene, each_clickable = (
    pytest.mark.parametrize(
        "name", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in names]
    )
    for names in (SCENES, [name for name in SCENES if SCENES[name]().clickable])
)

# "1 frames", "16810049" and "1.9e-05" are not English; "page 1 leaves" is, and so is "1 access".
MISWRITTEN = re.compile(
    r"(?<![\w.,])1 (?!\w+ss\b|has\b|was\b|says\b|sees\b|lies\b|leaves\b|matches\b)[a-z]{2,}s\b"
    r"|(?<![\w.,])(?!80386)\d{5,}(?!\w)|\de[+-]\d"
)


def ends(control: Control) -> list[Any]:
    """Both ends of a control, or all its options."""
    match control:
        case Slider(_, low, high, _, _):
            return [low, high]
        case Choice(_, options, _):
            return list(options)
        case Toggle():
            return [True, False]
        case Address(_, bits, _):
            return [0, (1 << bits) - 1]
        case Hidden():
            return []


def anywhere(control: Control, rng: random.Random) -> Any:
    """A random position of a control."""
    match control:
        case Slider(_, low, high, _, _):
            return rng.randint(low, high)
        case Address(_, bits, _):
            return rng.getrandbits(bits) >> rng.randrange(bits)
        case _:
            return rng.choice(ends(control))


def corners(
    visible: dict[str, Control], rng: random.Random, most: int = EFFORT // 12
) -> list[dict[str, Any]]:
    """Few corners of all controls in which any end of one meets any end of any other."""
    moves: list[dict[str, Any]] = []
    pairs = {
        (one, a, two, b)
        for one, two in itertools.combinations(visible, 2)
        for a, b in itertools.product(ends(visible[one]), ends(visible[two]))
    }
    while pairs and len(moves) < most:
        one, a, two, b = rng.choice(sorted(pairs, key=repr))
        move = {one: a, two: b}
        for name in rng.sample(sorted(visible.keys() - move.keys()), len(visible) - 2):
            met = dict.fromkeys(ends(visible[name]), 0)
            for one, a, two, b in pairs:
                if name in (one, two):
                    end, other, its = (a, two, b) if name == one else (b, one, a)
                    met[end] += other in move and move[other] == its
            move[name] = max(met, key=met.__getitem__)
        pairs = {(one, a, two, b) for one, a, two, b in pairs if (move[one], move[two]) != (a, b)}
        moves.append(move)
    return moves


def positions(picture: Told | Explorer, inside: int = EFFORT // 20) -> list[dict[str, Any]]:
    """The default, each control at its ends, corners of all controls, random places."""
    visible = {name: c for name, c in picture.controls.items() if not isinstance(c, Hidden)}
    rng = random.Random(picture.readout)
    moves: list[dict[str, Any]] = [{}]
    for name, control in visible.items():
        moves += [{name: end} for end in ends(control)]
    moves += corners(visible, rng)
    for _ in range(inside):
        moves.append({name: anywhere(control, rng) for name, control in visible.items()})
    return moves


class Seen(NamedTuple):
    """What a scene shows at one position."""

    move: dict[str, Any]
    values: dict[str, Any]
    readout: str
    inked: float  # share of the sheet
    labels: list[tuple[str, Box]]
    picture: int  # the same for the same pixels
    marks: frozenset[Mark]
    title: str
    moving: list[str]  # the words that move
    tables: list[Table]


@lru_cache(maxsize=1)
def told(name: str) -> Told:
    """A scene where it starts; all tests of one scene come one after the other."""
    return Told(SCENES[name]())


def looks(picture: Told | Explorer) -> int:
    """A number that is the same for the same pixels."""
    return hash(bytes(picture.stage.canvas.buffer_rgba()))


@cache
def sweep(name: str) -> list[Seen]:
    """Move a scene to all its positions, each from where it starts."""
    picture, seen = told(name), []
    picture.back()
    for move in positions(picture):
        picture.values = picture.start
        readout = picture.move(**move)
        picture.stage.paint()
        inked = float((pixels(picture.stage)[::3, ::3] < 250).any(axis=2).mean())
        artists = list(drawn(picture.stage.figure))
        found = labels(picture.stage, artists)
        seen.append(
            Seen(
                move,
                picture.values,
                readout,
                inked,
                [(label.text, label.box()) for label in found],
                looks(picture),
                marks(artists),
                picture.stage.finding.title,
                [label.text for label in found if label.get_animated()],
                picture.scene.tabulate(**picture.values),
            )
        )
    return seen


def first_overlap(boxes: list[Box]) -> tuple[int, int] | None:
    """Find two boxes (left, bottom, right, top) that share more than 0.002 square inches."""
    low, high = np.array(boxes).reshape(-1, 2, 2).swapaxes(0, 1)
    shared = np.minimum(high[:, None], high) - np.maximum(low[:, None], low)
    both = np.triu(shared.clip(0).prod(axis=2), 1) > 0.002
    return tuple(np.argwhere(both)[0]) if both.any() else None


def is_legal(control: Control, value: Any) -> bool:
    """Tell whether a control can be moved to a value."""
    match control:
        case Slider(_, low, high, _, _):
            return bool(low <= value <= high)
        case Address(_, bits, _):
            return bool(0 <= value < 1 << bits)
        case Choice(_, options, _):
            return value in options
        case _:
            return True


@each_scene
def test_no_position_breaks_the_picture(name: str) -> None:
    """No exception, nothing clipped, no label over another, never a blank sheet."""
    width, height = SCENES[name]().size
    for move, _, readout, inked, seen, *_ in sweep(name):
        assert readout.strip(), move
        if slip := MISWRITTEN.search(" | ".join([readout, *(text for text, _ in seen)])):
            pytest.fail(f"{slip[0]!r} at {move}")
        assert inked > 0.01, f"blank at {move}"
        for text, (left, bottom, right, top) in seen:
            inside = left >= 0.02 and bottom >= 0 and right <= width - 0.02 and top <= height
            assert inside, f"{text!r} is cut off at {move}"
        if two := first_overlap([box for _, box in seen]):
            one, other = (seen[number][0] for number in two)
            pytest.fail(f"{one!r} over {other!r} at {move}")


@each_scene
def test_every_control_matters(name: str) -> None:
    """Whatever a control can be moved to, the numbers in the sentence and the picture follow."""
    alone = [seen for seen in sweep(name) if len(seen.move) == 1]
    for control in {control for seen in alone for control in seen.move}:
        moved = [seen for seen in alone if control in seen.move]
        numbers = {tuple(re.findall(r"[0-9a-fx.]*\d[0-9a-f.]*", seen.readout)) for seen in moved}
        assert len(numbers) > 1, f"{control} changes no number of the readout"
        assert len({seen.picture for seen in moved}) > 1, (
            f"{control} changes nothing in the picture"
        )


@pytest.mark.long
@each_scene
def test_same_controls_same_picture(name: str) -> None:
    """A picture depends on the controls alone, not on the way there; back leads back."""
    scene, others = told(name).scene, sweep(name)
    rng = random.Random(1)
    for seen in rng.sample(others, 1 + EFFORT // 50):  # those before them were the way there
        explorer = eval(code_of(scene, seen.values), names_in_a_lesson(scene))
        assert (explorer.values, explorer.readout) == (seen.values, seen.readout)
        assert looks(explorer) == seen.picture
        shown = explorer.picture.png
        explorer.move(**rng.choice(others).move)
        end = dict(explorer.values)
        explorer._album._kept.clear()  # or a picture would be compared with itself
        explorer.reset()
        assert explorer.values == seen.values
        assert explorer.picture.png == shown
        if end != seen.values:  # else there is nothing to come back from
            explorer.undo()
        assert explorer.values == end


def names_in_a_lesson(scene: Scene) -> dict[str, Any]:
    """What the call that shows a position may name."""
    positional, named = scene.given
    takes = list(inspect.signature(type(scene).__init__).parameters)[1:]
    given = {**dict(zip(takes, positional, strict=False)), **named}
    return {"explore": explore, "scenes": scenes, **vars(presets), **given}


@pytest.mark.long
@each_clickable
def test_clicks_move_to_legal_positions(name: str) -> None:
    """Wherever it is clicked, the picture answers with positions its controls can take."""
    picture = told(name)
    picture.back()
    scene, (width, height) = picture.scene, picture.scene.size
    points = list(itertools.product(np.linspace(0.01, 0.99, 25), np.linspace(0.01, 0.99, 17)))
    random.Random(name).shuffle(points)
    asked, answers = [], {picture.readout}
    for across, down in points:
        changes = scene.hit(float(across * width), float((1 - down) * height), **picture.values)
        values = picture.values
        for control in changes:
            values = scene.settle(control, {**values, control: changes[control]})
        for control, value in values.items():
            assert is_legal(picture.controls[control], value), (control, value)
        if changes and changes not in asked and len(asked) < EFFORT // 25 + 5:
            asked.append(changes)
            answers.add(picture.move(**changes))
            assert {name: picture.values[name] for name in values} == values
    assert len(answers) > 3, "a picture that says it can be clicked hardly answers"


def test_a_click_is_handed_to_the_scene_and_moves_what_it_answers() -> None:
    explorer = Explorer(scenes.RadixWalk())
    (width, height), values = explorer.scene.size, explorer.values
    points = itertools.product(np.linspace(0.05, 0.95, 19), np.linspace(0.05, 0.95, 19))
    for across, down in points:
        changes = explorer.scene.hit(across * width, (1 - down) * height, **explorer.values)
        if changes and changes != {name: explorer.values[name] for name in changes}:
            break
    moved = Told(scenes.RadixWalk())
    moved.move(**changes)
    explorer.picture.click = [float(across), float(down), 1]
    assert explorer.values == moved.values != values


def test_the_walk_shows_what_the_table_says() -> None:
    """Five steps for four levels; an unmapped address ends in a fault, and the picture says so."""
    explorer = Explorer(scenes.RadixWalk())
    assert "Four reads" in explorer.readout
    assert "Five reads" in explorer.move(levels=5)
    assert "Page fault after 1 read" in explorer.move(levels=4, va=0x4000_0000_0000)
    assert explorer.values["step"] == 1


def test_the_price_of_paging() -> None:
    """Known prices: 512 dense pages in 4 tables, 256 lonely ones in 769."""
    explorer = Explorer(scenes.TablePrice())
    assert "need 4 tables, 16 KiB" in explorer.move(pattern="contiguous", pages=9)
    assert "need 515 tables, 2.012 MiB" in explorer.move(pattern="contiguous", pages=18)
    assert "need 769 tables" in explorer.move(pattern="one page per 512 GiB", pages=8)
