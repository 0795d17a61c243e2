"""Hostile submissions gain nothing, harm nothing, and spoil nothing for who comes after them."""

import json
import re
from dataclasses import replace
from importlib import import_module

import pytest

from coursework.grading.limits import Limits
from coursework.grading.report import as_csv, as_json

from . import attacks
from .attacks import ALL, RIGHT, answered
from .conftest import LIMITS, descendants, groups

# The classes, and of each the worst: those are tried whenever the tests run, the rest by
# `make attacks`.
WORST = {
    "patching": ("patches the runner itself", "patches how outcomes are packed"),
    "forging": ("answers before it is asked", "takes the word from its parent", "says it is ready"),
    "reading": ("the answers of the class", "the reference, by its file", "the judge's stack",
                "the grader's environment", "hidden inputs, told in an error's name"),
    "escape": ("deletes what there is", "kills all processes", "leaves a daemon behind",
               "changes modes and owners", "connects to a local service",
               "writes a letter to a local service", "lets the kernel send its signals",
               "uses what only a kernel's author knows", "plants a module in the libraries"),
    "exhaustion": ("ignores every signal", "takes memory in many processes", "talks without end",
                   "starts processes without end", "fills the disk", "sleeps",
                   "returns keys that hash alike", "a cell that leaves"),
    "lying": ("a number equal to everything", "a metaclass that lies"),
    "shadowed": ("numpy, json and pagesim beside the notebook",),
    "state": ("another answer in the second start",),
    "hardcoded": ("a table of the shown inputs",),
    "active": ("a script in a name", "a script in an exception"),
    "malformed": ("nested without end", "checks first", "all cells twice", "a path for a name"),
    "persuading": ("in an answer",),
}  # fmt: skip
# A class runs in one process: after the last of its worst, and after each of the others, somebody
# honest hands in.
EVERY = [
    pytest.param(
        attack,
        attack.name not in tried[:-1],
        id=f"{kind}: {attack.name}",
        marks=[
            pytest.mark.long if attack.name in worst else pytest.mark.exhaustive,
            pytest.mark.xdist_group(f"attacks, {kind}"),
        ],
    )
    for kind, worst in WORST.items()
    for every in [import_module(f"{attacks.__name__}.{kind}").ATTACKS]
    for tried in [[attack.name for attack in every if attack.name in worst]]
    for attack in every
]
HONEST = answered(RIGHT)


def test_there_are_eighty_attacks_in_twelve_classes():
    names = [each.id for each in EVERY]
    assert len(names) == len(set(names)) >= 80
    assert {f"{kind}: {name}" for kind, worst in WORST.items() for name in worst} <= set(names)


@pytest.mark.parametrize(("attack", "somebody_follows"), EVERY)
def test_an_attack_gains_nothing_and_harms_nothing(attack, somebody_follows, box, graded, outside):
    before, running = outside.state(), descendants()
    limits = replace(LIMITS, patience=4.0) if attack.waits else LIMITS
    limits = replace(LIMITS, run_seconds=Limits().run_seconds) if attack.large else limits

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
    if somebody_follows:
        assert graded(HONEST, box, "ada").points == ALL
