"""Bets in the browser: nothing in view gives an answer until the bet is placed or passed over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pytest

from pagesim.explorer import Question, questions

from .notebook import Notebook

if TYPE_CHECKING:
    from playwright.sync_api import Locator

# Every word that can be read: its box is within the window and no closed fold holds it. Pictures
# say what they show in their sentence, or in their alternative text.
IN_VIEW = """bet => {
    const pane = bet.closest(".jp-WindowedPanel-outer").getBoundingClientRect();
    const own = bet.closest(".jp-Cell");
    const seen = (box) => box.height && box.bottom > pane.top && box.top < pane.bottom;
    const words = [];
    for (const cell of bet.closest(".jp-Notebook").querySelectorAll(".jp-Cell")) {
        if (cell === own || !seen(cell.getBoundingClientRect())) continue;
        const walker = document.createTreeWalker(
            cell, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
        for (let node; (node = walker.nextNode());) {
            const element = node.nodeType === 1 ? node : node.parentElement;
            const image = node.localName === "img";
            const said = node.nodeType === 1 ? (image ? node.alt : "") : node.data;
            if (!said.trim() || !element.checkVisibility()) continue;
            const range = document.createRange();
            range.selectNode(node);
            if (seen(range.getBoundingClientRect())) words.push(said);
        }
    }
    return words.join("\\n");
}"""


def in_this(notebook: Notebook) -> Iterator[tuple[Question, Locator]]:
    """Yield each bet of a notebook, in words and on the page."""
    asked = [each for each in questions().values() if each.notebook == notebook.name[:2]]
    outputs = notebook.page.locator(".jp-OutputArea-output:has-text('Your bet.')")
    outputs.nth(len(asked) - 1).wait_for(state="attached")  # a widget comes after its cell has run
    assert outputs.count() == len(asked)
    for question in asked:
        yield question, outputs.filter(has_text=question.text)


def given_away(notebook: Notebook, bets: Iterable[tuple[Question, Locator]]) -> list[str]:
    """Name what answers a bet while the bet is in view: at the page's top, middle or bottom."""
    found = []
    for question, bet in bets:
        for block in ("start", "center", "end"):
            bet.evaluate("(bet, block) => bet.scrollIntoView({block})", block)
            notebook.page.wait_for_timeout(100)  # cells out of view are laid out when they come
            bet.evaluate("(bet, block) => bet.scrollIntoView({block})", block)
            words = bet.evaluate(IN_VIEW)
            assert len(words) > 100, "there is always something beside a bet"
            told = [tell for tell in question.tells if re.search(tell, words, re.MULTILINE)]
            if told:
                notebook.keep(f"told-{question.name}-{block}")
            found += [f"{question.name} ({block}): {tell}" for tell in told]
    return found


def folds_of(notebook: Notebook, question: Question) -> Locator:
    return notebook.page.locator(f"details.bet-{question.name}")


@pytest.fixture
def with_bets(name: str) -> None:
    if not any(each.notebook == name[:2] for each in questions().values()):
        pytest.skip("no bet")


@pytest.mark.usefixtures("with_bets")
def test_no_bet_is_given_away_as_saved(notebook: Notebook) -> None:
    assert given_away(notebook, in_this(notebook)) == []
    for question, bet in in_this(notebook):
        for number, (option, marked) in enumerate(question.replies.items()):
            reply = re.sub("[*`]", "", marked)  # what stands between them is set otherwise
            fold = bet.locator("details").filter(has=notebook.page.get_by_text(option, exact=True))
            assert not fold.get_by_text(reply).is_visible()
            if number:
                fold.evaluate("fold => { fold.open = true; }")
            else:  # a click costs the browser a quarter of a second
                fold.locator("summary").click()
            assert fold.get_by_text(reply).is_visible()
        fold = folds_of(notebook, question).first
        for state in (True, False):
            fold.locator("> summary").press("Enter")
            assert fold.evaluate("fold => fold.open") == state


@pytest.mark.usefixtures("with_bets")
def test_no_bet_is_given_away_after_run_all(ran: Notebook) -> None:
    assert given_away(ran, in_this(ran)) == []


@pytest.mark.usefixtures("with_bets")
def test_a_bet_opens_what_answers_it_and_nothing_else(ran: Notebook) -> None:
    closed = "folds => folds.filter(fold => !fold.open).length"
    pairs = list(in_this(ran))
    for k, (question, bet) in enumerate(pairs):
        assert given_away(ran, [(question, bet)]) == [], "by what bets above it have opened"
        folds, place = folds_of(ran, question), bet.get_by_role("button", name="Place the bet")
        assert folds.evaluate_all(closed) == folds.count() > 0
        assert place.is_disabled()
        if k % 2:
            bet.get_by_role("button", name="Read on without a bet").press("Enter")
        else:
            bet.locator("input[type=radio]").first.click()
            place.click()
        ran.page.wait_for_function(
            "folds => [...document.querySelectorAll(folds)].every(fold => fold.open)",
            arg=f"details.bet-{question.name}",
        )
        rest = [folds_of(ran, other) for other, _ in pairs[k + 1 :]]
        assert all(each.evaluate_all(closed) == each.count() for each in rest)
        assert ran.page.locator("details[class^=lab-][open]").count() == 0
        for hidden in ran.page.locator(".pagesim-revealed").all():
            fold = hidden.locator("details")
            assert hidden.locator(".pagesim-explorer").is_visible() == fold.evaluate("e => e.open")


@pytest.mark.usefixtures("with_bets")
def test_every_bet_replies_to_the_choice(ran: Notebook) -> None:
    for _, bet in in_this(ran):
        ran.show(bet)
        options, said = bet.locator("input[type=radio]"), bet.locator("[role=status]")
        before = said.all_inner_texts()
        options.last.click()
        bet.get_by_role("button").first.click()
        reply = ran.changed_text(said, before)

        options.first.focus()  # and by keyboard
        ran.page.keyboard.press("ArrowDown")
        for key in ("Tab", "Tab", "Space"):  # the because, the button
            ran.page.keyboard.press(key)
        if options.count() > 2:  # else it is the same option again
            assert ran.changed_text(said, [reply])
    assert ran.page_errors == []
