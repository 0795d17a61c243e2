"""Being asked: recalls, reviews and inventories, in a notebook and on the command line."""

import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from typer.testing import CliRunner

import coursework
from coursework import inventory, recall, record, review
from coursework.__main__ import app
from coursework.grading.inside import front
from coursework.questions.answers import FILE, Given, answers, note
from coursework.questions.asking import result, to_inventory, to_review
from coursework.questions.bank import questions
from coursework.questions.classwide import collect
from coursework.questions.inventory import gain, items, score
from coursework.questions.spacing import DAYS, MOST, due, next_time

ROOT = Path(__file__).parents[2]
DAY = 24 * 60 * 60.0
NOW = 1e9
ALL = {f"{n:02}" for n in range(10)}


@pytest.fixture(autouse=True)
def ada(monkeypatch, tmp_path):
    monkeypatch.setenv("PAGESIM_LEARNER", "ada")
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    monkeypatch.setattr("coursework.record._HERE", tmp_path)


@pytest.fixture
def in_notebook(monkeypatch):
    monkeypatch.setattr(record, "in_notebook", lambda: True)


def given(name, wrong=False, days_ago=0.0, place="review"):
    believed = questions()[name].answers[1].misunderstanding if wrong else ""
    return Given("ada", place, name, "ada|0", believed, NOW - days_ago * DAY)


def names(past, notebooks=ALL, now=NOW):
    return [each.name for each in due(past, notebooks, now)]


# What a review asks.


def test_what_was_wrong_comes_first_then_what_is_longest_ago_then_what_is_new():
    past = [
        given("whose-page-a", days_ago=DAYS + 1),
        given("byte-of-memory-a", days_ago=DAYS + 2),
        given("promise-a", wrong=True, days_ago=0.01),
        given("shared-code-a", days_ago=DAYS - 1),
    ]
    asked = names(past, {"00", "01"})
    assert asked[:3] == ["promise-a", "byte-of-memory-a", "whose-page-a"]
    assert asked[3:] == ["who-translates-a", "disk-share-a"]


def test_a_right_answer_comes_back_after_the_same_time_each_time():
    past = []
    for _ in range(4):
        past.append(given("whose-page-a", days_ago=DAYS - 0.1))
        assert "whose-page-a" not in names(past)
        past[-1] = given("whose-page-a", days_ago=DAYS)
        assert names(past)[0] == "whose-page-a"
    assert next_time([given("whose-page-a", days_ago=1)], NOW) == (DAYS - 1) * DAY


def test_the_last_answer_counts_and_inventories_do_not():
    assert names([given("p-zero-a", wrong=True), given("p-zero-a")], {"03"})[0] != "p-zero-a"
    assert "p-zero-a" not in names([given("p-zero-a", wrong=True), given("p-zero-a")], {"03"})
    assert "p-zero-a" in names([given("p-zero-a", place="before")], {"03"})


def test_a_review_is_short_and_asks_nothing_of_notebooks_to_come():
    assert len(names([])) == MOST
    assert {questions()[name].notebook for name in names([], {"00", "01"})} == {"00", "01"}
    assert not any(name.endswith("-b") for name in due_all())


def due_all():
    return [each.name for each in due([], ALL, NOW, most=1000)]


def test_after_the_clock_went_back_a_question_comes_once_and_is_not_lost():
    """It was 2033 for a day; then the clock was set right."""
    past = [given("whose-page-a", days_ago=-2500)]
    assert names(past)[0] == "whose-page-a"
    assert "whose-page-a" not in names([*past, given("whose-page-a")])


# What is remembered.


def keep(folder, name="whose-page-a", chosen=0, now=lambda: NOW):
    note(folder, "ada", "recall", questions()[name].asked("ada|0"), "ada|0", chosen, now)


def test_an_answer_is_remembered_and_a_broken_file_spoils_only_its_broken_lines(tmp_path):
    keep(tmp_path)
    file = tmp_path / FILE
    file.write_bytes(file.read_bytes() + b'{"learner": "ada", "pla')  # the machine went down
    keep(tmp_path, "promise-a", 2)
    good = json.loads(file.read_bytes().split(b"\n")[1])
    for spoilt in (
        {"place": "exam"}, {"question": "none"}, {"misunderstanding": "x"}, {"at": "now"},
        {"at": float("nan")}, {"learner": 7}, {"more": 1}, {"question": ["a"]},
    ):  # fmt: skip
        file.write_bytes(file.read_bytes() + json.dumps(good | spoilt).encode() + b"\n")
    file.write_bytes(file.read_bytes() + b"\xff\xfe\n[]\n7\nnull\n" + b"[" * 100_000 + b"\n")
    assert [each.question for each in answers(tmp_path)] == ["whose-page-a", "promise-a"]
    assert answers(tmp_path, "grace") == []


def test_where_no_file_can_be_written_nothing_else_changes(tmp_path):
    (tmp_path / FILE).mkdir()
    keep(tmp_path)
    assert answers(tmp_path) == []
    keep(tmp_path / "not there")


WRITER = """
import sys
from pathlib import Path
from coursework.questions.answers import note
from coursework.questions.bank import questions
asked = questions()["p-zero-a"].asked("x")
for n in range(200):
    note(Path(sys.argv[1]), sys.argv[2], "review", asked, str(n), n % 4)
"""


def test_two_processes_at_once_lose_nothing(tmp_path):
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name], cwd=ROOT)
        for name in ("ada", "grace")
    ]
    assert [each.wait(60) for each in running] == [0, 0]
    for name in ("ada", "grace"):
        assert [each.seed for each in answers(tmp_path, name)] == [str(n) for n in range(200)]


# In a notebook.


def test_a_recall_stands_behind_one_line_and_replies_to_each_answer(tmp_path, in_notebook):
    live = recall("04")
    assert live.children == (live.line,)
    live.button.click()
    assert live.choice in live.children
    assert live.button.disabled  # until something is chosen
    first = live.posed[0]
    live.choice.value = first.key
    live.button.click()
    assert live.reply.verdict.startswith("✓")
    assert live.reply.words == first.answers[first.key].reply
    live.button.click()
    live.answer((live.posed[1].key + 1) % 4)
    assert live.children == (live.line, live.reply)
    assert [each.right for each in answers(tmp_path, "ada")] == [True, False]
    with pytest.raises(ValueError, match="question 3 of 2 is not there"):
        live.answer(0)
    with pytest.raises(ValueError, match=r"answer 7 lies outside 0\.\.3"):
        recall("04").answer(7)
    with pytest.raises(ValueError, match="'00' has no recall"):
        recall("00")


def test_a_saved_recall_folds_everything_away_and_is_the_same_each_time():
    data, _ = recall("04")._repr_mimebundle_()
    assert data["text/html"].startswith("<details><summary>Still there?")
    for one in recall("04").posed:
        assert one.options[0] in data["text/plain"]
        assert all(each.reply not in data["text/plain"] for each in one.answers)
    assert data["text/html"] == recall("04")._repr_mimebundle_()[0]["text/html"]


def test_only_a_notebook_remembers(tmp_path):
    recall("04").answer(0)
    assert list(tmp_path.iterdir()) == []


def test_a_review_asks_what_a_recall_met_with_other_numbers(tmp_path, in_notebook):
    assert "Nothing to ask yet" in repr(review())
    live = recall("02")
    live.answer((live.posed[0].key + 1) % 4)
    again = review()
    assert again.posed[0].name == "promise-a"
    assert again.posed[0].text != live.posed[0].text
    for one in again.posed:
        again.answer(one.key)
    assert "right" in again.reply.words
    assert repr(review()) == "Nothing to review today; the next question comes in 3 days."


def test_points_and_bets_say_which_notebooks_have_been_begun(tmp_path):
    (tmp_path / ".progress-03.json").write_text('{"ada": {"bets": {"one-page": "8 bytes"}}}')
    asked, _ = to_review(tmp_path)
    assert {one.notebook for one, _ in asked} == {"03"}


# The inventories.


def answer_inventory(when, right):
    live = inventory(when)
    live.button.click()
    for n, one in enumerate(live.posed):
        live.answer(one.key if n < right else (one.key + 1) % 4)
    return live.reply.words


def test_the_inventories_report_the_normalised_gain(tmp_path, in_notebook):
    before = answer_inventory("before", 8)
    assert before.startswith("8 of 20 right.")
    assert "gain" not in before
    after = answer_inventory("after", 17)
    assert after.startswith("17 of 20 right, after 8 before the course")
    assert "gained 75%" in after  # 9 of the 12 that were left to gain
    assert not list(tmp_path.glob(".progress*"))
    assert score(answers(tmp_path, "ada"), "before") == 0.4
    live = inventory("after")  # once more: it says how that went, and asks nothing
    live.button.click()
    assert live.reply.words == after


def test_before_the_course_nothing_says_what_is_right(in_notebook):
    live = inventory("before")
    data, _ = live._repr_mimebundle_()
    assert data["text/plain"] == live.head
    live.answer((live.posed[0].key + 1) % 4)
    assert live.reply.words == live.reply.verdict == ""
    assert live.number == 1


def test_an_inventory_that_was_broken_off_goes_on(tmp_path, in_notebook):
    live = inventory("after")
    live.answer(live.posed[0].key)
    again = inventory("after")
    assert [one.name for one in again.posed] == [one.name for one in live.posed][1:]
    assert to_inventory(tmp_path, "after")[1] == 1
    assert "No complete inventory from before" in result(tmp_path, "after", 12)


@pytest.mark.parametrize(
    ("before", "after", "gained"), [(0.4, 0.7, 0.5), (0.5, 0.4, -0.2), (0, 1, 1), (1, 1, None)]
)
def test_hakes_gain(before, after, gained):
    assert gain(before, after) == gained


def test_a_share_that_is_none_is_refused():
    with pytest.raises(ValueError, match=r"share 20 lies outside 0\.\.1"):
        gain(0.4, 20)


# On the command line.


def test_review_and_inventory_on_the_command_line(tmp_path):
    run = CliRunner().invoke
    assert "Nothing to ask yet" in run(app, ["review", "--folder", str(tmp_path)]).output
    keep(tmp_path, now=time.time)
    asked, _ = to_review(tmp_path)
    letters = "".join(f"{'abcd'[one.key]}\n" for one, _ in asked)
    said = run(app, ["review", "--folder", str(tmp_path)], input=letters).output
    assert "✓ Right." in said
    assert f"{len(asked)} of {len(asked)} right." in said
    before = items("before", "ada")
    letters = "".join(f"{'abcd'[one.key]}\n" for one in before)
    said = run(app, ["inventory", "before", "--folder", str(tmp_path)], input=letters).output
    assert "20 of 20 right." in said
    assert "✓" not in said
    gone = run(app, ["review", "--folder", str(tmp_path / "not")])
    assert gone.exit_code == 2
    assert "there is no folder" in gone.output


# For teachers.


def test_a_class_is_read_from_what_was_handed_in(tmp_path):
    for person, right in (("one", (4, 16)), ("two", (8, 14)), ("three", (8,))):
        folder = tmp_path / person / "04"
        folder.mkdir(parents=True)
        for when, most in zip(("before", "after"), right, strict=False):
            for n, each in enumerate(items(when, "guest")):
                chosen = each.key if n < most else (each.key + 1) % 4
                note(folder, "guest", when, each, "guest", chosen)
    found = collect(tmp_path)
    assert (found.learners, found.matched) == (3, 2)
    assert (found.before, found.after) == pytest.approx((0.3, 0.75))
    assert found.gain == pytest.approx(0.45 / 0.7)
    shares = found.shares.values()
    wrong = [sum(each[when].chosen for each in shares) for when in ("before", "after")]
    assert wrong == [16 + 12 + 12, 4 + 6]
    table = tmp_path / "class.csv"
    run = CliRunner().invoke(app, ["misunderstandings", str(tmp_path), "--csv", str(table)])
    assert run.exit_code == 0, run.output
    assert "normalised gain 0.64" in run.output
    rows = list(csv.DictReader(table.open()))
    assert sum(int(row["before_chosen"]) for row in rows) == 40
    assert all(int(row["before_asked"]) % 3 == 0 for row in rows)


@pytest.mark.long
def test_a_real_notebook_remembers(tmp_path):
    env = {key: value for key, value in os.environ.items() if key != "JUPYTERHUB_USER"}
    code = 'from coursework import recall, review\nlive = recall("04")\nlive.answer(0); review()'
    notebook = new_notebook(cells=[new_code_cell(code)])
    client = NotebookClient(notebook, kernel_name="python3", timeout=120)
    client.execute(cwd=str(tmp_path), env=env | {"PAGESIM_LEARNER": "ada"})
    (known,) = answers(tmp_path, "ada")
    assert (known.place, known.question) == ("recall", "page-size-a")
    assert "question" in notebook.cells[-1].outputs[0].data["text/plain"]


def test_where_notebooks_are_graded_everything_that_they_import_is_there():
    """What is not would cost a submission all its points."""
    shown = {each for each in coursework.__all__ if each[0].islower()}
    assert shown <= vars(front).keys()
