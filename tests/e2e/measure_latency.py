"""How long from a key to the new picture, in every explorer; run by `make latency`.

No test, so its name is no test's: what takes how long is reported, never asserted, and it must
have the machine to itself. A key is pressed now and then, as a learner does: caches are cold by
then, and what a step shows has been drawn ahead. Jumps, which nobody foresees, stand apart.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .explorer import Explorer
from .latency import WANTED, Presses, parts_of, theft
from .notebook import Notebook

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

PAUSE = 600  # ms between two presses
HAND = 300  # ms from the last letter to Enter
JUMPS = 3  # of each explorer that begins with a slider: five steps at once
FIRST = """() => {
  let clicked = 0;
  document.addEventListener("click", (event) => { clicked = event.timeStamp; }, true);
  window.firstPicture = new Promise((there) => {
    new MutationObserver(async (_, observer) => {
      const image = document.querySelector(".pagesim-figure img[src^='data:image/png']");
      if (!image) return;
      observer.disconnect();
      await image.decode();
      there(performance.now() - clicked);
    }).observe(document, { subtree: true, childList: true, attributeFilter: ["src"] });
  });
}"""
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
    if not notebook.ran:
        record_property("first", (name, first_picture(notebook)))
    explorer = Explorer(notebook, number)
    notebook.wait_until_idle()
    explorer.watch()
    explorer.changes(explorer.press)
    presses = Presses(name, explorer.name)
    with theft() as stolen:
        for _ in range(max(6, -(-WANTED // notebook.expected))):
            notebook.page.wait_for_timeout(PAUSE)
            key = explorer.nudge()
            notebook.page.wait_for_timeout(HAND)
            presses.add(*one(explorer, key), step=True)
        for _ in range(JUMPS if explorer.controls.first.locator(".noUi-handle").count() else 0):
            notebook.page.wait_for_timeout(PAUSE)
            back = explorer.nudge() == "ArrowLeft"
            presses.add(*one(explorer, "PageDown" if back else "PageUp"), step=False)
    presses.stolen = stolen[0]
    record_property("presses", presses)


def first_picture(notebook: Notebook) -> float:
    """Run all cells; return the ms from the click to the first explorer on the screen."""
    notebook.page.evaluate(FIRST)
    notebook.run_all()
    ms: float = notebook.page.evaluate("window.firstPicture")
    return ms


def one(explorer: Explorer, key: str) -> tuple[float, list[float]]:
    """Press a key; return the ms to the picture, and when each part was over."""
    explorer.page.evaluate("wire.length = 0")
    ms = explorer.strike(key)
    pressed = explorer.noted()["pressed"]
    return ms, parts_of(explorer.page.evaluate("wire"), pressed, ms)
