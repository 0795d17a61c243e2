"""What a press brings along is what counts: choices, numbers and words as shown on the page."""

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
    assert lab.inputs[first].value == "1"  # written back, it would undo what is typed meanwhile
    words = predict_first(host.OwnProgram(), live=False)
    fields = list(words.inputs.values())
    asked = next(each for each in fields if hasattr(each, "options"))
    asked.index = 1
    shown = [0 if hasattr(each, "options") else "" for each in fields]
    shown[fields.index(asked)] = 2
    press(words, 0, *shown)
    assert f"you say {asked.options[2]}," in words.reply.words


def test_a_number_that_was_taken_back_is_not_counted():
    lab = predict_first(host.Belady(), live=False)
    next(iter(lab.inputs.values())).value = "1"
    press(lab, 0, "", "")
    assert lab.table.value == lab.reply.words == ""


def test_a_number_is_counted_though_its_box_was_heard_to_be_empty():
    lab = predict_first(host.Belady(), live=False)
    press(lab, 0, "5", "")
    assert "you say 5," in lab.reply.words


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


def test_a_choice_that_is_heard_late_is_not_for_the_next_question():
    asked = inventory("before")
    press(asked, 0)
    first = asked.choice
    first.index = 1
    press(asked, 0, 2)
    first.index = 2  # what ipywidgets had held back
    assert asked.number == 1
    assert asked.choice.index is None
    assert asked.button.disabled
