"""Everybody has a problem of their own, and no answer is good for many."""

import json
from collections import Counter
from typing import Any

import pytest

from coursework.exercise import Exercise
from coursework.exercises import EXERCISES

from .learners import MANY, drawn

pytestmark = [pytest.mark.long, pytest.mark.sampled]  # 300 names draw their problems

each_exercise = pytest.mark.parametrize(
    "exercise",
    [
        pytest.param(each, id=each.id, marks=pytest.mark.xdist_group(each.id))
        for each in EXERCISES.values()
    ],
)


@each_exercise
def test_nearly_every_name_has_another_problem(exercise: Exercise) -> None:
    """Of 200 names, at least 50 would do."""
    problems = {json.dumps(drawn(exercise.id, name)) for name in MANY}
    assert len(problems) > 0.85 * len(MANY)


@each_exercise
def test_no_answer_earns_more_than_a_third(exercise: Exercise) -> None:
    """What is right for one half of the names most often is tried on the other half."""
    often: dict[str, Counter[str]] = {}
    for name in MANY[0::2]:
        data = drawn(exercise.id, name)
        parts, answers = exercise.parts(data), exercise.solved(data)
        for part, answer in zip(parts, answers, strict=True):
            often.setdefault(_key(exercise, part), Counter())[json.dumps(answer)] += 1
    best = {key: json.loads(most(answers)) for key, answers in often.items()}
    earned = []
    for name in MANY[1::2]:
        data = drawn(exercise.id, name)
        parts, right = exercise.parts(data), exercise.answers(data)
        for part, answer in zip(parts, right, strict=True):
            got = exercise.measured(part, best[_key(exercise, part)])
            earned.append(exercise.same(got, answer) / len(parts))
    assert sum(earned) <= len(MANY[1::2]) / 3 + 1e-9


def most(answers: Counter[str]) -> str:
    return answers.most_common(1)[0][0]


def _key(exercise: Exercise, part: list[Any]) -> str:
    return "it" if exercise.kind == "code" else part[-1]
