"""A step shows its picture before Python has heard of it, and then what Python has."""

from __future__ import annotations

import pytest

from .explorer import Explorer
from .lab import ROOT
from .notebook import Notebook
from .standstill import python_stands_still
from .truth import asked, is_what_the_kernel_has, kernels_explorers

REST = 1000  # ms; what is drawn ahead is there long before that, unless the machine is busy
TRIES = 5  # each with twice the rest of the one before


def test_a_step_is_shown_while_python_stands_still(ran: Notebook) -> None:
    if not ran.name.startswith("02"):
        pytest.skip("tried in one notebook: it is the same everywhere")
    explorer = Explorer(ran, 0)
    explorer.watch()
    for waited in (REST << k for k in range(TRIES)):
        key = explorer.nudge()
        explorer.wait_for_quiet(waited)
        before = explorer.shown()
        with python_stands_still(ran):
            ran.page.keyboard.press(key)
            ran.page.wait_for_timeout(REST)
            while_it_stood = explorer.shown()
        explorer.wait_for_quiet()
        if while_it_stood != before:
            break
    assert set(while_it_stood.differs_from(before)) == {"file", "alt", "readout"}
    truth = kernels_explorers(ran.connection_file())[0]
    assert explorer.shown() == while_it_stood
    assert (truth.png_sha256, truth.readout) == (while_it_stood.file, while_it_stood.readout)


def test_keys_that_come_before_an_answer_all_count(ran: Notebook) -> None:
    """Forth, back over the start's picture, which is kept, and forth again."""
    if not ran.name.startswith("02"):
        pytest.skip("tried in one notebook: it is the same everywhere")
    explorer = Explorer(ran, 0)
    explorer.watch()
    slider = explorer.sliders.first
    explorer.to_the_end(slider, low=True)
    forth, back = "ArrowRight", "ArrowLeft"
    for keys, at in [((forth,) * 3, 3), ((back,) * 3, 0), ((forth, back) * 3 + (forth,), 1)]:
        explorer.wait_for_quiet()
        with python_stands_still(ran):
            slider.focus()
            for key in keys:
                ran.page.keyboard.press(key)
        low, now = slider.evaluate("handle => [handle.ariaValueMin, handle.ariaValueNow]")
        assert float(now) == float(low) + at
        is_what_the_kernel_has(explorer, 0)


@pytest.mark.skipif(
    not (ROOT / ".venv/requirements.lock.installed").exists(),
    reason="needs the .venv of `make setup`, not one made by other means",
)
def test_what_draws_is_at_hand_before_a_cell_has_run(ran: Notebook) -> None:
    if not ran.name.startswith("02"):
        pytest.skip("tried in one notebook: it is the same everywhere")
    loaded = "get_ipython().extension_manager.loaded"
    assert "pagesim.explorer" in asked(ran.connection_file(), loaded)
