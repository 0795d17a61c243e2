"""What a learner may ask for next is drawn while nobody waits.

After a rest, a picture takes the notebook's Python two to four times as long as in a loop, and its
way through server and browser as long again. So where a control has come to rest, or gets the
focus, the positions one step away are drawn and sent. The browser shows one as soon as the control
stands there (`ahead.js`); the move is answered as ever, with all else that follows from it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import ipywidgets as widgets

from ..scenes import Address, Control
from .controls import parse_address

_REST = (
    0.1  # seconds without a move: longer than between two moves of a drag, or of a key held down
)
_BREATH = 0.01  # seconds between two pictures, for messages to come in


class Idle:
    """Does something piece by piece while the notebook's Python has nothing else to do.

    Where there is no event loop, as in a script, it does nothing.

    Examples
    --------
    >>> done = []
    >>> def work():
    ...     for piece in 1, 2, 3:
    ...         yield done.append(piece)
    >>> async def wait():
    ...     idle = Idle()
    ...     idle.begin(work())
    ...     idle.begin(work())  # in place of the one before
    ...     while idle.busy:
    ...         await asyncio.sleep(0.01)
    >>> asyncio.run(wait())
    >>> done
    [1, 2, 3]
    """

    def __init__(self) -> None:
        self._next: asyncio.TimerHandle | None = None

    @property
    def busy(self) -> bool:
        """Whether something is left to do."""
        return self._next is not None

    def begin(self, work: Iterator[None]) -> None:
        """Do the pieces of `work` after a rest, in place of what was begun before."""
        self.end()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._next = loop.call_later(_REST, self._go_on, loop, work)

    def end(self) -> None:
        """Leave off."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _go_on(self, loop: asyncio.AbstractEventLoop, work: Iterator[None]) -> None:
        try:
            next(work)
        except StopIteration:
            self._next = None
        else:
            self._next = loop.call_later(_BREATH, self._go_on, loop, work)


def state_of(widget: widgets.ValueWidget) -> Any:
    """Return what the browser knows of a control: the number of the option, or the value."""
    return widget.index if widget.has_trait("index") else widget.value


def steps_from(
    control: Control, widget: widgets.ValueWidget, typed: str | None = None
) -> list[tuple[Any, Any]]:
    """List what one step leads to: the control's state in the browser, and its value.

    Parameters
    ----------
    control : Control
        What stands behind the widget.
    widget : ValueWidget
        What the learner moves.
    typed : str, optional
        What stands in a box and has not been taken over.

    Examples
    --------
    >>> from pagesim.scenes import Toggle
    >>> steps_from(Toggle("warm", False), widgets.Checkbox(False))
    [(True, True)]
    >>> steps_from(Address("address", 32, 0), widgets.Text("0x0"), "0x1000")
    [('0x1000', 4096)]
    """
    if isinstance(control, Address):
        try:
            return [] if typed is None else [(typed, parse_address(typed, control.bits))]
        except ValueError:
            return []
    if isinstance(widget, widgets.Checkbox):
        return [(not widget.value, not widget.value)]
    around = (1, -1)
    if isinstance(widget, widgets.IntSlider):
        near = [widget.value + step for step in around]
        return [(value, value) for value in near if widget.min <= value <= widget.max]
    values = [each[1] if isinstance(each, tuple) else each for each in widget.options]
    near = [widget.index + step for step in around]
    return [(index, values[index]) for index in near if 0 <= index < len(values)]
