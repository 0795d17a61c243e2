"""You are the pager, by hand: at each real page fault of a program, click the page that leaves."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from queue import SimpleQueue
from typing import Any

import ipywidgets as widgets

from ..checks import bounded
from ..host.linux import Unavailable
from ..host.pager import be_the_pager
from ..markup import inline
from ..replacement import simulate
from ..units import count
from .reply import Reply

_WIDE = {"width": "auto", "max_width": "54em"}
_OTHERS = "fifo", "lru", "opt"  # what the learner is compared with
_PATIENCE = 30 * 60.0  # seconds until the program is ended, if nobody clicks


class _Stopped(Exception):
    pass


class PagerDesk(widgets.VBox):
    """A program that stands still at each fault until somebody has chosen; see `pick_victims`.

    Attributes
    ----------
    faults : int or None
        How many real page faults there were, once the program has ended.
    """

    def __init__(self, references: Sequence[int], frames: int) -> None:
        self.references, self.frames = list(references), frames
        self.faults: int | None = None
        self._sent_out: list[int] = []
        # what was clicked, and at which fault: a second click on one page is not for the next
        self._chosen: SimpleQueue[tuple[int, int] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self.begin = widgets.Button(description="Start the program", layout={"width": "auto"})
        self.pages = widgets.HBox(layout={"flex_flow": "row wrap"})
        self.stop = widgets.Button(description="Stop it", layout={"width": "auto"})
        self.reply = Reply(layout=_WIDE)
        head = widgets.HTML(inline(self._head), layout=_WIDE)
        # in lines of their own: a button by itself would be as wide as the page
        self._start, self._end = widgets.HBox([self.begin]), widgets.HBox([self.stop])
        super().__init__([head, self._start, self.reply])
        self.add_class("pagesim-bet")
        self.begin.on_click(lambda _: self.start())
        self.stop.on_click(lambda _: self._chosen.put(None))
        self._first = head

    @property
    def _head(self) -> str:
        return (
            f"A real program touches the pages {' '.join(map(str, self.references))}, and has "
            f"{count(self.frames, 'frame')}. At each fault it stands still until you have chosen "
            "who leaves."
        )

    @property
    def running(self) -> bool:
        """Whether the program has been started and not come to its end."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Start the program; it goes on in a thread, so that clicks can come."""
        if self.running:
            return
        self._sent_out, self.faults = [], None
        self._chosen = SimpleQueue()
        self.children = [self._first, self.pages, self._end, self.reply]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def choose(self, page: int) -> None:
        """Send a page out, as a click on it does."""
        self._chosen.put((len(self._sent_out), page))

    def wait(self, seconds: float) -> None:
        """Wait until the program has ended."""
        if self._thread:
            self._thread.join(seconds)

    def _serve(self) -> None:
        try:
            run = be_the_pager(self.references, self.frames, self._ask, timeout=_PATIENCE)
        except _Stopped:
            words = "Stopped."
        except (Unavailable, TimeoutError) as why:
            words = f"It did not come to its end: {why}."
        else:
            self.faults = run.faults
            words = self._compared(run.faults)
        self.pages.children = []
        self.begin.description = "Once more"
        self.reply.words = words
        self.children = [self._first, self._start, self.reply]

    def _ask(self, resident: Sequence[int]) -> int:
        """Offer the pages in memory, and wait for a click."""
        self.reply.words = self._so_far(resident)
        number, buttons = len(self._sent_out), []
        for page in resident:
            button = widgets.Button(description=f"page {page}", layout={"width": "auto"})
            button.on_click(lambda _, now=(number, page): self._chosen.put(now))
            buttons.append(button)
        self.pages.children = buttons
        while True:
            clicked = self._chosen.get()
            if clicked is None:
                raise _Stopped
            at, page = clicked
            if at == number and page in resident:
                self._sent_out.append(page)
                self.pages.children = []
                return page

    def _so_far(self, resident: Sequence[int]) -> str:
        faults = len(resident) + len(self._sent_out) + 1
        left = ", ".join(map(str, self._sent_out)) or "none"
        return (
            f"Fault {faults}: the program wants page {self._wanted(resident)}, and all frames are "
            f"in use. Who leaves? (Left so far: {left}.)"
        )

    def _wanted(self, resident: Sequence[int]) -> int:
        """Follow the program to the access that cannot go on."""
        held: list[int] = []
        victims = iter(self._sent_out)
        for page in self.references:
            if page in held:
                continue
            if len(held) == self.frames:
                victim = next(victims, None)
                if victim is None:
                    return page
                held.remove(victim)
            held.append(page)
        raise ValueError(f"no fault is left with {list(resident)} in memory")

    def _compared(self, faults: int) -> str:
        others = {name: simulate(self.references, self.frames, name).faults for name in _OTHERS}
        told = ", ".join(f"{name} {found}" for name, found in others.items())
        return f"Done: {count(faults, 'real page fault')}. In the simulator: {told}."

    def __repr__(self) -> str:
        return self._head

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options) or {}
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        page = f"<p>{inline(self._head)}</p>"
        return {**data, "text/plain": repr(self), "text/html": page}, metadata


def pick_victims(references: Sequence[int], frames: int) -> PagerDesk:
    """Serve the page faults of a real program by hand: at each one, click the page that leaves.

    Parameters
    ----------
    references : sequence of int
        Pages that the program touches, 0 to 255.
    frames : int
        How many of them may be in memory at a time.

    Raises
    ------
    ValueError
        If a page or `frames` is out of range.

    Examples
    --------
    >>> pick_victims([1, 2, 3, 1], frames=2)
    A real program touches the pages 1 2 3 1, and has 2 frames. At each fault it stands still until you have chosen who leaves.
    """  # noqa: E501
    for page in references:
        bounded("page", page, 0, 255)
    return PagerDesk(references, bounded("frames", frames, 1, 256))
