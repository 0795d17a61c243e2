"""How long from a key to the new picture, in every explorer; run by `make latency`.

No test, so its name is no test's: what takes how long is reported, never asserted, and it must have
the machine to itself. A key is pressed now and then, as a learner does: caches are cold by then.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .explorer import Explorer
from .latency import WANTED, parts_of, theft
from .notebook import Notebook

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

PAUSE = 600  # ms between two presses
WIRE = Path(__file__).with_name("wire.js")


@pytest.fixture(scope="session")
def browser(browser: BrowserContext) -> BrowserContext:
    """Listen to the messages, too."""
    browser.add_init_script(path=WIRE)
    return browser


def test_key_to_picture(
    notebook: Notebook,
    name: str,
    number: int,
    record_property: Callable[[str, object], None],
) -> None:
    notebook.run_all()
    explorer = Explorer(notebook, number)
    notebook.wait_until_idle()
    explorer.watch()
    first = explorer.controls.first
    explorer.press(first)
    ms, parts = [], []
    with theft() as stolen:
        for _ in range(max(6, -(-WANTED // notebook.expected))):
            notebook.page.wait_for_timeout(PAUSE)
            notebook.page.evaluate("wire.length = 0")
            ms.append(explorer.press(first))
            pressed = explorer.noted()["pressed"]
            parts.append(parts_of(notebook.page.evaluate("wire"), pressed, ms[-1]))
    record_property("presses", (name, explorer.name, ms, *stolen, parts))
