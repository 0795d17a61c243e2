"""A notebook in JupyterLab, as a learner has it before them."""

from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .lab import ARTIFACTS, Lab

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

# ms to wait at most, on a busy machine; nothing is asserted about how long it was
START, ANSWER = 120_000, 60_000
SCRIPTS = [Path(__file__).with_name(name) for name in ("watch.js", "bets.js")]
GIVEN_UP = "[anywidget] Failed to initialize model."
_ERRORS = (
    '.jp-RenderedText[data-mime-type="application/vnd.jupyter.stderr"], '
    '.jp-RenderedText[data-mime-type="application/vnd.jupyter.error"]'
)
_RUNNING = (
    "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]"
    ".some(prompt => prompt.textContent.includes('*'))"
)


@dataclass
class Notebook:
    """One notebook open in a page of its own."""

    page: Page
    lab: Lab
    name: str
    sources: list[str]
    expected: int  # explorers
    page_errors: list[str] = field(default_factory=list)
    given_up: int = 0  # how often anywidget has given up on a model of ours: `hear.js`
    ran: bool = False

    @property
    def cells(self) -> Locator:
        return self.page.locator(".jp-NotebookPanel .jp-Notebook-cell")

    @property
    def outputs(self) -> Locator:
        return self.page.locator(".jp-OutputArea-output")

    @property
    def stored_pictures(self) -> Locator:
        """What stands where an explorer will be, before anything has run."""
        return self.page.locator(".jp-RenderedHTML figure img")

    @property
    def explorers(self) -> Locator:
        return self.page.locator(".jp-OutputArea-output:has(.pagesim-figure)")

    @property
    def cards(self) -> Locator:
        """The cards of checks; only they have a state."""
        return self.page.locator(".jp-OutputArea-output [data-state]")

    @property
    def complaints(self) -> list[str]:
        """Everything that a cell has written to stderr or raised."""
        return self.page.locator(_ERRORS).all_text_contents()

    def note(self, error: str) -> None:
        """Remember an error of the page, but for one that a busy machine makes and we mend."""
        if GIVEN_UP in error:
            self.given_up += 1
        else:
            self.page_errors.append(error)

    def connection_file(self) -> Path:
        return self.lab.connection_file(self.name)

    def menu(self, *path: str) -> None:
        for item in path:
            label = re.compile(f"^{re.escape(item)}$")
            labels = self.page.locator(".lm-MenuBar-itemLabel, .lm-Menu-itemLabel")
            labels.filter(has_text=label).click()

    def run_all(self) -> None:
        """Run All Cells, once, and wait for the last of them."""
        if self.ran:
            return
        self.ran = True
        self.menu("Run", "Run All Cells")
        self.page.wait_for_function(_RUNNING, timeout=START, polling=100)
        self.page.wait_for_function(f"!{_RUNNING}", timeout=START, polling=100)
        self.wait_until_idle()

    def run_cell(self, code: str) -> None:
        """Run the first cell with some code in it once more, by keyboard."""
        cell = self.page.locator(".jp-CodeCell").filter(
            has=self.page.locator(".jp-InputArea-editor").filter(has_text=code)
        )
        cell.first.locator(".jp-InputPrompt").click()
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_function(f"!{_RUNNING}", timeout=START, polling=100)

    def wait_until_idle(self) -> None:
        """JupyterLab says so at the bottom; running earlier makes it ask for a kernel."""
        self._status("| Idle").wait_for(timeout=START)

    def _status(self, text: str) -> Locator:
        return self.page.locator("#jp-main-statusbar").get_by_text(text).first

    def save(self) -> dict[str, Any]:
        """Save with the keyboard, and read back what is on the disk."""
        path = self.lab.files / self.name
        before, deadline = path.stat().st_mtime_ns, time.monotonic() + ANSWER / 1000
        self.page.keyboard.press("Control+s")
        while time.monotonic() < deadline:
            self.page.wait_for_timeout(50)
            if path.stat().st_mtime_ns != before:
                with suppress(json.JSONDecodeError):  # it is being written
                    saved: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
                    return saved
        raise AssertionError(f"{self.name} was not saved")

    def other_theme(self) -> None:
        """Change from light to dark, or from dark to light; JupyterLab keeps it."""
        dark = self.page.locator('body[data-jp-theme-light="false"]').count()
        name = "JupyterLab Light" if dark else "JupyterLab Dark"
        self.menu("Settings", "Theme", name)
        self.page.locator(f'body[data-jp-theme-name="{name}"]').wait_for(state="attached")

    def close(self) -> None:
        """Close and Shut Down Notebook: the next one has the machine to itself."""
        self.page.locator(".jp-NotebookPanel .jp-Notebook").evaluate("notebook => notebook.focus()")
        self.page.keyboard.press("Control+Shift+q")
        self.page.evaluate(
            "until(() => document.querySelector('.jp-Dialog .jp-mod-accept')?.click()"
            " || !document.querySelector('.jp-NotebookPanel'))"
        )

    def show(self, what: Locator) -> None:
        """Scroll to something, into the middle, as people do."""
        what.evaluate("element => element.scrollIntoView({block: 'center'})")

    def changed_text(self, of: Locator, before: list[str]) -> str:
        """Wait until a text is none of those before, and return it."""
        deadline = time.monotonic() + ANSWER / 1000
        while not of.count() or (text := of.inner_text()) in ("", *before):
            assert time.monotonic() < deadline, f"it still says {before}"
            self.page.wait_for_timeout(50)
        return text

    def keep(self, name: str) -> None:
        """Keep a screenshot of the window."""
        self.page.screenshot(path=ARTIFACTS / f"{Path(self.name).stem}.{name}.png")


def sources_of(path: Path) -> list[str]:
    """The code of each code cell."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def explorers_of(path: Path) -> int:
    """Count the cells that show an explorer."""
    return sum("explore(" in source for source in sources_of(path))


def open_lab(browser: BrowserContext, lab: Lab) -> Page:
    """Open JupyterLab, with no notebook yet: loading it takes longer than a notebook does."""
    page = browser.new_page()
    page.set_default_timeout(ANSWER)
    page.goto(f"{lab.url}/lab?reset", timeout=START)
    page.locator(".jp-DirListing-item").first.wait_for(timeout=START)
    return page


def open_notebook(page: Page, lab: Lab, name: str) -> Notebook:
    """Open a notebook from the list of files and wait for its kernel."""
    path = lab.files / name
    notebook = Notebook(page, lab, name, sources_of(path), explorers_of(path))
    page.on("pageerror", lambda error: notebook.note(str(error)))
    page.locator(".jp-DirListing-item").filter(has_text=name).dblclick()
    notebook.cells.first.wait_for(timeout=START)
    notebook.wait_until_idle()
    return notebook
