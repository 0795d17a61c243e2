"""A page so busy that anywidget gives up on our models: they move and reply all the same."""

from __future__ import annotations

import pytest

from .explorer import Explorer
from .notebook import Notebook
from .test_notebook import EVERYTHING

# anywidget waits two seconds for a model; here, for none.
IMPATIENT = (
    "window.patient = AbortSignal.timeout; "
    "AbortSignal.timeout = () => window.patient.call(AbortSignal, 0)"
)
PATIENT = "AbortSignal.timeout = window.patient"


def test_what_was_given_up_moves_and_replies(ran: Notebook) -> None:
    if not ran.name.startswith("02"):
        pytest.skip("tried in one notebook: it is the same everywhere")
    before = ran.given_up  # a busy machine may have made it do so already
    ran.page.evaluate(IMPATIENT)
    try:
        for what in ("explore", "bet"):
            ran.run_cell(f"{what}(")
            ran.wait_until_idle()
    finally:
        ran.page.evaluate(PATIENT)
    assert ran.given_up > before
    explorer = Explorer(ran, 0)
    explorer.watch()
    assert explorer.changes(explorer.press) == EVERYTHING
    place = ran.page.get_by_role("button", name="Place the bet")
    bet = ran.page.locator(".pagesim-bet").filter(has=place).first
    said = bet.locator("[role=status]").element_handle()
    bet.locator("input[type=radio]").first.click()
    bet.get_by_role("button", name="Place the bet").click()
    ran.page.wait_for_function("said => said.innerText.trim()", arg=said, polling=100)
    assert ran.page_errors == []
