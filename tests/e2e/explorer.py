"""An explorer in the browser: what it shows, and hands to move it with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .notebook import Notebook

if TYPE_CHECKING:
    from playwright.sync_api import ElementHandle, Locator, Page

QUIET = 300  # ms without a new picture; nothing more is thought to come then


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
        self._element: ElementHandle | None = None
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
        self._ask(
            "box => { box.querySelectorAll('details').forEach(fold => { fold.open = true; });"
            " box.scrollIntoView({ block: 'center' }); watchExplorer(box); }"
        )

    def _ask(self, question: str, about: Any = None) -> Any:
        """Ask the page about its element, which is looked for once: the page is large."""
        self._element = self._element or self.box.element_handle()
        return self._element.evaluate(question, about)

    def noted(self) -> dict[str, Any]:
        """What has been noted: `painted`, `pressed`, `released` (ms), `heights` (CSS pixels)."""
        noted: dict[str, Any] = self._ask("box => box.watch")
        return noted

    def shown(self) -> Shown:
        return Shown(**self._ask("look")["shown"])

    def slider_values(self) -> dict[str, str]:
        """The number or words beside each slider, by label."""
        values: dict[str, str] = self._ask("sliderValues")
        return values

    def unlike_read(self) -> list[list[str]]:
        """List what sliders tell and what is read beside them, where it is not the same."""
        unlike: list[list[str]] = self._ask("unlikeRead")
        return unlike

    def wait_for_quiet(self, ms: int = QUIET) -> None:
        self._ask("settled", {"pictures": 0, "quiet": ms})

    def wait_for_pictures(self, count: int) -> None:
        """Wait until so many pictures have been seen since the watch began."""
        self._ask("settled", {"pictures": count, "quiet": 0})

    def cut(self, words: dict[str, list[str]]) -> list[str]:
        """Name labels, lists, and words of any position, that do not fit where they stand."""
        cut: list[str] = self._ask("cutIn", words)
        return cut

    # -- moving ---------------------------------------------------------------------------------

    def changes(self, act: Callable[[], object]) -> list[str]:
        """Do something and name what it has changed; wait for a new picture, then for quiet."""
        before = self._ask("look")
        act()
        after = self._ask("settled", {"pictures": before["pictures"] + 1, "quiet": QUIET})
        return Shown(**after["shown"]).differs_from(Shown(**before["shown"]))

    def nudge(self, control: int = 0) -> str:
        """Give keyboard focus to a control and name the key that moves it by one step."""
        which = "(box, k) => nudge(box.querySelector('.pagesim-controls').children[k])"
        *first, key = self._ask(which, control)
        for each in first:
            self.page.keyboard.press(each)
        return str(key)

    def press(self, control: int = 0) -> None:
        """Move a control by one key."""
        self.page.keyboard.press(self.nudge(control))

    def strike(self, key: str) -> float:
        """Press a key where the focus is; return the ms from the key to the new picture."""
        painted = len(self.noted()["painted"])
        self.page.keyboard.press(key)
        self.wait_for_pictures(painted + 1)
        noted = self.noted()
        return float(noted["painted"][painted] - noted["pressed"])

    def type(self, text: str) -> None:
        """Type into the first text box, over what is there."""
        self.text.first.focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def to_the_end(self, slider: Locator, low: bool = False) -> None:
        """Press Home or End on a slider, and let others that depend on it follow."""
        handle = slider.element_handle()
        painted = len(self.noted()["painted"])
        at = handle.evaluate("handle => { handle.focus(); return handle.ariaValueNow; }")
        self.page.keyboard.press("Home" if low else "End")
        side = f"ariaValue{'Min' if low else 'Max'}"
        there = f"until(() => handle.ariaValueNow === handle.{side}).then(() => handle.{side})"
        if handle.evaluate(f"handle => {there}") != at:
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
