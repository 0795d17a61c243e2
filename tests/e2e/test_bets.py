"""Bets in the browser: nothing in view gives an answer until the bet is placed or passed over.

What a pointer and keys do is tried with the first bets of each notebook, the others are clicked by
a script: a click costs JupyterLab a quarter of a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest

from pagesim.explorer import Question, questions

from .notebook import Notebook

if TYPE_CHECKING:
    from playwright.sync_api import Locator


def in_this(notebook: Notebook) -> list[tuple[Question, Locator]]:
    """List the bets of a notebook, in words and on the page."""
    asked = [each for each in questions().values() if each.notebook == notebook.name[:2]]
    texts = {question.name: question.text for question in asked}
    assert notebook.page.evaluate("markBets", texts) == len(asked)
    places = notebook.page.locator
    return [(question, places(f"[data-bet='{question.name}']")) for question in asked]


def given_away(notebook: Notebook, bets: Iterable[Question]) -> list[str]:
    """Name what answers a bet while the bet is in view: at the page's top, middle or bottom."""
    found = []
    for question in bets:
        for block, words in notebook.page.evaluate("readAround", question.name).items():
            assert len(words) > 100, "there is always something beside a bet"
            told = [tell for tell in question.tells if re.search(tell, words, re.MULTILINE)]
            if told:
                notebook.page.evaluate("scrollToBet", [question.name, block])
                notebook.keep(f"told-{question.name}-{block}")
            found += [f"{question.name} ({block}): {tell}" for tell in told]
    return found


def replies_of(question: Question) -> dict[str, str]:
    """Give each option and its reply as they are read: marks of what is set otherwise are gone."""
    return {
        option: " ".join(re.sub("[*`]", "", reply).split())
        for option, reply in question.replies.items()
    }


def folds_of(notebook: Notebook, question: Question) -> Locator:
    return notebook.page.locator(f"details.bet-{question.name}")


@pytest.fixture
def with_bets(name: str) -> None:
    if not any(each.notebook == name[:2] for each in questions().values()):
        pytest.skip("no bet")


@pytest.mark.usefixtures("with_bets")
def test_no_bet_is_given_away_as_saved(notebook: Notebook) -> None:
    pairs = in_this(notebook)
    assert given_away(notebook, [question for question, _ in pairs]) == []
    for question, bet in pairs:
        notebook.show(bet)
        closed_open_closed = [False, True, False]
        assert bet.evaluate("openEach") == [
            [option, reply, closed_open_closed] for option, reply in replies_of(question).items()
        ]
    question, bet = pairs[0]
    bet.locator("summary").first.click()
    assert bet.locator("details p").first.is_visible()
    fold = folds_of(notebook, question).first
    for state in (True, False):
        fold.locator("> summary").press("Enter")
        assert fold.evaluate("fold => fold.open") == state


@pytest.mark.usefixtures("with_bets")
def test_no_bet_is_given_away_after_run_all(ran: Notebook) -> None:
    assert given_away(ran, [question for question, _ in in_this(ran)]) == []


@pytest.mark.usefixtures("with_bets")
def test_a_bet_opens_what_answers_it_and_nothing_else(ran: Notebook) -> None:
    pairs = in_this(ran)
    names = [question.name for question, _ in pairs]
    for k, (question, bet) in enumerate(pairs):
        assert given_away(ran, [question]) == [], "by what bets above it have opened"
        place = bet.get_by_role("button", name="Place the bet")
        skip = bet.get_by_role("button", name="Read on without a bet")
        option = bet.locator("input[type=radio]").first
        before = ran.page.evaluate("foldsOf", names)["bets"]
        assert before[question.name]
        assert not any(before[question.name])
        assert place.is_disabled()
        if k == 0:
            option.click()
            place.click()
        elif k == 1:
            skip.press("Enter")
        elif k % 2:
            skip.evaluate("button => button.click()")
        else:
            option.evaluate("option => option.click()")
            place.evaluate("place => until(() => !place.disabled).then(() => place.click())")
        ran.page.evaluate("opened", question.name)
        after = ran.page.evaluate("foldsOf", names)
        assert not any(is_open for other in names[k + 1 :] for is_open in after["bets"][other])
        assert after["labs"] == 0
        assert after["wrong"] == 0, "a folded explorer is seen, or one that is open is not"


@pytest.mark.usefixtures("with_bets")
def test_every_bet_replies_to_the_choice(ran: Notebook) -> None:
    pairs = in_this(ran)
    for question, bet in pairs:
        verdicts = {True: "✓ You win.", False: "✗ The house wins."}
        assert bet.evaluate("placeEach") == [
            f"{verdicts[option == question.truth]} {reply}"
            for option, reply in reversed(replies_of(question).items())
        ]
    _, bet = pairs[0]
    ran.show(bet)
    options, said = bet.locator("input[type=radio]"), bet.locator("[role=status]")
    before = said.inner_text()
    options.last.click()
    bet.get_by_role("button").first.click()
    reply = ran.changed_text(said, [before])

    options.first.focus()  # and by keyboard
    ran.page.keyboard.press("ArrowDown")
    for key in ("Tab", "Tab", "Space"):  # the because, the button
        ran.page.keyboard.press(key)
    if options.count() > 2:  # else it is the same option again
        assert ran.changed_text(said, [reply])
    assert ran.page_errors == []
