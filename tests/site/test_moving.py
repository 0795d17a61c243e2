"""Explorers, bets and labs of a page, moved as a reader moves them."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from pagesim.explorer import questions

from .test_pages import each_notebook

if TYPE_CHECKING:
    from .open import Opened


@each_notebook
def test_explorers_move_and_every_position_has_a_link(name: str, opened: Opened) -> None:
    """By keyboard, picture, sentence and alt text change together; a link brings it all back."""
    opened.open(f"notebooks/{name}.html")
    left = {}
    for number, explorer in enumerate(opened.explorers):
        start, seen = explorer.shown(), explorer.pixels()
        explorer.nudge()
        now = explorer.shown()
        assert now.readout == now.alt != start.readout
        assert explorer.pixels() != seen
        left[number] = str(explorer.link.get_attribute("href")), now
    for number, (address, there) in left.items():
        opened.page.goto("about:blank")
        opened.open(f"notebooks/{name}.html", address)
        again = opened.explorers[number]
        assert again.shown() == there, address
        assert again.note.inner_text() == ""
    assert opened.wrong == []


def test_sliders_are_pulled_by_mouse(opened: Opened) -> None:
    """And say their value in words; a link that is followed moves the page that is open."""
    opened.open("notebooks/06-tlb.html")
    start, links = {}, {}
    for number, explorer in enumerate(opened.explorers):
        slider = explorer.sliders.first
        slider.scroll_into_view_if_needed()
        links[number], start[number] = explorer.link.get_attribute("href"), explorer.shown()
        box = slider.bounding_box()
        assert box is not None
        at_left = slider.evaluate("one => one.value === one.min")
        x = box["x"] + box["width"] * (0.98 if at_left else 0.02)
        opened.page.mouse.click(x, box["y"] + box["height"] / 2)
        assert explorer.shown() != start[number]
        words = slider.get_attribute("aria-valuetext")
        assert words == explorer.box.locator("output").first.inner_text()
    opened.page.evaluate(f"location.hash = {links[2]!r}")
    opened.page.wait_for_function("document.querySelector('#explorer-3').dataset.position === '0'")
    assert opened.explorers[2].shown() == start[2]


@each_notebook
def test_bets_are_placed_and_answered(name: str, opened: Opened) -> None:
    """No reply is in view before; each answers its own option, and opens what was folded."""
    opened.open(f"notebooks/{name}.html")
    own = [each for each in questions().values() if each.notebook == name[:2]]
    boxes = opened.page.locator(".bet").all()
    assert len(boxes) == len(own)
    for question, box in zip(own, boxes, strict=True):
        folds = opened.page.locator(f"details.bet-{question.name}").all()
        assert folds
        assert box.get_by_role("status").inner_text() == ""
        assert not any(fold.get_attribute("open") is not None for fold in folds)
        place = box.get_by_role("button").first
        assert place.is_disabled()
        for option in question.replies:
            box.get_by_role("radio", name=option, exact=True).check()
            place.click()
            won = "You win" in box.get_by_role("status").inner_text()
            assert won == (option == question.truth)
        assert all(fold.get_attribute("open") is not None for fold in folds)
    assert opened.wrong == []


def test_a_lab_shows_recorded_counts_beside_a_prediction(opened: Opened) -> None:
    opened.open("notebooks/09-swap-and-replacement.html")
    lab = opened.page.locator(".lab").first
    assert not lab.locator("table").is_visible()
    asked = lab.get_by_role("textbox").first
    asked.fill("eight")
    lab.get_by_role("button", name="Look").click()
    assert "“eight” is not a number" in lab.get_by_role("status").inner_text()
    assert not lab.locator("table").is_visible()
    asked.fill("8")
    asked.press("Enter")
    assert "you say 8" in lab.get_by_role("status").inner_text()
    assert "the recorded kernel" in lab.get_by_role("status").inner_text()
    assert lab.locator("td.yours", has_text="8").count() == 1
    assert "recorded on Linux" in lab.inner_text()


def test_steps_are_played_forth_and_back(opened: Opened) -> None:
    opened.open("notebooks/04-multi-level-paging.html", "#explorer=3")
    explorer = opened.explorers[2]
    start = explorer.shown()
    explorer.box.get_by_role("button", name="step forward").click()
    second = explorer.shown()
    assert second != start
    explorer.box.get_by_role("button", name="step back").click()
    assert explorer.shown() == start
    explorer.box.get_by_role("button", name="play the steps").click()
    explorer.box.get_by_text("Pause").click()
    assert explorer.shown() == second


def test_a_click_on_the_picture_moves_it(opened: Opened) -> None:
    """Access 1 of the row at the bottom, which is drawn because a sweep ends there."""
    opened.open("notebooks/06-tlb.html", "#explorer=1")
    explorer = opened.explorers[0]
    explorer.box.locator(".picture").scroll_into_view_if_needed()
    box = explorer.box.locator(".picture").bounding_box()
    assert box is not None
    opened.page.mouse.click(box["x"] + 0.03 * box["width"], box["y"] + 0.89 * box["height"])
    assert "page 0 in set 0" in explorer.shown().readout


@pytest.mark.skipif("SITE" in os.environ, reason="needs a site of few positions")
def test_what_was_not_drawn_is_said(opened: Opened) -> None:
    """Two controls moved together, few positions drawn: the control that was moved is obeyed."""
    opened.open("notebooks/06-tlb.html")
    explorer = opened.explorers[0]
    explorer.lists.nth(0).select_option(index=0)
    explorer.sliders.last.focus()
    opened.page.keyboard.press("Home")
    assert re.match("Not drawn here .* nearest that was: the program: ", explorer.note.inner_text())
    assert explorer.sliders.last.input_value() == "0"
