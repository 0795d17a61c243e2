"""Every notebook in a real JupyterLab, in a real browser, as a learner goes through it.

The tests of one notebook stand in the order of a learner's hour and share the open page. They look
at what only a browser can show: every explorer is reached, moved and clicked; what all explorers
have in common (dragging, playing, undoing) is tried with one of them, in some of the notebooks.
Every position of every control is swept without a browser, in tests/scenes.
"""

from __future__ import annotations

from itertools import pairwise

import pytest

from .conftest import Desk
from .explorer import Explorer
from .notebook import Notebook
from .truth import is_what_the_kernel_has, kernels_explorers, where_it_answers

OURS = [".pagesim-explorer", ".pagesim-bet", ".pagesim-lab", "[data-state]", "details"]
FOCUSABLE = ".noUi-handle, input, select"
EVERYTHING = ["file", "alt", "readout"]
MORE_THAN_A_STEP = 1500  # ms; Play goes on after 1100
STORED = """images => Promise.all(images.map(async (image) => {
    await image.decode();
    const caption = image.parentElement.querySelector("img ~ figcaption");
    return [image.alt, caption.textContent, image.naturalWidth];
}))"""
HINT_SEEN = "hint => hint.querySelector(':scope > p, :scope > pre').checkVisibility()"
# What our widgets and cards write outside of pictures.
WORDS = (
    ".pagesim-figure figcaption, .pagesim-controls .widget-label, "
    ".pagesim-controls .widget-readout, "
    ".pagesim-bet label, .pagesim-bet .widget-html-content, [data-state] p, [data-state] summary"
)


@pytest.fixture
def explorer(ran: Notebook, desk: Desk, number: int) -> Explorer:
    """One explorer, scrolled to, and watched from its first test on."""
    return desk.watch(ran, number)


def test_every_picture_is_there_before_anything_runs(notebook: Notebook) -> None:
    if notebook.expected:
        notebook.stored_pictures.nth(notebook.expected - 1).wait_for(state="attached")
    for alt, words, width in notebook.stored_pictures.evaluate_all(STORED):
        assert width > 100
        assert words
        assert words == alt
    text = " ".join(notebook.outputs.all_text_contents())
    assert "Error displaying widget" not in text
    assert "Loading widget" not in text


def test_it_runs_without_a_complaint(ran: Notebook) -> None:
    assert ran.complaints == []
    assert ran.page_errors == []
    assert ran.explorers.count() == ran.expected


@pytest.mark.sampled
def test_every_control_is_reached_and_seen_by_keyboard(explorer: Explorer) -> None:
    stops = explorer.tab_through()
    tools = {-1}  # undo, reset, copy
    assert {stop["control"] for stop in stops} == {*range(explorer.controls.count()), *tools}
    for one, next_ in pairwise(stops):
        below = next_["top"] >= one["bottom"] - 1
        assert below or next_["left"] >= one["right"] - 1, f"{one} comes before {next_}"
    assert [stop["what"] for stop in stops if stop["ring"] < 2] == []
    assert [stop["what"] for stop in stops if not stop["name"]] == []


def test_a_key_moves_it(explorer: Explorer) -> None:
    assert explorer.changes(explorer.press) == EVERYTHING
    assert explorer.unlike_read() == []
    assert len(explorer.noted()["heights"]) == 1, "the page jumps"


@pytest.mark.sampled
def test_a_click_into_the_picture_moves_it(explorer: Explorer, number: int) -> None:
    if not explorer.clickable.count():
        pytest.skip("it does not answer to clicks")
    place = where_it_answers(explorer.notebook.connection_file(), number)
    assert place is not None
    assert explorer.changes(lambda: explorer.click(*place)) == EVERYTHING
    assert len(explorer.noted()["heights"]) == 1, "the page jumps"
    is_what_the_kernel_has(explorer, number)


def test_every_word_of_every_position_fits(explorer: Explorer, number: int) -> None:
    truth = kernels_explorers(explorer.notebook.connection_file())[number]
    assert explorer.cut(truth.words) == []


def first_with(ran: Notebook, what: str) -> tuple[Explorer, int]:
    """Find the first explorer of a notebook that has something, and watch it from here on."""
    have = "(all, what) => all.findIndex(one => one.querySelector(what))"
    number = ran.explorers.evaluate_all(have, what)
    if number < 0:
        pytest.skip(f"no explorer of this notebook has {what}")
    explorer = Explorer(ran, number)
    explorer.watch()
    return explorer, number


@pytest.mark.sampled
def test_a_drag_moves_it_and_leaves_no_queue(ran: Notebook) -> None:
    explorer, number = first_with(ran, ".noUi-handle")
    assert explorer.changes(lambda: explorer.drag(explorer.sliders.last)) == EVERYTHING
    is_what_the_kernel_has(explorer, number)
    explorer.wait_for_quiet()
    noted = explorer.noted()
    # one picture was on its way and one value was waiting; more would be a queue
    assert len([at for at in noted["painted"] if at > noted["released"]]) <= 2
    assert len(noted["heights"]) == 1, "the page jumps"


@pytest.mark.sampled
def test_home_and_end_go_to_the_ends(ran: Notebook) -> None:
    explorer, number = first_with(ran, ".noUi-handle")
    for low in (True, False):
        explorer.to_the_end(explorer.sliders.last, low)
    explorer.wait_for_quiet()
    assert len(explorer.noted()["heights"]) == 1, "the page jumps"
    is_what_the_kernel_has(explorer, number)


@pytest.mark.sampled
def test_undo_reset_and_copy_as_code(ran: Notebook) -> None:
    explorer, number = first_with(ran, ".noUi-handle")
    tools = explorer.box.locator(".pagesim-tools").get_by_role("button")
    tools.filter(has_text="Reset").click()
    explorer.wait_for_quiet()
    start = explorer.shown()
    assert explorer.changes(explorer.press) == EVERYTHING
    moved = explorer.readout.inner_text()
    tools.filter(has_text="Copy").click()
    tools.filter(has_text="Copied").wait_for()
    code = ran.page.evaluate("navigator.clipboard.readText()")
    assert code == kernels_explorers(ran.connection_file())[number].code
    explorer.controls.first.locator(FOCUSABLE).first.focus()
    ran.page.keyboard.press("Control+z")
    ran.changed_text(explorer.readout, [moved])
    explorer.wait_for_quiet()
    assert explorer.shown() == start


@pytest.mark.sampled
def test_play_goes_on_by_itself(ran: Notebook) -> None:
    explorer, _ = first_with(ran, ".widget-play")
    explorer.to_the_end(explorer.played)  # where most explorers start
    explorer.wait_for_quiet()
    end = explorer.readout.inner_text()
    explorer.play.first.click()
    first = explorer.notebook.changed_text(explorer.readout, [end])
    explorer.notebook.changed_text(explorer.readout, [first])
    explorer.play.first.click()
    explorer.wait_for_quiet()
    assert len(explorer.noted()["heights"]) == 1, "the page jumps"


def test_play_goes_step_by_step_where_motion_is_not_wanted(ran: Notebook) -> None:
    """One press, one step, and it stands; nothing glides."""
    if not ran.name.startswith("04"):
        pytest.skip("tried in one notebook: it is the same everywhere")
    explorer, _ = first_with(ran, ".widget-play")
    ran.page.emulate_media(reduced_motion="reduce")
    try:
        explorer.to_the_end(explorer.played, low=True)
        explorer.wait_for_quiet()
        for step in ("1", "2"):
            assert explorer.changes(explorer.play.first.click) == EVERYTHING
            explorer.wait_for_quiet(MORE_THAN_A_STEP)
            assert explorer.played.first.get_attribute("aria-valuenow") == f"{step}.0"
        assert explorer.play.first.get_attribute("aria-label") == "one step"
        explorer.click_rail(explorer.played.first, 0.5)
        moving = explorer.box.evaluate("box => box.getAnimations({subtree: true}).length")
        assert moving == 0
    finally:
        ran.page.emulate_media(reduced_motion="no-preference")


def test_a_typed_address_is_followed_and_a_mistake_is_told(ran: Notebook) -> None:
    explorer, _ = first_with(ran, "input[type=text]")
    notebook = explorer.notebook
    cells, said = notebook.cells.count(), explorer.readout.inner_text()
    for text in ("0x1d", "add a page"):  # keys that JupyterLab also knows as commands
        explorer.type(text)
        said = notebook.changed_text(explorer.readout, [said])
        assert text in said
    explorer.type("0x1c")
    notebook.changed_text(explorer.readout, [said])
    assert notebook.cells.count() == cells
    notebook.save()  # with the focus still there
    assert len(explorer.noted()["heights"]) == 1, "the page jumps"


def test_every_check_has_a_card_and_its_hints_open(ran: Notebook) -> None:
    assert ran.cards.count() == sum("check(" in source for source in ran.sources)
    hints = ran.page.locator("[data-state] > details")  # the others are folded away within it
    if not hints.count():
        return
    hints.first.locator("> summary").click()  # costs JupyterLab a quarter of a second
    assert hints.first.evaluate(HINT_SEEN)
    press = "hint => { hint.open || hint.querySelector('summary').click(); }"
    hints.evaluate_all(f"hints => hints.forEach({press})")
    assert set(hints.evaluate_all(f"hints => hints.map({HINT_SEEN})")) == {True}


def test_nothing_of_ours_is_in_the_way_of_those_who_do_not_see_or_point(ran: Notebook) -> None:
    """Axe's rules, of any severity, for what our widgets and cards put into the page."""
    from axe_playwright_python.sync_playwright import Axe

    asked = {"preload": False, "resultTypes": ["violations"]}
    found = Axe().run(ran.page, context=OURS, options=asked).response["violations"]
    parts = [f"{each['impact']} {each['id']}: {each['nodes'][0]['html'][:300]}" for each in found]
    assert parts == []


def test_what_is_saved_still_shows_every_picture(ran: Notebook) -> None:
    saved = ran.save()
    assert "widgets" not in saved["metadata"]
    outputs = [out for cell in saved["cells"] for out in cell.get("outputs", [])]
    live = [out["data"] for out in outputs if "image/png" in out.get("data", {})]
    assert len(live) >= ran.expected
    assert all(data["text/plain"] for data in live)


def test_all_words_are_legible_in_both_themes(ran: Notebook) -> None:
    faint = "words => words.filter(word => contrastOf(word) < 4.5).map(word => word.innerText)"
    assert ran.page.locator(WORDS).evaluate_all(faint) == []
    ran.other_theme()  # the next notebook is opened in it
    assert ran.page.locator(WORDS).evaluate_all(faint) == []
