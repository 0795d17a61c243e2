"""Predict, then count: nothing is told before, theirs stands beside the counts, nobody must."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pagesim import host, predict_first
from pagesim.host.lab import SOURCE, Recording
from pagesim.host.probe import LABS
from pagesim.host.table import shown

each_lab = pytest.mark.parametrize("lab", LABS, ids=lambda lab: str(lab.key))


class Unfolded(HTMLParser):
    """The words of a page that are seen before any fold is opened."""

    def __init__(self, page):
        super().__init__()
        self.words, self.depth, self.summaries = "", 0, 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.depth += tag == "details"
        self.summaries += tag == "summary"

    def handle_endtag(self, tag):
        self.depth -= tag == "details"

    def handle_data(self, data):
        if not self.depth:
            self.words += f"{data}\n"


def bundle(lab):
    made = lab._repr_mimebundle_()
    return made[0] if isinstance(made, tuple) else made


@each_lab
def test_a_lab_asks_for_a_few_of_its_rows(lab):
    rows = {row.name: row for row in lab().rows()}
    assert 1 <= len(lab.asked) <= 3
    for name in lab.asked:
        row = rows[name]
        if not isinstance(row.predicted, int):
            assert row.predicted in row.choices
            assert len(set(row.choices)) == len(row.choices) >= 2


@each_lab
def test_an_untouched_lab_tells_nothing_outside_its_fold(lab):
    made = predict_first(lab(), live=False)
    assert made.table.value == made.reply.words == ""
    page = Unfolded(bundle(made)["text/html"])
    assert page.summaries == 1
    head = f"Predict, then count.\n {lab.title}\n"
    assert page.words == head + "".join(f"{each}\n" for each in made.questions.values())
    folded = bundle(made)["text/html"].partition("<details>")[2]
    assert folded == f"<summary>What was counted</summary>{made.report._repr_html_()}</details>"


@each_lab
def test_the_words_that_tests_compare_hold_every_count_and_the_source(lab):
    words = bundle(predict_first(lab(), live=False))["text/plain"]
    recording = Recording.load(lab.key)
    lines = words.splitlines()
    for name, count in recording.counted.items():
        (line,) = (line for line in lines if line.startswith(f"{name}  "))
        assert line.endswith("yes")
        assert line.removesuffix("yes").rstrip().endswith(f"  {shown(count)}")
    assert re.fullmatch(SOURCE, lines[-1])
    assert recording.machine in lines[-1]


def test_the_learners_number_stands_beside_the_models_and_the_kernels():
    lab = predict_first(host.OwnBytes(), live=False)
    asked, other = lab.inputs
    said = lab.predict({asked: 1})
    assert said == f"{asked}: you say 1, the model 4,095, the recorded kernel 4,095."
    assert (lab.reply.folds, lab.reply.opened) == ("lab-own-bytes", 1)
    shown = lab.report.beside({asked: 1})
    assert lab.table.value == shown._repr_html_()
    assert shown.headings == ("what is counted", "yours", "predicted", "counted", "agree")
    rows = {row[0]: row[1:] for row in shown.rows}
    assert rows[asked] == (1, 4095, 4095, "yes")
    assert rows[other] == ("", 3, 3, "yes")
    assert repr(lab) == repr(lab.report)  # what is saved does not change


def test_a_choice_is_one_of_the_words_offered():
    lab = predict_first(host.MapsTotals(), live=False)
    asked = "the code of tfind() is in"
    said = lab.predict({asked: "heap"})
    assert said == f"{asked}: you say heap, the model library, the recorded kernel library."
    with pytest.raises(ValueError, match="'moon' is not among"):
        lab.predict({asked: "moon"})
    with pytest.raises(ValueError, match="'the moon is in' is not asked"):
        lab.predict({"the moon is in": "heap"})


def test_skipping_is_one_click():
    lab = predict_first(host.Belady(), live=False)
    assert lab.count.disabled
    lab.skip.click()
    assert lab.table.value == lab.report._repr_html_()
    assert (lab.reply.folds, lab.reply.opened) == ("lab-belady", 1)
    assert lab.reply.words == "Nothing predicted; this is what was counted."


def test_one_prediction_is_enough_and_may_be_taken_back():
    lab = predict_first(host.Belady(), live=False)
    first, _ = lab.inputs.values()
    for text, disabled in (("9", False), ("", True), (" ", True)):
        first.value = text
        assert lab.count.disabled == disabled


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("4096", 4096),
        (" 4,096 ", 4096),
        ("4 096", 4096),
        ("4_096", 4096),
        ("0x1000", 4096),
        ("-1", -1),
        ("٤", 4),
    ],
)
def test_numbers_are_read_as_people_write_them(text, number):
    lab = predict_first(host.Belady(), live=False)
    assert f"you say {number:,}, the model 6" in lab.predict({"pages sent out with 3 frames": text})


@pytest.mark.parametrize("text", ["nine", "9.5", "0x", "--1", "9" * 5000, "\ud800", "<b>9</b>"])
def test_what_is_no_number_is_named_and_the_table_waits(text):
    lab = predict_first(host.Belady(), live=False)
    said = lab.predict({"pages sent out with 3 frames": text})
    shown = repr(text) if len(text) <= 24 else repr(text[:24] + "…")
    assert said == f"{shown} is not a number; write digits, as in 4096."
    assert (lab.reply.verdict, lab.table.value) == ("✗", "")
    assert "<b>" not in lab.reply.html  # what was typed is shown, and not obeyed


def test_a_lab_that_cannot_count_says_that_it_is_recorded_and_where(monkeypatch):
    def refuse(self):
        raise host.Unavailable("its pages are <16 KiB>")

    monkeypatch.setattr(host.OwnBytes, "check", refuse)
    lab = predict_first(host.OwnBytes())
    lab.skip.click()
    machine = Recording.load("own_bytes").machine
    assert f"recorded on {machine}; this machine cannot: its pages are" in lab.table.value
    assert "&lt;16 KiB&gt;" in lab.table.value


def test_the_suite_leaves_the_source_alone_when_it_compares_notebooks():
    (rule,) = re.findall(
        r"\[source\]\nregex: (.+)\n",
        (Path(__file__).parents[1] / "nbval_sanitize.cfg").read_text(),
    )
    assert rule == SOURCE.pattern
