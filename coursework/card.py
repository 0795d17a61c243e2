"""Cards: what a check, a problem and the progress look like, as HTML and in words.

Colours and fonts come from JupyterLab's own variables, so a card is legible in a dark theme; the
state is a word and a sign, so it is legible without colours; and where styles are stripped (a code
host) it is still headings, paragraphs and fold-outs.
"""

from __future__ import annotations

import html
import textwrap
from dataclasses import dataclass

from pagesim.markup import inline

# Each colour twice: JupyterLab drops variables from a notebook that it does not trust yet.
_GREY = ("#757575", "--jp-border-color0")
COLOURS = {
    "not started": _GREY,
    "almost": ("#b26a00", "--jp-warn-color1"),
    "not yet": ("#c62828", "--jp-error-color1"),
    "right": ("#2e7d32", "--jp-success-color1"),
}
SIGNS = {"not started": "○", "almost": "≈", "not yet": "✗", "right": "✓"}


@dataclass(frozen=True)
class Card:
    """A head line, paragraphs, fold-outs and a foot note.

    Paragraphs may hold `code` between backquotes and *stress* between asterisks; one that starts
    with four spaces is shown as it stands (a table, a dump).

    Parameters
    ----------
    head : str
        What it is about; its first words are what matters most.
    paragraphs : tuple of str
        What there is to say.
    hints : tuple of str
        Folded away: one click shows the first, and the fold of the next.
    note : str
        Small print.
    state : str
        One of the four states for the coloured edge, or empty.
    """

    head: str
    paragraphs: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    note: str = ""
    state: str = ""

    @property
    def text(self) -> str:
        """The same card in plain words; hints stay folded away.

        >>> print(Card("Title", ("One `step`.",), hints=("Look left.", "Up.")).text)
        Title
        One `step`.
        """
        lines = (self.head, *self.paragraphs, self.note)
        return _printable("\n".join(line for line in lines if line))

    def html(self) -> str:
        """The card as HTML with inline styles."""
        colour, variable = COLOURS.get(self.state, _GREY)
        edge = f"5px solid {colour};border-left-color:var({variable}, {colour})"
        state = f' data-state="{self.state.replace(" ", "-")}"' if self.state else ""
        body = [f'<p style="margin:0"><strong>{inline(self.head)}</strong></p>']
        body += [_paragraph(each) for each in self.paragraphs]
        fold = ""
        for number, hint in reversed(list(enumerate(self.hints, 1))):  # the next within the last
            fold = (
                '<details style="margin:0.5em 0 0"><summary style="cursor:pointer">'
                f"Hint {number} of {len(self.hints)}</summary>{_paragraph(hint)}{fold}</details>"
            )
        body += [fold] * bool(fold)
        if self.note:
            body.append(f'<p style="margin:0.6em 0 0"><small>{inline(self.note)}</small></p>')
        inside = "\n".join(body)
        return _printable(
            f'<div{state} style="border-left:{edge};padding:0.4em 0.9em;margin:0.3em 0;'
            "max-width:46em;line-height:1.45;color:var(--jp-content-font-color1, inherit);"
            'font-family:var(--jp-content-font-family, sans-serif)">'
            f"\n{inside}\n</div>"
        )


def _printable(text: str) -> str:
    """Write out what no file can hold: halves of characters, from a learner's name or message."""
    return text.encode(errors="backslashreplace").decode()


def _paragraph(text: str) -> str:
    if text.startswith("    "):
        style = (
            "margin:0.5em 0 0;overflow-x:auto;background:none;color:inherit;line-height:1.35;"
            "font-family:var(--jp-code-font-family, monospace);font-size:0.92em"
        )
        return f'<pre style="{style}">{html.escape(textwrap.dedent(text))}</pre>'
    return f'<p style="margin:0.5em 0 0">{inline(text)}</p>'
