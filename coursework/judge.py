"""Judge an answer: run it on every part of a problem, and find the words for what is wrong."""

from __future__ import annotations

import json
from types import FunctionType
from typing import Any

from .attempt import Raised, guarded, silence
from .exercise import Data, Exercise
from .score import Score
from .values import blank, count, describe, expected, misfit, same

SECONDS = 5.0  # for all inputs of a check together


def judge(exercise: Exercise, data: Data, answer: Any, seconds: float = SECONDS) -> Score:
    """Check an answer to one problem of an exercise.

    Parameters
    ----------
    exercise : Exercise
    data : dict
        The problem, as `Exercise.problem` drew it.
    answer : object
        Anything at all: nothing is raised, and no method of it is called but its ``__call__``.
    seconds : float
        When a function that does not end is stopped.
    """
    with silence():
        return _judge(exercise, data, answer, seconds)


def _judge(exercise: Exercise, data: Data, answer: Any, seconds: float) -> Score:
    parts = exercise.parts(data)
    answers = _answers(exercise, parts, answer, seconds)
    if isinstance(answers, str):
        return Score(exercise, 0, len(parts), "not yet", (answers,))
    if _untouched(answer, answers):
        return Score(exercise, 0, len(parts), "not started", (exercise.start,))

    right = exercise.results(exercise.reference, data)
    complaints = [_complaint(exercise, *pair) for pair in zip(parts, answers, strict=True)]
    got = [
        Raised(_kind(each)) if complaint else exercise.measured(part, each)
        for part, each, complaint in zip(parts, answers, complaints, strict=True)
    ]
    wrong = [i for i, each in enumerate(got) if complaints[i] or not same(each, right[i])]
    passed = len(parts) - len(wrong)
    if not wrong:
        return Score(exercise, passed, len(parts), "right", (exercise.right,))

    first = wrong[0]
    where = _where(exercise, parts, first, passed)
    message = _misconception(exercise, data, got, wrong)
    harmful = _kind(answers[first]) in ("TooSlow", "Died")
    again = () if harmful else _again(exercise, answer, first)
    if message:
        return Score(exercise, passed, len(parts), "almost", (message, where, *again))
    step = complaints[first] or exercise.locate(*parts[first], right[first], got[first])
    return Score(exercise, passed, len(parts), "not yet", (where, step, *again))


def _answers(
    exercise: Exercise, parts: list[list[Any]], answer: Any, seconds: float
) -> list[Any] | str:
    """Return the answer to each part, or a sentence if there are none to be had."""
    if blank(answer):
        return [None] * len(parts)
    if exercise.kind == "code":
        if callable(answer):
            own = json.loads(json.dumps(parts))  # a learner's function may change what it gets
            return guarded(answer, own, seconds)
        return (
            f"`check` needs your function itself, and this is {describe(answer)}. Write the "
            "function's name, without brackets behind it."
        )
    if type(answer) is dict and all(type(key) is str for key in answer):
        return [answer.get(key, ...) for key in exercise.form]
    return f"The answer is {describe(answer)}, but {expected(exercise.form)} is expected."


def _untouched(answer: Any, answers: list[Any]) -> bool:
    """Tell a stub from a function that forgets to return."""
    if type(answer) is FunctionType and all(each is None for each in answers):
        code = answer.__code__  # a docstring, comments and `...` leave neither names nor locals
        return not code.co_names and code.co_nlocals == code.co_argcount
    return all(_kind(each) == "NotImplementedError" or blank(each) for each in answers)


def _complaint(exercise: Exercise, part: list[Any], answer: Any) -> str | None:
    """Say why an answer to one part cannot even be compared."""
    if type(answer) is Raised:
        return answer.sentence
    if exercise.kind == "code":
        if blank(answer) and misfit(answer, exercise.form, ""):
            return "Your function returned nothing: is there a `return` on every way through it?"
        sentence = misfit(answer, exercise.form, "what your function returned")
    else:
        key = part[1]
        if blank(answer):
            return f"`{key}` is still open."
        sentence = misfit(answer, exercise.form[key], f"`{key}`")
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else None


def _misconception(exercise: Exercise, data: Data, got: list[Any], wrong: list[int]) -> str | None:
    """Find the known mistake that explains most of the wrong parts, if it explains most of them."""
    best, message = len(wrong) // 2, None
    for mistake in exercise.mistakes:
        theirs = exercise.results(mistake.solve, data)
        explained = sum(same(got[i], theirs[i]) for i in wrong)
        if explained > best:
            best, message = explained, mistake.message
    return message


def _where(exercise: Exercise, parts: list[list[Any]], first: int, passed: int) -> str:
    noun = "input" if exercise.kind == "code" else "answer"
    so_far = f"{passed} of {count(len(parts), noun)} right. " if passed else ""
    return f"{so_far}The first that is not: {exercise.describe(*parts[first])}."


def _again(exercise: Exercise, answer: Any, first: int) -> tuple[str, ...]:
    """Tell how to call the learner's function with the input it failed on."""
    if exercise.kind != "code" or type(answer) is not FunctionType:
        return ()
    name = str.__str__(answer.__name__)  # which may be of a learner's own class
    name = name if name.isidentifier() else "your_function"
    return (f'Look at it yourself: `{name}(*problem("{exercise.id}").cases[{first}])`',)


def _kind(answer: Any) -> str:
    """Name what was raised; a value that merely has the wrong form is told apart by its name."""
    return answer.kind if type(answer) is Raised else "wrong form"
