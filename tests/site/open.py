"""A window on the site: what a reader sees there, and what the page should not do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, ViewportSize


@dataclass(frozen=True)
class Shown:
    """What someone sees, and what someone hears who does not see."""

    position: str
    alt: str
    readout: str


class Explorer:
    """An explorer on a page."""

    def __init__(self, box: Locator) -> None:
        self.box = box
        self.controls = box.locator(":is(.slider, .choice, .toggle, .address) > :is(input, select)")
        self.sliders = box.locator("input[type=range]")
        self.lists = box.locator("select")
        self.note = box.locator(".note")
        self.link = box.locator("a.position")

    def shown(self) -> Shown:
        """Look at it once its picture is painted."""
        self.box.page.wait_for_function(
            "box => box.dataset.painted === box.dataset.position", arg=self.box.element_handle()
        )
        said = self.box.evaluate(
            "box => [box.dataset.position, box.querySelector('.picture img').alt, "
            "box.querySelector('.readout').textContent]"
        )
        return Shown(*said)

    def pixels(self) -> bytes:
        """Take a photograph of the picture."""
        return self.box.locator(".picture").screenshot(animations="disabled")

    def nudge(self) -> None:
        """Move the first control by the keyboard, away from where it stands."""
        first = self.controls.first
        first.focus()
        kind = first.evaluate("one => one.type")
        at_end = first.evaluate("one => one.value === one.max || one.selectedIndex > 0")
        forth, back = (
            ("ArrowDown", "ArrowUp") if kind == "select-one" else ("ArrowRight", "ArrowLeft")
        )
        self.box.page.keyboard.press("Space" if kind == "checkbox" else back if at_end else forth)


class Opened:
    """A window of a browser that has no network; it notes what goes wrong."""

    SIZE: ClassVar[ViewportSize] = {"width": 1300, "height": 950}

    def __init__(self, site: Path, chromium: Browser) -> None:
        self.site = site
        self.context = chromium.new_context(
            viewport=self.SIZE, offline=True, reduced_motion="reduce"
        )
        self.context.set_default_timeout(10_000)
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda said: self.wrong.append(said.text))
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("requestfailed", lambda request: self._failed(request.url, request.failure))

    def open(self, page: str, position: str = "") -> None:
        self.page.goto(f"file://{quote(str(self.site / page))}{position}")

    @property
    def explorers(self) -> list[Explorer]:
        """Every explorer of the page; none stays folded."""
        self.page.evaluate(
            "for (const fold of document.querySelectorAll('details'))"
            " if (fold.querySelector('.explorer')) fold.open = true"
        )
        return [Explorer(box) for box in self.page.locator(".explorer").all()]

    def close(self) -> None:
        self.context.close()

    def _failed(self, url: str, why: str | None) -> None:
        if why != "net::ERR_ABORTED":  # by the next page, before this one was there
            self.wrong.append(f"{why}: {url}")

    def _asked(self, url: str) -> None:
        if not url.startswith(("file:", "data:", "blob:")):
            self.wrong.append(f"asks for {url}")
