"""Judge an answer: run it on every part of a problem, and find the words for what is wrong."""

from __future__ import annotations

import json
from itertools import combinations
from types import FunctionType
from typing import Any

from pagesim.units import count

from .attempt import Raised, guarded, silence
from .diagnosis import OPEN, diagnose
from .exercise import Data, Exercise
from .kinds import Code
from .outcome import plain
from .score import Score
from .untouched import stub
from .values import Misfit, blank, describe, expected, fit

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

    right = exercise.answers(data)
    got, complaints = [], []
    for part, each in zip(parts, answers, strict=True):
        value, complaint = taken(exercise, part, each)
        got.append(value)
        complaints.append(complaint)
    wrong = [i for i, each in enumerate(got) if complaints[i] or not exercise.same(each, right[i])]
    passed = len(parts) - len(wrong)
    if not wrong:
        return Score(exercise, passed, len(parts), "right", (exercise.right,))

    first = next((part for part in wrong if got[part] != OPEN), wrong[0])
    where = _where(exercise, parts, first, passed)
    again = _again(exercise, answer, answers[first], first)
    exchanged = _exchanged(exercise, parts, right, got, wrong)
    named = diagnose(exercise, data, got)
    if exchanged and len(named) > 1:  # of two accounts the simpler one
        named = ()
    if named:
        return Score(exercise, passed, len(parts), "almost", (*named, where, *again))
    nothing = "Your function returned None for every input: is there a `return`?"
    if complaints[first] and all(each is None for each in answers):
        step = nothing
    else:
        step = complaints[first] or exercise.step(parts[first], right[first], got[first])
        if all(each is None for each in answers):  # where None is an answer, it may be meant
            step = f"{nothing} {step}"
        turned = exercise.turned(parts[first], right[first], answers[first])
        if complaints[first] and turned:
            step += f" {turned[0].upper()}{turned[1:]}."
        if type(answers[first]) is bool and type(got[first]) is int:
            step = f"{answers[first]} counts as {got[first]}. {step}"
        step = exchanged or step
    return Score(exercise, passed, len(parts), "not yet", (where, step, *again))


def _answers(
    exercise: Exercise, parts: list[list[Any]], answer: Any, seconds: float
) -> list[Any] | str:
    """Return the answer to each part, or a sentence if there are none to be had."""
    if blank(answer):
        return [...] * len(parts)
    if exercise.kind == "code":
        if callable(answer):
            own = json.loads(json.dumps(parts))  # a learner's function may change what it gets
            return guarded(answer, own, seconds)
        return (
            f"`check` needs your function itself, and this is {describe(answer)}. Write the "
            "function's name, without brackets behind it."
        )
    answer = plain(answer)
    keys = {part[-1]: int for part in parts}
    if type(answer) is dict and (
        not answer or any(type(key) is str and key in keys for key in answer)
    ):
        return [answer.get(key, ...) for key in keys]
    what = "too large" if type(answer) is Raised else describe(answer)
    if type(answer) is dict:
        what += " with other keys"
    return f"The answer is {what}, but {expected(keys)} is expected."


def _untouched(answer: Any, answers: list[Any]) -> bool:
    """Tell a stub from a function that forgets to return."""
    if type(answer) is FunctionType and all(each is None for each in answers):
        return stub(answer)
    return all(_kind(each) == "NotImplementedError" or blank(each) for each in answers)


def taken(exercise: Exercise, part: list[Any], answer: Any) -> tuple[Any, str]:
    """Return what of an answer to one part is compared, and why it cannot be, if so."""
    if type(answer) is Raised:
        return Raised(answer.kind), answer.sentence
    code = exercise.kind == "code"
    name = "what your function returned" if code else f"`{part[-1]}`"
    form = exercise.part_form(part)
    try:
        return exercise.measured(part, fit(answer, form, name, exact=code)), ""
    except Misfit as misfit:
        sentence = f"{misfit}."
    if blank(answer) and not code:
        return OPEN, f"{name} is still open."
    if blank(answer):
        sentence = (
            f"{describe(answer)} is what your function returned here; {expected(form)} is expected "
            "on every way through it."
        )
    return Raised("wrong form"), sentence[0].upper() + sentence[1:]


def _where(exercise: Exercise, parts: list[list[Any]], first: int, passed: int) -> str:
    noun = "input" if exercise.kind == "code" else "answer"
    so_far = f"{passed} of {count(len(parts), noun)} right. " if passed else ""
    return f"{so_far}The first that is not right: {exercise.in_words(parts[first])}."


def _exchanged(
    exercise: Exercise, parts: list[list[Any]], right: list[Any], got: list[Any], wrong: list[int]
) -> str:
    """Say that two things stand in each other's place, if that is all that is wrong."""
    words = "{} `{}` and `{}` stand in each other's place."
    if isinstance(exercise, Code):  # two of its results, in every call
        for one, other in combinations(range(len(exercise.results)), 2):
            turned = [_turned(each, one, other) for each in right]
            if exercise.same(turned, got):
                names = (exercise.results[each] for each in (one, other))
                return words.format("In what your function returns", *names)
        return ""
    if len(wrong) != 2 or any(_is_choice(exercise.part_form(parts[each])) for each in wrong):
        return ""
    pair = [right[each] for each in wrong]
    if not exercise.same(pair, [got[each] for each in reversed(wrong)]):
        return ""
    return words.format("The answers to", *(parts[each][-1] for each in wrong))


def _is_choice(form: Any) -> bool:
    """Tell whether one of a few words is asked for: two of them are soon exchanged by chance."""
    return isinstance(form, tuple) and all(isinstance(each, str) for each in form)


def _turned(results: list[Any], one: int, other: int) -> list[Any]:
    results = [*results]
    results[one], results[other] = results[other], results[one]
    return results


def _again(exercise: Exercise, answer: Any, returned: Any, first: int) -> tuple[str, ...]:
    """Tell how to call the learner's function with the input it failed on."""
    if type(answer) is not FunctionType or _kind(returned) in ("TooSlow", "Died"):
        return ()
    name = str.__str__(answer.__name__)  # which may be of a learner's own class
    name = name if name.isidentifier() else "your_function"
    return (f'Look at it yourself: `{name}(*problem("{exercise.id}").cases[{first}])`',)


def _kind(answer: Any) -> str:
    return answer.kind if type(answer) is Raised else ""
