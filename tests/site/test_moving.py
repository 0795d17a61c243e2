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
    opened.page.emulate_media(reduced_motion="no-preference")
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


def test_nothing_moves_by_itself_for_those_who_do_not_want_it(opened: Opened) -> None:
    """Steps are there and Play is not; what plays stops; the picture of the readme stands still."""
    page = opened.page
    page.emulate_media(reduced_motion="no-preference")
    opened.open("notebooks/04-multi-level-paging.html", "#explorer=3")
    explorer = opened.explorers[2]
    play = explorer.box.locator(".play")
    play.click()
    page.emulate_media(reduced_motion="reduce")
    assert not play.is_visible()
    assert play.text_content() == "Play"  # and no longer Pause
    before = explorer.shown()
    explorer.box.get_by_role("button", name="step forward").click()
    assert explorer.shown() != before
    assert page.evaluate("document.getAnimations().length") == 0
    opened.open("index.html")
    shown = page.locator("picture img").evaluate("image => image.currentSrc")
    assert shown.endswith("walk-still.png")
    page.emulate_media(reduced_motion="no-preference")
    page.wait_for_function("document.querySelector('picture img').currentSrc.endsWith('.gif')")


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


def test_the_numbers_of_a_picture_are_one_click_away(opened: Opened) -> None:
    """By keyboard; they follow the picture, and are fit for a phone and for who hears them."""
    from axe_playwright_python.sync_playwright import Axe

    opened.open("notebooks/04-multi-level-paging.html", "#explorer=4")
    page, explorer = opened.page, opened.explorers[3]
    numbers = explorer.box.locator(".numbers")
    written = numbers.locator("table").text_content()  # before any script has touched it
    numbers.locator("summary").focus()
    page.keyboard.press("Enter")
    table = numbers.get_by_role("table")
    assert table.get_by_role("columnheader").first.inner_text() == "memory mapped"
    assert table.text_content() == written
    names = table.get_by_role("rowheader").all_inner_texts()
    explorer.sliders.last.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert table.get_by_role("rowheader").all_inner_texts() != names
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, context=".numbers", options={"preload": False})
        assert found.response["violations"] == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert opened.wrong == []


def test_on_paper_nothing_moves_and_nothing_is_folded(opened: Opened) -> None:
    opened.open("notebooks/04-multi-level-paging.html")
    page, explorer = opened.page, opened.explorers[3]
    explorer.nudge()
    folds = "document.querySelectorAll('details[class^=bet-]:not([open])').length"
    waiting = "[...document.images].filter(image => !image.complete).length"
    page.evaluate(
        "window.addEventListener('beforeprint', () => {"
        f" window.printed = {{ folded: {folds}, waiting: {waiting} }}; }})"
    )
    folded = page.evaluate(folds)
    assert folded
    assert page.pdf(format="A4").startswith(b"%PDF")
    assert page.evaluate("window.printed") == {"folded": 0, "waiting": 0}
    assert page.evaluate(folds) == folded
    page.emulate_media(media="print")
    shown = explorer.box.locator(".printed").inner_text()
    chosen = explorer.lists.first.evaluate("list => list.selectedOptions[0].text")
    assert f"where the pages lie: {chosen} · pages mapped: " in shown
    for gone in (".controls", ".sidebar-drawer", ".toc-drawer", ".launch", ".bet button"):
        assert not page.locator(gone).first.is_visible(), gone
    whole = page.locator(".explorer").evaluate_all(
        "all => all.map(one => getComputedStyle(one).breakInside)"
    )
    assert set(whole) == {"avoid"}
    page.emulate_media(media="screen")
