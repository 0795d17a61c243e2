"""Pagers ranked under nicknames: who plays, what counts, and that nobody sees what comes."""

from __future__ import annotations

import csv
import io
from statistics import fmean

import pytest
from nbformat.v4 import new_code_cell, new_notebook, writes

from coursework.grading.contest import contest_seed, play, ranking
from coursework.grading.paper import Paper
from pagesim.replacement import simulate
from pagesim.replacement.contest import programs, scale

from .conftest import LIMITS, SECRET

pytestmark = pytest.mark.long  # each question is a round through the box
SEED = contest_seed(SECRET)
LRU = """
def evict(resident, history):
    return min(resident, key=lambda page: max(k for k, each in enumerate(history) if each == page))
"""
FIFO = "evict = lambda resident, history: resident[0]"
# Looks for the rest of a program wherever Python keeps something, and shows whoever asks a list
# that is in nobody's string.
SPY = """
import gc, sys

def longer(told, history):
    return type(told) is list and len(told) > len(history) and told[:len(history)] == history

def evict(resident, history):
    if len(history) < 270:
        return resident[0]
    places, frame = list(gc.get_objects()), sys._getframe()
    while frame:
        places += frame.f_locals.values()
        frame = frame.f_back
    return -1 if any(longer(each, history) for each in places) else resident[0]
"""


def handed_in(policy: str, call: str = "pager(evict, nickname='me')") -> bytes:
    cells = ["from coursework import check, pager, problem", policy, f"mine = {call}"]
    return writes(new_notebook(cells=[new_code_cell(each) for each in cells])).encode()


@pytest.fixture
def played(box, kit_folder):
    def play_one(content: bytes):
        return play(Paper("ada", "09", content, (SEED,)), box, kit_folder, LIMITS)

    return play_one


def mean(policy: str) -> float:
    """Score a policy of the course on the same programs, without asking anybody."""
    return fmean(
        scale(*(simulate(each.pages, each.frames, one).faults for one in (policy, "fifo", "opt")))
        for each in programs(int(SEED, 16))
    )


def test_a_policy_scores_what_the_same_policy_scores_in_the_simulator(played):
    """And FIFO, which others here play, 0."""
    assert played(handed_in(LRU)).score == pytest.approx(mean("lru"))


def test_only_who_has_chosen_a_nickname_plays(played):
    assert played(handed_in(FIFO, "pager(evict)")).nickname == ""
    assert played(handed_in(FIFO, "pager(evict, nickname=7)")).nickname == ""
    assert played(b"no notebook").nickname == ""


def test_what_comes_is_not_in_the_box(played):
    assert played(handed_in(SPY)).score == 0  # it found nothing, and is FIFO


@pytest.mark.parametrize(
    ("policy", "note"),
    [
        ("evict = lambda resident, history: 99", "named a page that is not in memory"),
        ("evict = lambda resident, history: 1 // 0", "gave no answer (ZeroDivisionError)"),
        ("import os\nevict = lambda resident, history: os._exit(0)", "gave no answer (Died)"),
        ("def evict(resident, history):\n    while True: pass", "gave no answer (TooSlow)"),
    ],
)
def test_who_gives_no_page_is_told_why(played, policy, note):
    one = played(handed_in(policy))
    assert (one.nickname, one.score, one.note) == ("me", None, note)


def test_a_hostile_nickname_is_a_short_line_of_text(played):
    one = played(handed_in(FIFO, r"pager(evict, nickname='=cmd()\n\x1b[31m<b>' + 'x' * 10**6)"))
    assert one.nickname == "=cmd()[31m<b>xxxxxxxxxxx"
    (row,) = csv.DictReader(io.StringIO(ranking([one])))
    assert row == {
        "place": "1",
        "nickname": "'=cmd()[31m<b>xxxxxxxxxxx",
        "score": "0.0",
        "note": "",
    }
