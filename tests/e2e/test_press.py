"""A press counts what stands on the page, even if Python has not heard of it before."""

from __future__ import annotations

import pytest

from .notebook import Notebook
from .standstill import python_stands_still
from .test_bets import in_this, replies_of

SAYS = "(said, words) => says(said, words)"


@pytest.fixture
def one(ran: Notebook) -> Notebook:
    if not ran.name.startswith("02"):
        pytest.skip("tried in one notebook: it is the same everywhere")
    return ran


def test_a_bet_is_placed_on_what_was_chosen_last(one: Notebook) -> None:
    question, bet = in_this(one)[0]
    first, *_, last = replies_of(question).values()
    options, said = bet.locator("input[type=radio]"), bet.locator("[role=status]")
    assert options.count() > 2, "of two changes, ipywidgets holds the second back"
    place = bet.get_by_role("button").first
    one.show(bet)
    options.first.click()
    place.click()
    said.evaluate(SAYS, first)
    with python_stands_still(one):
        for option in options.all()[1:]:
            option.click()
        place.click()
    said.evaluate(SAYS, last)


def test_a_number_is_counted_as_it_was_typed(one: Notebook) -> None:
    count = one.page.get_by_role("button", name="Count", exact=True).first
    lab = one.page.locator(".pagesim-lab").filter(has=count).first
    number = lab.locator("input[type=text]").first
    one.show(lab)
    number.fill("1")
    count.click(trial=True)  # it can be pressed
    with python_stands_still(one):
        number.press_sequentially("234")
        count.click()
    lab.locator("[role=status]").evaluate(SAYS, "you say 1,234,")
