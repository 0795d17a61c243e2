"""Every notebook in a real JupyterLab, in a real browser, as a learner goes through it.

The tests of one notebook stand in the order of a learner's hour and share the open page. What takes
how long is reported, never asserted.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from .explorer import LONG_QUIET, Explorer
from .latency import WANTED, theft
from .notebook import Notebook
from .truth import kernels_explorers, where_it_answers

EVERYTHING = ["pixels", "alt", "readout"]
# What our widgets and cards write outside of pictures.
WORDS = (
    ".pagesim-figure figcaption, .pagesim-controls .widget-label, "
    ".pagesim-controls .widget-readout, "
    ".pagesim-bet label, .pagesim-bet .widget-html-content, [data-state] p, [data-state] summary"
)


@pytest.fixture
def ran(notebook: Notebook) -> Notebook:
    """The notebook after Run All Cells."""
    notebook.run_all()
    return notebook


@pytest.fixture
def explorer(ran: Notebook, number: int) -> Explorer:
    """One explorer, scrolled to, and watched from here on."""
    explorer = Explorer(ran, number)
    ran.wait_until_idle()
    explorer.watch()
    return explorer


def test_every_picture_is_there_before_anything_runs(notebook: Notebook) -> None:
    notebook.keep("top")
    if notebook.expected:
        notebook.stored_pictures.nth(notebook.expected - 1).wait_for(state="attached")
    for picture in notebook.stored_pictures.all():
        picture.evaluate("image => image.decode()")
        assert picture.evaluate("image => image.naturalWidth") > 100
    text = " ".join(notebook.outputs.all_text_contents())
    assert "Error displaying widget" not in text
    assert "Loading widget" not in text


def test_it_runs_without_a_complaint(ran: Notebook) -> None:
    assert ran.complaints == []
    assert ran.page_errors == []
    assert ran.explorers.count() == ran.expected


def test_every_control_is_reached_and_seen_by_keyboard(explorer: Explorer) -> None:
    explorer.keep("start")
    stops = explorer.tab_through()
    assert {stop["control"] for stop in stops} == set(range(explorer.controls.count()))
    for one, next_ in pairwise(stops):
        below = next_["top"] >= one["bottom"] - 1
        assert below or next_["left"] >= one["right"] - 1, f"{one} comes before {next_}"
    assert [stop["what"] for stop in stops if stop["ring"] < 2] == []
    assert [stop["what"] for stop in stops if not stop["name"]] == []


def test_a_key_moves_it(
    explorer: Explorer,
    name: str,
    record_property: Callable[[str, object], None],
) -> None:
    first = explorer.controls.first
    assert explorer.changes(lambda: explorer.press(first)) == EVERYTHING
    presses = max(6, -(-WANTED // explorer.notebook.expected))
    with theft() as stolen:
        ms = [explorer.press(first) for _ in range(presses)]
    record_property("presses", (name, explorer.name, ms, *stolen))
    explorer.wait_for_quiet()
    assert len(explorer.noted()["heights"]) == 1, "the page jumps"


def test_a_drag_moves_it_and_leaves_no_queue(explorer: Explorer, number: int) -> None:
    if not explorer.sliders.count():
        pytest.skip("no slider")
    assert explorer.changes(lambda: explorer.drag(explorer.sliders.last)) == EVERYTHING
    explorer.wait_for_quiet(LONG_QUIET)
    noted = explorer.noted()
    # one picture was on its way and one value was waiting; more would be a queue
    assert len([at for at in noted["painted"] if at > noted["released"]]) <= 2
    assert len(noted["heights"]) == 1, "the page jumps"
    is_what_the_kernel_has(explorer, number)


def is_what_the_kernel_has(explorer: Explorer, number: int) -> None:
    """Hold what the browser shows against what the kernel thinks it shows."""
    truth = kernels_explorers(explorer.notebook.connection_file())[number]
    sliders = explorer.slider_values()
    assert sliders == {label: truth.controls[label] for label in sliders}
    assert explorer.shown().readout == truth.readout
    assert explorer.file() == truth.png_sha256


def test_a_click_into_the_picture_moves_it(explorer: Explorer, number: int) -> None:
    if not explorer.clickable.count():
        pytest.skip("it does not answer to clicks")
    place = where_it_answers(explorer.notebook.connection_file(), number)
    assert place is not None
    assert explorer.changes(lambda: explorer.click(*place)) == EVERYTHING
    assert len(explorer.noted()["heights"]) == 1, "the page jumps"
    explorer.keep("moved")
    is_what_the_kernel_has(explorer, number)


def test_nothing_is_cut_at_either_end(explorer: Explorer, number: int) -> None:
    assert explorer.cut() == []
    for slider in explorer.sliders.all():
        for low in (True, False):
            explorer.to_the_end(slider, low)
            assert explorer.cut() == []
    explorer.wait_for_quiet()
    explorer.keep("ends")
    assert len(explorer.noted()["heights"]) == 1, "the page jumps"
    is_what_the_kernel_has(explorer, number)


def test_play_goes_on_by_itself(explorer: Explorer) -> None:
    if not explorer.play.count():
        pytest.skip("it does not go in steps")
    explorer.to_the_end(explorer.played)  # where most explorers start
    explorer.wait_for_quiet()
    end = explorer.readout.inner_text()
    explorer.play.first.click()
    first = explorer.notebook.changed_text(explorer.readout, [end])
    explorer.notebook.changed_text(explorer.readout, [first])
    explorer.play.first.click()
    explorer.wait_for_quiet()
    assert len(explorer.noted()["heights"]) == 1, "the page jumps"


def test_a_typed_address_is_followed_and_a_mistake_is_told(explorer: Explorer) -> None:
    if not explorer.text.count():
        pytest.skip("nothing to type")
    notebook = explorer.notebook
    cells, said = notebook.cells.count(), explorer.readout.inner_text()
    for text in ("0x1d", "add a page"):  # keys that JupyterLab also knows as commands
        explorer.type(text)
        said = notebook.changed_text(explorer.readout, [said])
        assert text in said
    explorer.keep("mistake")
    explorer.type("0x1c")
    notebook.changed_text(explorer.readout, [said])
    assert notebook.cells.count() == cells
    notebook.save()  # with the focus still there
    assert len(explorer.noted()["heights"]) == 1, "the page jumps"


def test_every_bet_replies_to_the_choice(ran: Notebook) -> None:
    for k, bet in enumerate(ran.bets.all(), 1):
        ran.show(bet)
        options, button = bet.locator("input[type=radio]"), bet.get_by_role("button")
        assert button.is_disabled()
        replies: list[str] = []
        for option in options.all():
            option.click()
            button.click()
            replies.append(ran.changed_text(bet.locator("[role=status]"), replies))
        assert len(set(replies)) == options.count()

        options.first.focus()
        ran.page.keyboard.press("ArrowDown")
        for key in ("Tab", "Tab", "Space"):  # the because, the button
            ran.page.keyboard.press(key)
        assert ran.changed_text(bet.locator("[role=status]"), replies[-1:]) == replies[1]
        ran.keep(f"bet-{k}", bet)
    assert ran.page_errors == []


def test_every_check_has_a_card_and_its_hints_open(ran: Notebook) -> None:
    assert ran.cards.count() == sum("check(" in source for source in ran.sources)
    for hint in ran.hints.all():
        hint.locator("> summary").click()
        assert hint.locator("> p, > pre").first.is_visible()
    for k, card in enumerate(ran.cards.all(), 1):
        ran.keep(f"check-{k}", card)


def test_what_is_saved_still_shows_every_picture(ran: Notebook) -> None:
    saved = ran.save()
    assert "widgets" not in saved["metadata"]
    outputs = [out for cell in saved["cells"] for out in cell.get("outputs", [])]
    live = [out["data"] for out in outputs if "image/png" in out.get("data", {})]
    assert len(live) >= ran.expected
    assert all(data["text/plain"] for data in live)


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_all_words_are_legible(ran: Notebook, theme: str) -> None:
    ran.theme(theme)
    try:
        faint = "words => words.filter(word => contrastOf(word) < 4.5).map(word => word.innerText)"
        assert ran.page.locator(WORDS).evaluate_all(faint) == []
        if theme == "Dark":
            ran.keep_all("dark-")
    finally:
        ran.theme("Light")
