"""Results that stay folded until a bet is placed."""

from __future__ import annotations

from html import escape
from typing import Any, overload

import ipywidgets as widgets
from IPython.lib.pretty import pretty

from .bets import fold_class, opened
from .explorer import Explorer

SUMMARY = "Placed your bet? Then look."


class Reveal:
    """A value whose HTML is folded; make one with `reveal`."""

    def __init__(self, name: str, value: Any) -> None:
        self.name, self.value = name, value

    def __repr__(self) -> str:
        return _words(self.value)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.pretty(self.value)

    def _repr_html_(self) -> str:
        own = getattr(self.value, "_repr_html_", lambda: None)()
        return _fold(self.name, f"<pre>{escape(_words(self.value))}</pre>" if own is None else own)


class RevealedExplorer(widgets.VBox):
    """An explorer that is folded; make one with `reveal`.

    Live, the fold stands above it and `picture.css` hides it for as long as that is closed; saved,
    its figure stands in the fold.
    """

    def __init__(self, name: str, explorer: Explorer) -> None:
        self.name, self.explorer = name, explorer
        super().__init__([widgets.HTML(_fold(name, "")), explorer])
        self.add_class("pagesim-revealed")

    def __repr__(self) -> str:
        return repr(self.explorer)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        data, metadata = self.explorer._repr_mimebundle_(**options)
        own = super()._repr_mimebundle_(**options) or {}
        own, _ = own if isinstance(own, tuple) else (own, {})
        return {**data, **own, "text/plain": repr(self), "text/html": _fold(
            self.name, data["text/html"]
        )}, metadata  # fmt: skip


def _fold(name: str, inside: str) -> str:
    state = " open" if name in opened else ""
    return (
        f'<details class="{fold_class(name)}"{state}><summary>{SUMMARY}</summary>\n'
        f"{inside}\n</details>"
    )


def _words(value: Any) -> str:
    return str(pretty(value))  # type: ignore[no-untyped-call]


@overload
def reveal(name: str, value: Explorer) -> RevealedExplorer: ...
@overload
def reveal(name: str, value: Any) -> Reveal: ...
def reveal(name: str, value: Any) -> Reveal | RevealedExplorer:
    """Show a value or an explorer that answers a bet: folded, until the bet is placed or passed by.

    Parameters
    ----------
    name : str
        Which bet; it stands above.
    value : object
        What would else have been the last line of the cell; of widgets, an explorer.

    Returns
    -------
    Reveal or RevealedExplorer
        Its text, which tests compare, is the value's own.

    Examples
    --------
    >>> reveal("one-page", 16384)
    16384
    >>> print(reveal("one-page", 16384)._repr_html_())
    <details class="bet-one-page"><summary>Placed your bet? Then look.</summary>
    <pre>16384</pre>
    </details>
    """
    if isinstance(value, Explorer):
        return RevealedExplorer(name, value)
    return Reveal(name, value)
