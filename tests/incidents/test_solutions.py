"""The lesson's own solutions read the evidence as a learner does: text, and nothing else."""

import re
from functools import cache
from pathlib import Path

import pytest

from coursework.builder import Lesson
from coursework.builder.source import BEGIN, END
from coursework.exercises import EXERCISES
from coursework.notebook import Problem
from pagesim.incidents import reopen

SHIFT = ("memory-is-gone", "since-the-fork", "slow-start", "slow-join", "half-the-work")
each = pytest.mark.parametrize("name", SHIFT)


@cache
def lesson():
    (path,) = (Path(__file__).parents[2] / "lessons").glob("10-*.md")
    return Lesson.read(path)


def solution(name):
    """Return the lines between the markers, and what the answer is called."""
    check = lesson().checks[name]
    source = next(c.source for c in reversed(lesson().cells[:check]) if BEGIN in c.source)
    answer = re.match(r"\w+", source)[0]
    return source[source.index(BEGIN) : source.index(END)], answer


class Shown:
    """A case as one reads it: what it prints, which files there are, and what they held."""

    def __init__(self, case):
        self.text, self.files, self.cat = str(case), case.files, case.cat

    def __str__(self):
        return self.text


@each
def test_it_takes_nothing_from_the_incident(name):
    lines, _ = solution(name)
    for word in ("INCIDENTS", ".data", ".facts", ".incident", ".evidence", ".against", ".rerun"):
        assert word not in lines
    assert "case.cat(" in lines


@each
@pytest.mark.exhaustive
def test_it_is_right_for_hundreds_of_names(name):
    lines, answer = solution(name)
    code = compile(lines, name, "exec")
    met = set()
    for number in range(200):
        posed = Problem(EXERCISES[name], f"name {number}")
        met.add(posed.data["incident"])
        space = {"problem": lambda _, posed=posed: posed, answer: {}}
        space["case"] = Shown(reopen(posed.data))
        exec(code, space)
        assert space[answer] == EXERCISES[name].solve(posed.data), (number, posed.data)
    assert len(met) > 1
