"""`check` from outside: four states, any answer whatever, nothing raised, nothing printed."""

import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
import time
import warnings
from collections import deque
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter

import coursework
from coursework import check, problem, progress
from coursework.card import Card
from coursework.exercise import learner
from coursework.exercises import EXERCISES
from coursework.judge import judge
from coursework.score import Score
from pagesim import bet

from .test_values import Liar, Masked

WALK = EXERCISES["radix-walk"]


@pytest.fixture(autouse=True)
def _guest(monkeypatch):
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    monkeypatch.setenv("PAGESIM_LEARNER", "guest")


def right(va, cr3, mode, memory):
    return WALK.solve(va, cr3, mode, memory)


def test_right():
    score = check("radix-walk", right)
    assert (score, score.state) == (2, "right")
    assert "✓ Right" in score.text
    assert not score.card.hints


def test_almost_names_the_misconception():
    def trusting(va, cr3, mode, memory):
        shift, reads = mode["page_shift"] + sum(mode["index_bits"]), []
        for bits in mode["index_bits"]:
            shift -= bits
            reads.append([cr3, va >> shift & (1 << bits) - 1])
            cr3 = memory[cr3][reads[-1][1]] >> mode["pfn_shift"]
        return cr3 << shift | va & (1 << shift) - 1, reads

    score = check("radix-walk", trusting)
    assert 0 < score < 2
    assert score.state == "almost"
    assert "P = 0" in score.text


def test_not_yet_names_input_and_step_but_not_the_answer():
    def off_by_one(*arguments):
        pa, reads = right(*arguments)
        return pa, [*reads[:-1], [reads[-1][0], reads[-1][1] + 1]]

    score = check("radix-walk", off_by_one)
    va, cr3, mode, memory = problem("radix-walk").cases[0]
    pa, reads = right(va, cr3, mode, memory)
    assert (score, score.state) == (0, "not yet")
    assert f"va {va:#x}" in score.text
    assert (
        f"Read {len(reads)} is the first wrong step: the right frame, but the wrong" in score.text
    )
    assert 'off_by_one(*problem("radix-walk").cases[0])' in score.text
    assert f"{pa:#x}" not in score.text
    assert str(pa) not in score.text


def test_partial_points_are_the_share_of_parts_rounded_down():
    seen = []

    def fourteenth_wrong(*arguments):
        seen.append(arguments)
        return (1, []) if len(seen) == 14 else right(*arguments)

    assert float(check("radix-walk", fourteenth_wrong)) == 1.87  # 2 * 15 / 16 = 1.875


def test_a_wrong_part_never_rounds_up_to_full():
    many = replace(WALK, points=1)
    assert Score(many, 9_999, 10_000, "not yet", ()) == 0.99
    with pytest.raises(ValueError, match="9999 of 10000 parts cannot be 'right'"):
        Score(many, 9_999, 10_000, "right", ())


def test_a_stub_is_not_started_and_a_forgotten_return_is():
    def stub(va, cr3, mode, memory):
        """Docstring."""
        # a comment
        ...

    def forgetful(va, cr3, mode, memory):
        frame = cr3 + 1  # noqa: F841
        ...

    assert check("radix-walk", stub).state == "not started"

    def drops_what_it_works_out(memory, entry, piece):
        memory // (piece + entry) * piece

    for name, function in (("radix-walk", forgetful), ("fits-beside", drops_what_it_works_out)):
        score = check(name, function)
        assert score.state == "not yet"
        assert "is there a `return`" in score.text


def test_nbgraders_own_stub_is_not_started():
    def stub(*arguments):
        raise NotImplementedError

    assert check("radix-walk", stub).state == "not started"


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda each: each.id)
@pytest.mark.parametrize("answer", [..., None, {}, "x", 7, [1], right])
def test_what_cannot_be_an_answer_costs_all_points_and_says_why(exercise, answer):
    score = check(exercise.id, answer)
    if answer is not right or exercise.kind != "code":
        assert score == 0
        blank = answer is ... or answer is None or (answer == {} and exercise.kind != "code")
        assert score.state == ("not started" if blank else "not yet")


def test_calling_the_function_is_a_wrong_type_with_its_own_message():
    text = check("radix-walk", right(*problem("radix-walk").cases[0])).text
    assert "needs your function itself, and this is a list" in text
    assert "The answer is a function, but a dict" in check("count-tables", right).text


def test_an_open_part_is_named():
    exercise = EXERCISES["count-tables"]
    answer = exercise.solve(exercise.problem("guest")) | {"PUD": ...}
    assert "`PUD` is still open." in check("count-tables", answer).text
    answer["PTE"] += 1  # what is given comes first
    text = check("count-tables", answer).text
    assert "The first that is not right: `PTE`." in text
    assert "open" not in text


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("find-belady", {"a": [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5]}),  # "both strings"
        ("classify-fault", {"g": "SIGSEGV"}),  # "every empty entry"
        ("count-tables", {"PUD": 1}),  # "one table a level"
    ],
)
def test_nothing_is_said_of_parts_that_are_open(name, answer):
    text = check(name, answer).text
    assert not any(message[:40] in text for message in EXERCISES[name].mistakes.values()), text


def test_words_that_are_chosen_are_not_exchanged():
    exercise = EXERCISES["classify-fault"]
    answer = exercise.solve(exercise.problem("guest"))
    hit, fault = (next(key for key in answer if answer[key] == word) for word in ("hit", "major"))
    answer[hit], answer[fault] = answer[fault], answer[hit]
    assert "each other's place" not in check("classify-fault", answer).text


def test_other_keys_are_called_that():
    for answer in ({0: 1, 1: 2}, {"frames": 1, "pages": 2}):
        text = check("look-up", answer).text
        assert "a dict with other keys, but a dict with the keys 'frame', 'page' is" in text


def test_what_is_nearly_a_list_is_told_how():
    exercise = EXERCISES["working-set"]
    right = exercise.solve(exercise.problem("guest"))
    key = next(key for key in right if isinstance(right[key], list))
    text = check("working-set", {**right, key: deque(right[key])}).text
    assert " is a deque; " in text
    assert "`list(...)` of it is one" in text


def loops(*arguments):
    while True:
        pass


def swallows(*arguments):
    while True:
        with contextlib.suppress(Exception):
            time.sleep(0.01)


def leaves(*arguments):
    sys.exit(3)


def interrupts(*arguments):
    raise KeyboardInterrupt


def recurses(*arguments):
    return recurses(*arguments)


def chatters(*arguments):
    print("out")
    print("err", file=sys.stderr)
    warnings.warn("careful", stacklevel=1)
    return None, []


def lies(*arguments):
    return Liar()


def masks(*arguments):
    raise Hostile


def generates(*arguments):
    yield 1


async def awaits(*arguments):
    await asyncio.sleep(0)


class Farewell:
    def __del__(self):
        print("goodbye", file=sys.stderr)


def farewell(*arguments):
    return Farewell()


def overwrites(va, cr3, mode, memory):
    memory.clear()
    mode.clear()
    return 0, []


class Hostile(Exception):
    def __str__(self):
        raise RuntimeError("not even this")


HOSTILE = [
    loops,
    swallows,
    leaves,
    interrupts,
    recurses,
    chatters,
    lies,
    masks,
    generates,
    awaits,
    overwrites,
    farewell,
    Liar,
    Masked,
    lambda: 1,
    exit,
    lambda *a: float("nan"),
    lambda *a: (True, []),
    lambda *a: (1 << 100_000, []),
    lambda *a: {Liar(): 1},
    lambda *a: a,
    type("Callable", (), {"__call__": leaves})(),
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))  # pytest itself trips over some of them
def test_nothing_is_raised_or_printed_whatever_the_function_does(number, capfd):
    with warnings.catch_warnings():  # pytest would keep the warnings for itself
        warnings.simplefilter("always")
        warnings.showwarning = lambda *what: print(what, file=sys.stderr)
        score = judge(WALK, WALK.problem("guest"), HOSTILE[number], seconds=0.2)
    assert (score, score.state) == (0, "not yet")
    assert repr(score) == "0.0"
    assert "<div" in score._repr_html_()
    assert capfd.readouterr() == ("", "")


VALUES = [
    Liar(),
    Masked(),
    float("nan"),
    True,
    1 << 100_000,
    [[[[[]]]]],
    {Liar(): Liar()},
    "<b>",
]


@pytest.mark.parametrize("number", range(len(VALUES)))
@pytest.mark.parametrize("name", [each.id for each in EXERCISES.values() if each.kind != "code"])
def test_nothing_is_raised_or_printed_whatever_the_value_is(name, number, capfd):
    value = VALUES[number]
    filled = dict.fromkeys(EXERCISES[name].form, value)
    for answer in (value, filled, {Liar(): 1, **filled}, dict.fromkeys(filled, [value] * 64)):
        score = check(name, answer)
        # a row of 64 of anything may rightly be told that it is too long
        assert score == 0 or (value is True and score < EXERCISES[name].points)  # it is 1
        assert score.state in ("not yet", "almost")
    assert capfd.readouterr() == ("", "")


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(...),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.data())
def test_no_plain_value_trips_a_check(data):
    exercise = EXERCISES[data.draw(st.sampled_from(sorted(EXERCISES)))]
    value = data.draw(PLAIN)
    drawn = exercise.problem("guest")
    if exercise.kind == "code":
        assert judge(exercise, drawn, lambda *arguments: value) < exercise.points
    else:
        answer = {key: data.draw(PLAIN | st.lists(st.integers())) for key in exercise.form}
        assert judge(exercise, drawn, answer) < exercise.points


def test_a_function_that_changes_its_input_spoils_no_other_call():
    before = json.dumps(problem("radix-walk").cases)

    def careless(va, cr3, mode, memory):
        result = right(va, cr3, mode, memory)
        memory[:] = [[0] * len(frame) for frame in memory]
        return result

    assert check("radix-walk", careless).state == "right"
    assert json.dumps(problem("radix-walk").cases) == before


def test_ipython_shows_the_number_as_text_and_the_card_as_html():
    data, _ = DisplayFormatter().format(check("radix-walk", right))
    assert data["text/plain"] == "2.0"
    assert "✓ Right" in data["text/html"]
    assert set(data) == {"text/plain", "text/html"}


def test_cards_say_that_they_are_practice_and_what_is_not_tested():
    for name in EXERCISES:
        for score in (check(name, ...), check(name, 7)):
            assert "A practice score. Not tested here:" in score.text
            assert EXERCISES[name].untested in score.text
            for each in EXERCISES[name].hints:
                assert each not in score.text
            assert score._repr_html_().count("<details") == len(EXERCISES[name].hints)


def test_what_a_learner_writes_is_escaped():
    def script(*arguments):
        raise ValueError("<script>alert(1)</script>")

    html = check("radix-walk", script)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_an_unknown_exercise_names_the_ones_there_are():
    for wrong in ("radix", None, 4):
        with pytest.raises(ValueError, match=r"is none of .*hand-walk, count-tables, radix-walk"):
            check(wrong, ...)
    with pytest.raises(ValueError, match=r"notebook '99' is none of .*04"):
        progress("99")


def test_learner_is_the_hubs_user_else_the_setting_else_guest(monkeypatch):
    monkeypatch.setenv("PAGESIM_LEARNER", "ada")
    assert learner() == "ada"
    monkeypatch.setenv("JUPYTERHUB_USER", "grace")
    assert learner() == "grace"
    monkeypatch.delenv("JUPYTERHUB_USER")
    monkeypatch.delenv("PAGESIM_LEARNER")
    assert learner() == "guest"


def test_same_name_same_problem_in_any_process():
    script = "from coursework import problem; print(repr(problem('hand-walk')))"
    shown = {
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed, "PAGESIM_LEARNER": "ada"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(shown) == 1
    assert "Drawn for ada" in shown.pop()


def test_another_name_another_problem(monkeypatch):
    mine = repr(problem("hand-walk").data)
    monkeypatch.setenv("PAGESIM_LEARNER", "ada")
    assert repr(problem("hand-walk").data) != mine


def test_a_problem_shows_its_text_and_folds_its_hints():
    card = problem("hand-walk")
    assert "CR3 holds frame" in repr(card)
    assert 'Hints: problem("hand-walk").hints' in repr(card)
    assert card.hints[0] not in repr(card)
    assert "<pre" in card._repr_html_()
    assert card._repr_html_().count("<details") == 3
    assert card.cases == []


def test_progress_counts_the_last_check_of_each_exercise(monkeypatch):
    monkeypatch.setattr(coursework.notebook, "_scores", {})
    assert (progress("04").points, progress("04").possible) == (0, 10)
    check("radix-walk", right)
    assert progress("04").points == 2
    assert "✓ right        2 of 2  A walk for any machine" in repr(progress("04"))
    assert "○ not started  0 of 2  Walk a dump by hand" in repr(progress("04"))
    check("radix-walk", ...)
    assert "0 of 10 points" in progress("04")._repr_html_()


def test_progress_tells_the_bets(monkeypatch):
    monkeypatch.setattr("pagesim.explorer.bets.placed", {})
    monkeypatch.setattr("pagesim.explorer.bets.opened", set())
    assert "No bet placed yet." in repr(progress("04"))
    bet("one-page").place("8 bytes")
    assert "1 of 3 bets placed: one-page (8 bytes)." in repr(progress("04"))


def test_progress_keeps_itself_up_to_date(monkeypatch):
    monkeypatch.setattr("pagesim.explorer.bets.placed", {})
    monkeypatch.setattr("pagesim.explorer.bets.opened", set())
    monkeypatch.setattr("pagesim.explorer.bets.listeners", [])
    monkeypatch.setattr(coursework.notebook, "_scores", {})
    monkeypatch.setattr(coursework.notebook, "_shown", set())
    shown, updated = [], []

    def put(into):
        return lambda forms, raw, display_id: into.append((display_id, forms["text/plain"]))

    monkeypatch.setattr("IPython.display.display", put(shown))
    monkeypatch.setattr("IPython.display.update_display", put(updated))
    check("radix-walk", right)
    assert updated == []
    progress("04")._ipython_display_()
    check("radix-walk", ...)
    bet("one-page").place("8 bytes")
    assert {place for place, _ in shown + updated} == {"progress-04"}
    assert [text[:7] for _, text in shown] == ["2 of 10"]
    assert [text[:7] for _, text in updated] == ["0 of 10", "0 of 10"]
    assert "one-page (8 bytes)" in updated[1][1]


def test_an_exercise_needs_three_mistakes_a_hint_and_a_point():
    with pytest.raises(ValueError, match="exercise radix-walk: 2 mistakes; 3 at least"):
        replace(WALK, mistakes=dict(list(WALK.mistakes.items())[:2]))
    with pytest.raises(ValueError, match="a hint and a point"):
        replace(WALK, hints=())
    with pytest.raises(ValueError, match="'furlong' is no unit"):
        replace(WALK, units={"pa": "furlong"})


def test_an_exercise_that_cannot_tell_its_mistakes_apart_says_so():
    bills = EXERCISES["table-bill"]
    first = next(iter(bills.mistakes))
    twins = replace(bills, mistakes={**bills.mistakes, replace(first): "a twin."})
    with pytest.raises(ValueError, match="no draw out of 200 tells its mistakes apart"):
        twins.problem("guest")


def test_learners_need_no_builder():
    script = (
        "import sys, coursework; loaded = set(sys.modules); "
        "print({'typer', 'rich', 'jupytext', 'nbclient', 'nbformat', 'matplotlib'} & loaded)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_cards_show_code_and_stress_but_not_products():
    html = Card("Head", ("Use `f(*x)` and *all* of 2 * 3 * 4.",), state="right").html()
    assert ">f(*x)</code> and <em>all</em> of 2 * 3 * 4." in html
    assert 'data-state="right"' in html


def test_powers_and_products_are_no_stress():
    html = Card("Head", ("1 MiB is 2**20 bytes, 1 GiB is 2**30: 2*3*4.",)).html()
    assert "1 MiB is 2**20 bytes, 1 GiB is 2**30: 2*3*4." in html


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda each: each.id)
def test_no_asterisk_of_a_card_is_shown_that_should_be_stress(exercise):
    texts = (*exercise.hints, *exercise.mistakes.values(), exercise.start, exercise.right)
    html = Card("Head", (*texts, exercise.asks(exercise.problem("guest")))).html()
    shown = re.sub("<code.*?</code>", "", html, flags=re.DOTALL)
    assert "*" not in shown
    assert not re.search(r"<em>[^<]*\d[^<]*</em>", shown)


def test_an_edge_keeps_its_colour_where_variables_are_dropped():
    html = Card("Head", state="almost").html()
    assert "border-left:5px solid #b26a00;" in html
    assert "var(--jp-warn-color1, #b26a00)" in html
