"""Results that stay folded until a bet is placed."""

from __future__ import annotations

from html import escape
from typing import Any

from IPython.lib.pretty import pretty

from .bets import fold_class, opened

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
        inside = f"<pre>{escape(_words(self.value))}</pre>" if own is None else own
        state = " open" if self.name in opened else ""
        return (
            f'<details class="{fold_class(self.name)}"{state}><summary>{SUMMARY}</summary>\n'
            f"{inside}\n</details>"
        )


def _words(value: Any) -> str:
    return str(pretty(value))  # type: ignore[no-untyped-call]


def reveal(name: str, value: Any) -> Reveal:
    """Show a value that answers a bet: folded, until the bet is placed or passed over.

    Parameters
    ----------
    name : str
        Which bet; it stands above.
    value : object
        What would else have been the last line of the cell; no widget.

    Returns
    -------
    Reveal
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
    return Reveal(name, value)
