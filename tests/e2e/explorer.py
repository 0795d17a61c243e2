"""An explorer in the browser: what it shows, and hands to move it with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .notebook import Notebook

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

QUIET, LONG_QUIET = 300, 1000  # ms without a new picture; nothing more is thought to come then
PACE = 100  # ms between two presses, as people press
POLL = 25  # ms between two looks; to look at each frame would make the browser draw each frame


@dataclass(frozen=True)
class Shown:
    """What someone sees, and what someone hears who does not see."""

    file: str  # of the picture, as a digest
    alt: str
    readout: str

    def differs_from(self, other: Shown) -> list[str]:
        """Name what is not the same."""
        mine, theirs = vars(self), vars(other)
        return [name for name in mine if mine[name] != theirs[name]]


class Explorer:
    """The explorer that stands k-th in a notebook."""

    def __init__(self, notebook: Notebook, number: int) -> None:
        self.notebook = notebook
        self.name = f"explorer-{number + 1}"
        self.page: Page = notebook.page
        self.box: Locator = notebook.explorers.nth(number)
        self.image = self.box.locator(".pagesim-figure img")
        self.readout = self.box.locator("figcaption [role=status]")
        self.clickable = self.box.locator(".pagesim-clickable")
        self.controls = self.box.locator(".pagesim-controls > *")
        self.sliders = self.box.locator(".noUi-handle")
        self.text = self.box.locator("input[type=text]")
        self.played = self.box.locator(":has(> .widget-play) .noUi-handle")
        self.play = self.box.locator(".widget-play button")

    # -- seeing ---------------------------------------------------------------------------------

    def watch(self) -> None:
        """Unfold it if it waits for a bet, and begin to note repaints and heights."""
        self.box.evaluate(
            "box => box.querySelectorAll('details').forEach(fold => fold.open = true)"
        )
        self.notebook.show(self.box)
        self.box.evaluate("watchExplorer")

    def noted(self) -> dict[str, Any]:
        """What has been noted: `painted`, `pressed`, `released` (ms), `heights` (CSS pixels)."""
        noted: dict[str, Any] = self.box.evaluate("box => box.watch")
        return noted

    def shown(self) -> Shown:
        return Shown(
            self.image.evaluate("fileOf"),
            self.image.get_attribute("alt") or "",
            self.readout.inner_text(),
        )

    def slider_values(self) -> dict[str, str]:
        """The number or words beside each slider, by label."""
        values = {}
        for slider in self.box.locator(".widget-slider").all():
            label = slider.locator(".widget-label").inner_text()
            values[label] = slider.locator(".widget-readout").inner_text()
        return values

    def wait_for_quiet(self, ms: int = QUIET) -> None:
        self.box.evaluate("box => { box.watch.asked = performance.now(); }")
        self._wait(f"Math.max(watch.asked, watch.painted.at(-1) ?? 0) + {ms} < performance.now()")

    def wait_for_pictures(self, count: int) -> None:
        """Wait until so many pictures have been seen since the watch began."""
        self._wait(f"watch.painted.length >= {count}")

    def _wait(self, condition: str) -> None:
        self.page.wait_for_function(
            f"box => {{ const watch = box.watch; return {condition}; }}",
            arg=self.box.element_handle(),
            polling=POLL,
        )

    def cut(self, words: dict[str, list[str]]) -> list[str]:
        """Name labels, lists, and words of any position, that do not fit where they stand."""
        places = self.box.locator(".widget-label, .widget-dropdown select")
        cut: list[str] = places.evaluate_all("words => words.filter(isCut).map(e => e.innerText)")
        for slider in self.box.locator(".widget-slider").all():
            label = slider.locator(".widget-label").inner_text()
            readout = slider.locator(".widget-readout")
            cut += readout.evaluate("(place, words) => wordsCut(place, words)", words[label])
        return cut

    # -- moving ---------------------------------------------------------------------------------

    def changes(self, act: Callable[[], object]) -> list[str]:
        """Do something and name what it has changed; wait for a new picture, then for quiet."""
        before, painted = self.shown(), len(self.noted()["painted"])
        act()
        self.wait_for_pictures(painted + 1)
        self.wait_for_quiet()
        return self.shown().differs_from(before)

    def nudge(self, control: Locator) -> str:
        """Give keyboard focus to a control and name the key that moves it by one step."""
        if control.locator(".noUi-handle").count():
            handle = control.locator(".noUi-handle")
            handle.focus()
            at = handle.evaluate("e => e.ariaValueNow === e.ariaValueMax")
            return "ArrowLeft" if at else "ArrowRight"
        if control.locator("select").count():
            select = control.locator("select")
            select.focus()
            at = select.evaluate("e => e.selectedIndex === e.length - 1")
            return "ArrowUp" if at else "ArrowDown"
        if control.locator("input[type=text]").count():
            text = control.locator("input[type=text]")
            text.focus()
            self.page.keyboard.press("End")
            self.page.keyboard.press("Backspace")
            return "Enter"
        control.locator("input[type=checkbox]").focus()
        return "Space"

    def type(self, text: str) -> None:
        """Type into the first text box, over what is there."""
        self.text.first.focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def press(self, control: Locator) -> float:
        """Move a control by one key; return the ms from the key to the new picture."""
        return self.strike(self.nudge(control))

    def strike(self, key: str) -> float:
        """Press a key where the focus is; return the ms from the key to the new picture."""
        painted = len(self.noted()["painted"])
        self.page.keyboard.press(key)
        self.wait_for_pictures(painted + 1)
        noted = self.noted()
        self.page.wait_for_timeout(PACE)
        return float(noted["painted"][painted] - noted["pressed"])

    def to_the_end(self, slider: Locator, low: bool = False) -> None:
        """Press Home or End on a slider, and let others that depend on it follow."""
        slider.focus()
        painted, at = len(self.noted()["painted"]), slider.get_attribute("aria-valuenow")
        self.page.keyboard.press("Home" if low else "End")
        side = "Min" if low else "Max"
        self.page.wait_for_function(
            f"slider => slider.ariaValueNow === slider.ariaValue{side}",
            arg=slider.element_handle(),
            polling=POLL,
        )
        if slider.get_attribute("aria-valuenow") != at:
            self.wait_for_pictures(painted + 1)

    def drag(self, slider: Locator, steps: int = 10) -> None:
        """Drag a slider to its farther end with the mouse, in so many steps."""
        self.notebook.show(self.box)
        handle, rail = slider.bounding_box(), slider.locator("xpath=../..").bounding_box()
        assert handle is not None
        assert rail is not None
        x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
        far = 1.0 if x < rail["x"] + rail["width"] / 2 else 0.0
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(rail["x"] + rail["width"] * far, y, steps=steps)
        self.page.mouse.up()

    def click_rail(self, slider: Locator, across: float) -> None:
        """Click beside a slider's handle, at a place given from its left in 0..1."""
        rail = slider.locator("xpath=../..").bounding_box()
        assert rail is not None
        x, y = rail["x"] + rail["width"] * across, rail["y"] + rail["height"] / 2
        self.page.mouse.click(x, y)

    def click(self, across: float, down: float) -> None:
        """Click into the picture, at a place given from its upper left in 0..1."""
        size = self.image.evaluate("image => [image.clientWidth, image.clientHeight]")
        # scrolls it into the window, wherever a late layout of the page has put it
        self.image.click(position={"x": size[0] * across, "y": size[1] * down})

    def tab_through(self) -> list[dict[str, Any]]:
        """Press Tab from the first control on; return each place where the focus stood."""
        first = self.box.locator(".pagesim-controls").locator(".noUi-handle, input, select, button")
        first.first.focus()
        self.page.keyboard.press("Tab")
        self.page.keyboard.press("Shift+Tab")  # now the focus has come by keyboard
        stops = []
        while (stop := self.box.evaluate("focusIn")) is not None:
            stops.append(stop)
            self.page.keyboard.press("Tab")
        return stops
