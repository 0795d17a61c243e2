"""Another one: new numbers for every exercise, in three levels, and three right in a row."""

import json
from statistics import mean

import pytest

from coursework import check, problem, progress, record
from coursework.exercises import EXERCISES
from coursework.judge import judge
from coursework.practice import FILE, _size, _unkept, drawn

LEVELS = ("small", "usual", "tricky")


@pytest.fixture(autouse=True)
def ada(monkeypatch, tmp_path):
    monkeypatch.setenv("PAGESIM_LEARNER", "ada")
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    monkeypatch.setattr("coursework.record._HERE", tmp_path)
    _unkept.clear()


def answer(exercise, data):
    """Write down what is right, by hand."""
    keys = [part[-1] for part in exercise.parts(data)]
    return dict(zip(keys, exercise.solved(data), strict=True))


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_every_exercise_has_all_three_levels(exercise):
    for level in ("small", "tricky"):  # the usual one is tested with the exercises
        data = drawn(exercise, level, "1")
        assert data == json.loads(json.dumps(data))
        assert exercise.tells_apart(data)
        assert exercise.asks(data)
        if exercise.kind != "code":
            assert judge(exercise, data, answer(exercise, data)).state == "right"
        elif level == "small":
            usual = len(exercise.problem("1")["cases"])
            assert 3 <= len(data["cases"]) <= usual


@pytest.mark.long
def test_small_is_small():
    smaller = [
        _size(drawn(exercise, "small", "1"))
        < mean(_size(exercise.problem(seed)) for seed in ("1", "2", "3"))
        for exercise in EXERCISES.values()
    ]
    assert mean(smaller) > 0.9


def test_every_seed_is_another_problem_and_the_same_seed_the_same():
    data = [problem("hand-walk").another().data for _ in range(5)]
    assert len({json.dumps(each) for each in data}) == 5
    for level in LEVELS:
        one, two = (problem("hand-walk").another(level, seed="7") for _ in range(2))
        assert one.data == two.data


def practise(right, level="usual"):
    again = problem("split-join").another(level)
    good = answer(again.exercise, again.data)
    return again, again.check(good if right else {**good, "a": [1, 2, 3]})


def test_three_right_in_a_row_are_mastered_and_a_wrong_one_begins_anew():
    rows = [practise(right)[1].in_a_row for right in (True, True, False, True, True)]
    assert rows == [1, 2, 0, 1, 2]
    again, said = practise(True, "tricky")
    assert said.mastered
    assert "mastered: 3 right ones in a row" in repr(said)
    assert again.check({}).in_a_row == 3  # each counts once, and that was its first check
    assert "mastered" in repr(progress("03"))


def test_what_counts_once_cannot_be_tried_until_it_is_right():
    again, said = practise(False)
    assert not said.right
    assert again.check(answer(again.exercise, again.data)).in_a_row == 0
    assert again.check(answer(again.exercise, again.data)).right


def test_what_is_not_started_does_not_count():
    practise(True)
    again = problem("split-join").another()
    assert again.check(...).in_a_row == 1
    assert again.check(answer(again.exercise, again.data)).in_a_row == 2


def test_points_stay_those_of_the_own_problem():
    before = float(check("split-join", ...)), progress("03").points
    practise(True)
    assert (float(check("split-join", ...)), progress("03").points) == before
    own = problem("split-join")
    score = check("split-join", answer(own.exercise, own.data))
    assert 'New numbers, for practice: `problem("split-join").another()`' in score.text
    assert "another" not in check("split-join", ...).text


def test_what_was_practised_is_kept_beside_the_notebook(monkeypatch, tmp_path):
    monkeypatch.setattr(record, "in_notebook", lambda: True)
    practise(True)
    practise(True)
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes() + b'{"learner": "ada", "exe')
    assert practise(True)[1].mastered
    monkeypatch.setenv("PAGESIM_LEARNER", "grace")
    assert practise(True)[1].in_a_row == 1


def test_code_is_checked_with_other_inputs():
    def find_vma(areas, va):
        return next((n for n, (start, end) in enumerate(areas) if start <= va < end), None)

    for level in LEVELS:
        again = problem("find-vma").another(level)
        assert again.cases != problem("find-vma").cases
        assert again.check(find_vma).right
    assert not again.check(lambda areas, va: 0).right


def test_a_level_that_is_none_is_refused():
    with pytest.raises(ValueError, match="level 'hard' is none of small, usual, tricky"):
        problem("split-join").another("hard")
