"""What a press brings along is taken over first: choices, numbers and words as shown."""

import pytest

from coursework import inventory
from pagesim import bet, explore, host, predict_first, scenes, seen
from pagesim.explorer.bets import opened, placed


@pytest.fixture(autouse=True)
def fresh():
    yield
    placed.clear()
    opened.clear()


def press(box, button, *shown):
    """Send what the page sends when someone presses a button."""
    data = {"method": "custom", "content": {"pressed": button, "shown": list(shown)}}
    box.reply._handle_msg({"content": {"data": data}, "buffers": []})


def test_a_bet_is_placed_on_what_is_shown():
    asked = bet("one-page")
    options = list(asked.question.replies)
    asked.choice.value = options[0]
    press(asked, 0, 2, "it is so")
    assert placed["one-page"] == (options[2], "it is so")
    assert asked.choice.value == options[2]
    assert asked.reply.words == asked.question.replies[options[2]]


def test_a_bet_that_is_passed_over_is_not_placed():
    asked = bet("one-page")
    press(asked, 1, None, "")
    assert (placed, opened) == ({}, {"one-page"})


def test_numbers_and_words_are_counted_as_shown():
    lab = predict_first(host.Belady(), live=False)
    first, second = lab.inputs
    lab.inputs[first].value = "1"
    press(lab, 0, "12", "7")
    assert lab.reply.words.startswith(f"{first}: you say 12, the model 6,")  # 9 faults, 3 frames
    assert f"{second}: you say 7, the model 6" in lab.reply.words
    words = predict_first(host.OwnProgram(), live=False)
    at = next(n for n, each in enumerate(words.inputs.values()) if hasattr(each, "options"))
    asked = list(words.inputs.values())[at]
    asked.index = 1
    press(words, 0, *([""] * at), 2)
    assert f"you say {asked.options[2]}," in words.reply.words


def test_a_number_that_was_taken_back_is_not_counted():
    lab = predict_first(host.Belady(), live=False)
    next(iter(lab.inputs.values())).value = "1"
    press(lab, 0, "", "")
    assert lab.count.disabled
    assert lab.table.value == lab.reply.words == ""


def test_a_number_read_off_a_picture_is_checked_as_shown():
    explore(scenes.CowShares()).move(children=2)
    question = seen("frames-since-fork")
    question.number.value = "2"
    press(question, 0, "20")
    assert question.reply.verdict == "✓ Yes."


def test_a_second_press_is_not_for_the_next_question():
    asked = inventory("before")
    press(asked, 0)
    asked.choice.index = 1
    for _ in range(2):
        press(asked, 0, 1)
    assert asked.number == 1
    assert asked.choice.index is None
