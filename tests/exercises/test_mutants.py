"""No luck passes: a lesson's solution with one slip in it scores below full, whoever learns.

The slips are those of `mutation`. A mutant runs in this process, on part after part of a problem;
the part that gave it away to the last learner comes first, so nearly always one part is enough.
"""

import marshal
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Any

import pytest

from coursework.builder import Lesson
from coursework.builder.source import BEGIN, END, has_marker
from coursework.exercise import Exercise
from coursework.exercises import EXERCISES
from coursework.judge import judge
from coursework.kinds import Steps
from coursework.values import Misfit, blank, fit

from ..samples import SHARE
from .equivalents import EQUIVALENT
from .learners import LEARNERS, drawn
from .mutation import Rounds, TooLong, compiled, counting, mutants

# hundreds of slips, each for many names
pytestmark = [pytest.mark.long, pytest.mark.sampled]

LESSONS = Path(__file__).parents[2] / "lessons"
ROUNDS, ITEMS = 1000, 50_000  # of all loops, and of a range: more than any solution needs


@cache
def lesson(notebook: str) -> Lesson:
    (path,) = LESSONS.glob(f"{notebook}-*.md")
    return Lesson.read(path)


def short_range(*bounds: int) -> range:
    """Make a range that is no danger to the memory of this process."""
    made = range(*bounds)
    if len(made) > ITEMS:
        raise TooLong(f"a range of {len(made)}")
    return made


class Trial:
    """An exercise, its lesson's solution, and every learner's problem to run its mutants on."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        cells, check = (
            lesson(exercise.notebook).cells,
            lesson(exercise.notebook).checks[exercise.id],
        )
        self.source = next(c.source for c in reversed(cells[:check]) if has_marker(c.source))
        self.name = cells[check].source.rpartition(", ")[2].rstrip(")")  # of the answer
        self.rounds = Rounds(ROUNDS)
        self.telling = -1  # the place of the part that gave the mutant away to the last learner
        self.problems = {}
        for learner in LEARNERS:
            data = drawn(exercise.id, learner)
            parts, right = exercise.parts(data), exercise.answers(data)
            inputs = [marshal.dumps(part if self.code else _only(data, part[-1])) for part in parts]
            self.problems[learner] = (parts, right, inputs, marshal.dumps(data))

    @property
    def code(self) -> bool:
        return self.exercise.kind == "code"

    def mutants(self) -> Iterator[tuple[str, CodeType]]:
        lines = [line.strip() for line in self.source.splitlines()]
        return mutants(self.source, lines.index(BEGIN) + 1, lines.index(END) + 1)

    def answer(self, code: CodeType, problem: bytes = b"") -> Any:
        """Run a cell; return what it answers to a problem."""
        space = {
            "_round": self.rounds,
            "range": short_range,
            "problem": lambda _: SimpleNamespace(data=marshal.loads(problem)),
        }
        self.rounds.left = ROUNDS
        exec(code, space)
        return space[self.name]

    def passes(self, code: CodeType, learner: str) -> bool:
        """Tell whether a mutant gets full marks."""
        parts, right, inputs, whole = self.problems[learner]
        order = sorted(range(len(parts)), key=lambda part: part != self.telling)
        try:
            if not self.code and self.gives_itself_away(code, learner):
                return False
            answer = self.answer(code, whole)
            for part in order:
                self.telling = part
                self.rounds.left = ROUNDS
                got = answer(*marshal.loads(inputs[part])) if self.code else answer[parts[part][-1]]
                if not self.agrees(parts[part], got, right[part]):
                    return False
        except (Exception, TooLong):
            return False
        return True

    def gives_itself_away(self, code: CodeType, learner: str) -> bool:
        """Tell whether a row by itself is wrong: no solution takes anything from row to row."""
        parts, right, inputs, _ = self.problems[learner]
        if not isinstance(self.exercise, Steps):
            return False
        part = parts[self.telling]
        try:
            got = self.answer(code, inputs[self.telling])[part[-1]]
        except (Exception, TooLong):  # perhaps for want of another row
            return False
        return not blank(got) and not self.agrees(part, got, right[self.telling])

    def agrees(self, part: list[Any], got: Any, right: Any) -> bool:
        """Compare as the judge does."""
        try:
            fitted = fit(got, self.exercise.part_form(part), "it", exact=self.code)
        except Misfit:
            return False
        return self.exercise.same(self.exercise.measured(part, fitted), right)


def _only(data: Any, key: str) -> Any:
    """Leave one row of a problem."""
    if key in data:
        return {key: data[key]}
    return {
        name: {key: value[key]} if isinstance(value, dict) and key in value else value
        for name, value in data.items()
    }


# Of a machine in trouble one writes down two letters and a number. How a solution reads its files
# is a way among many, and most of it stays right with a slip in it.
READ = [name for name in EXERCISES if "incident" in drawn(name, "guest")]


@pytest.mark.parametrize("name", READ)
def test_a_diagnosis_with_one_part_off_passes_for_nobody(name: str) -> None:
    exercise = EXERCISES[name]
    assert exercise.notebook == "10"
    for learner in LEARNERS:
        data = drawn(name, learner)
        for (_, key), right in zip(exercise.parts(data), exercise.answers(data), strict=True):
            form = exercise.form[key]
            others = (right - 1, right + 1, 0) if form is int else {*form} - {right}
            assert not any(exercise.same(right, other) for other in others), (learner, key)


@pytest.mark.parametrize("name", [name for name in EXERCISES if name not in READ])
def test_a_solution_with_one_slip_passes_for_nobody(name: str) -> None:
    trial = Trial(EXERCISES[name])
    right = compiled(counting(trial.source))
    assert all(trial.passes(right, learner) for learner in LEARNERS)
    known, met = EQUIVALENT.get(name, {}), set()
    for slip, code in trial.mutants():
        trial.telling = -1
        if slip in known:
            met.add(slip)
        else:
            lucky = next((each for each in LEARNERS if trial.passes(code, each)), None)
            assert lucky is None, f"{slip}: full marks for {lucky}"
    assert met == known.keys()  # the list says nothing of what is not there


@pytest.mark.parametrize("name", [name for name in EXERCISES if name not in READ])
def test_the_trial_says_what_the_judge_says(name: str) -> None:
    exercise, data = EXERCISES[name], drawn(name, "guest")
    trial = Trial(exercise)
    for slip, code in islice(trial.mutants(), 0, None, round(5 / SHARE)):
        try:
            answer = trial.answer(code, trial.problems["guest"][3])
        except (Exception, TooLong):  # the cell itself fails, and there is nothing to judge
            continue
        full = judge(exercise, data, answer) == exercise.points
        assert full == trial.passes(code, "guest"), slip
