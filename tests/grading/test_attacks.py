"""Hostile submissions gain nothing, harm nothing, and spoil nothing for who comes after them."""

import json
import re
from dataclasses import replace
from importlib import import_module

import pytest

from coursework.grading.report import as_csv, as_json

from . import attacks
from .attacks import ALL, RIGHT, answered
from .conftest import LIMITS, descendants, groups

CLASSES = (
    "patching", "forging", "reading", "escape", "exhaustion", "lying", "shadowed", "state",
    "hardcoded", "active", "malformed", "persuading",
)  # fmt: skip
EVERY = [
    pytest.param(attack, id=f"{kind}: {attack.name}")
    for kind in CLASSES
    for attack in import_module(f"{attacks.__name__}.{kind}").ATTACKS
]
HONEST = answered(RIGHT)


def test_there_are_eighty_attacks_in_twelve_classes():
    names = [each.id for each in EVERY]
    assert len(names) == len(set(names)) >= 80


@pytest.mark.parametrize("attack", EVERY)
def test_an_attack_gains_nothing_and_harms_nothing(attack, box, graded, outside):
    before, running = outside.state(), descendants()
    limits = replace(LIMITS, patience=3.0) if attack.waits else LIMITS

    result = graded(outside.tell(attack.content), box, attack.student, limits=limits)

    assert result.points == attack.earns, [(each.exercise, each.note) for each in result.marks]
    assert outside.state() == before
    assert not outside.reached()
    assert descendants() == running
    assert groups() == []
    reports = as_json([result]) + as_csv([result])
    assert "LEAK" not in reports
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f]", as_json([result])) is None
    assert json.loads(as_json([result]))[0]["student"] == attack.student
    assert graded(HONEST, box, "ada").points == ALL
