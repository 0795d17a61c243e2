"""The bank of questions: what is right is right, and no wording gives it away."""

import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from statistics import mean

import pytest

from coursework.questions.asking import RECALLS
from coursework.questions.bank import questions
from coursework.questions.inventory import ideas, items
from coursework.questions.misunderstandings import misunderstandings
from coursework.questions.numbers import NUMBERS
from pagesim.explorer import questions as bets

from ..lessons import LESSONS, glossary_terms, lesson

ROOT = Path(__file__).parents[2]
BANK = questions()
SEEDS = [f"learner {n}" for n in range(4)]

each_question = pytest.mark.parametrize("question", BANK.values(), ids=BANK)


@cache
def asked():
    """Every question, asked with several numbers."""
    return [question.asked(seed) for question in BANK.values() for seed in SEEDS]


def test_the_bank_covers_the_course():
    assert len(BANK) >= 40
    assert {each.notebook for each in BANK.values()} == set(LESSONS)
    assert len({each.text for each in BANK.values()}) == len(BANK)
    assert {each.idea for each in BANK.values()} >= NUMBERS.keys()


def test_every_misunderstanding_is_met_and_belongs_to_a_lesson():
    chosen = {answer.misunderstanding for each in BANK.values() for answer in each.answers}
    assert chosen - {""} == misunderstandings().keys()
    assert {each.notebook for each in misunderstandings().values()} <= set(LESSONS)
    assert len({each.says for each in misunderstandings().values()}) == len(misunderstandings())


@each_question
def test_a_question_has_four_answers_and_a_reply_to_each(question):
    assert len(question.answers) == 4
    assert len({each.misunderstanding for each in question.answers}) == 4
    assert len({each.reply for each in question.answers}) == 4
    assert all(len(each.reply.split()) >= 8 for each in question.answers)


@each_question
def test_the_key_is_worked_out_or_stands_in_the_lesson(question):
    if "{" in question.answers[0].words:
        assert question.idea in NUMBERS
        assert not question.says
    else:
        assert question.says in LESSONS[question.notebook].read_text("utf-8")


@each_question
def test_other_seeds_give_other_numbers_and_the_same_seed_the_same(question):
    made = [question.asked(seed) for seed in SEEDS]
    assert made == [question.asked(seed) for seed in SEEDS]
    assert len({each.options for each in made}) > 2  # the order at least
    for each in made:
        assert len(set(each.options)) == 4
        said = each.text + " ".join(each.options)
        assert not re.search(r"[{}]|(?<![\w,.])\d{5,}", said)  # filled in; thousands stand apart
        assert each.answers[each.key].misunderstanding == ""


# What a teacher would work out with a pencil, from the numbers that the question tells.
PENCIL = {
    "whose-page": lambda d: d["mine"],
    "byte-of-memory": lambda d: d["frame"] * d["size"] + d["va"] % d["size"],
    "promise": lambda d: f"{4 * d['pages']} KiB",
    "shared-code": lambda d: d["code"] + d["n"] * d["data"],
    "table-in-memory": lambda d: d["memory"] // (1 + d["entry"]),
    "same-page": lambda d: d["place"] - d["one"] + d["two"],
    "lonely-pages": lambda d: 2 * d["n"] + 2,
    "walk-reads": lambda d: d["levels"] + 1,
    "entry-holds": lambda d: d["pfn"] * 1024 + 1,
    "alignment": lambda d: d["mib"] // 2 - 1,
    "miss-not-fault": lambda d: d["faults"],
    "set-index": lambda d: d["page"] % (d["entries"] // d["ways"]),
    "walk-cost": lambda d: {"PMD": 1, "PUD": 2}[d["level"]],
    "bss-in-file": lambda d: d["text"] + d["data"],
    "fork-copies": lambda d: d["written"],
    "first-read": lambda d: d["pages"],
    "fault-is-error": lambda d: 0,
    "more-frames": lambda d: "FIFO",
    "eviction-writes": lambda d: d["dirty"] + d["heap"],
    "tables-of-a-region": lambda d: d["n"] * 2 * d["gib"],
}


@pytest.mark.parametrize("idea", PENCIL)
def test_the_key_is_what_a_pencil_gives(idea):
    for question in (each for each in BANK.values() if each.idea == idea):
        for seed in SEEDS:
            data = question.numbers(seed)
            assert data["right"] == PENCIL[idea](data)


def test_sizes_and_shares_are_what_a_pencil_gives():
    for seed in SEEDS:
        data = BANK["table-weight-a"].numbers(seed)
        number, unit = data["right"].split()
        size = float(number) * {"MiB": 1 << 20, "GiB": 1 << 30}[unit]
        assert size == 2 ** data["bits"] * data["entry"]
        data = BANK["page-size-a"].numbers(seed)
        assert data["table"] == data["waste"] == data["factor"]
        data = BANK["huge-reach-a"].numbers(seed)
        assert data["right"] == f"{100 * data['entries'] / (512 * data['gib']):g} %"
        data = BANK["disk-share-a"].numbers(seed)
        assert float(data["right"]) == pytest.approx(1 + 1749 / data["n"], rel=0.02)
        data = BANK["overflow-a"].numbers(seed)
        calls, mib = map(int, re.findall(r"\d+", data["right"]))
        assert calls * mib > 8


# The two inventories.


def test_the_inventories_are_paired_item_by_item():
    assert len(ideas()) == 20
    for idea in ideas():
        before, after = BANK[f"{idea}-a"], BANK[f"{idea}-b"]
        assert before.text != after.text
        assert before.notebook == after.notebook
        wrong = [{each.misunderstanding for each in one.answers} for one in (before, after)]
        assert wrong[0] == wrong[1]
    assert {BANK[f"{idea}-a"].notebook for idea in ideas()} == set(LESSONS) - {"10"}


def test_the_right_answer_stands_at_each_place_equally_often():
    for when in ("before", "after"):
        assert Counter(each.key for each in items(when, "ada")) == dict.fromkeys(range(4), 5)
        assert items(when, "ada") == items(when, "ada") != items(when, "grace")
    places = Counter(each.key for each in asked())
    assert max(places.values()) < 1.3 * min(places.values())
    with pytest.raises(ValueError, match="'later': it is one of before, after"):
        items("later", "ada")


# What somebody can do who sees the options alone. By chance one in four is right.


def number(words):
    found = re.search(r"0x[0-9a-f]+|\d[\d,.]*", words)
    text = found[0].replace(",", "").rstrip(".") if found else "0"
    scale = sum(10 * n for n, unit in enumerate("KMGT", 1) if f"{unit}iB" in words)
    return float(int(text, 16) if text.startswith("0x") else float(text)) * 2.0**scale


def words_of(option):
    return set(re.findall(r"[a-z]+|\d+", option.lower()))


def shared(options, one):
    return sum(len(words_of(one) & words_of(other)) for other in options) / len(words_of(one))


def rank(options, place):
    return sorted(options, key=number)[place]


TRICKS = {
    "longest": lambda options: max(options, key=len),
    "shortest": lambda options: min(options, key=len),
    "most like the others": lambda options: max(options, key=lambda one: shared(options, one)),
    "least like the others": lambda options: min(options, key=lambda one: shared(options, one)),
    "smallest number": lambda options: rank(options, 0),
    "second number": lambda options: rank(options, 1),
    "third number": lambda options: rank(options, 2),
    "largest number": lambda options: rank(options, 3),
    "most digits": lambda options: max(options, key=lambda one: len(re.findall(r"\d", one))),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_finds_the_answer_in_the_options(trick):
    hits = [TRICKS[trick](each.options) == each.options[each.key] for each in asked()]
    assert mean(hits) < 0.42


def test_nobody_learns_from_other_questions_how_right_answers_are_worded():
    """Words that right answers have more often than wrong ones, learnt from all other ideas."""
    by_idea = defaultdict(list)
    for each in asked():
        by_idea[each.idea].append(each)
    hits = []
    for idea, mine in by_idea.items():
        right, wrong = Counter(), Counter()
        for each in (each for other, them in by_idea.items() if other != idea for each in them):
            for place, option in enumerate(each.options):
                (right if place == each.key else wrong).update(words_of(option))

        def odds(option, right=right, wrong=wrong):
            return mean((right[w] + 1) / (wrong[w] + 3) for w in words_of(option))

        hits += [max(each.options, key=odds) == each.options[each.key] for each in mine]
    assert mean(hits) < 0.42


ABSOLUTE = re.compile(r"\b(always|never|every|all|none|nothing|only|any|must|impossible)\b")


@each_question
def test_no_absolute_word_marks_an_answer(question):
    marked = [bool(ABSOLUTE.search(each)) for each in question.asked(SEEDS[0]).options]
    assert sum(marked) in (0, 4)


@each_question
def test_the_right_answer_is_not_the_only_one_with_a_number_or_without(question):
    for each in (question.asked(seed) for seed in SEEDS):
        with_number = [bool(re.search(r"\d", option)) for option in each.options]
        assert with_number.count(with_number[each.key]) > 1


@each_question
def test_a_question_uses_no_term_of_a_later_notebook(question):
    """For whoever has read up to its own notebook, which is when a review asks it."""
    said = "\n".join([question.text, *(f"{a.words}\n{a.reply}" for a in question.answers)])
    for term in (
        each for each in glossary_terms().values() if each.notebook[:2] > question.notebook
    ):
        for form in term.forms:
            assert not re.search(rf"(?<![\w/])(?:{form})(?!\w)", said), term.name


# At the start of the notebooks.


@pytest.mark.parametrize("number", sorted(LESSONS.keys() & RECALLS.keys()))
def test_each_notebook_begins_with_its_recall(number):
    found = lesson(number).cells
    (at,) = (n for n, cell in enumerate(found) if cell.source == f'recall("{number}")')
    assert found[at + 1].source.startswith("## ")
    assert not any(cell.source.startswith("## ") for cell in found[:at])


@pytest.mark.parametrize("number", RECALLS)
def test_a_recall_is_about_earlier_notebooks_and_tells_nothing_of_a_later_bet(number):
    chosen = [BANK[name] for name in RECALLS[number]]
    assert len(chosen) == 2
    assert all(each.form == "a" and each.notebook < number for each in chosen)
    asked = [each.asked("guest|0") for each in chosen]  # as the saved notebook shows them
    said = "\n".join(
        "\n".join([one.text, *(f"{each.words}\n{each.reply}" for each in one.answers)])
        for one in (*chosen, *asked)
    )
    for bet in (each for each in bets().values() if each.notebook >= number):
        assert [tell for tell in bet.tells if re.search(tell, said)] == [], bet.name


def test_no_question_is_recalled_twice():
    names = [name for pair in RECALLS.values() for name in pair]
    assert len(set(names)) == len(names) == 20


def test_the_inventories_stand_at_both_ends_of_the_course():
    last = max(LESSONS)
    assert 'inventory("before")' in [cell.source for cell in lesson("00").cells]
    ends = [n for n in ("09", last) if 'inventory("after")' in [c.source for c in lesson(n).cells]]
    assert ends
