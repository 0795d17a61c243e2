"""What was read in a piece of evidence: annotated lines, what stands out, one picture.

All that comes from the evidence is text to be shown, never HTML.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

from ..draw import Finding, Stage
from .pictures import Picture

_SHOWN = 150  # lines; of longer evidence, those that have something to say come first
_WIDEST = 240  # characters of a line
_INK = "color:var(--jp-content-font-color1,#1b1b1b)"
_RULE = "1px solid var(--jp-border-color1,#c9c9c9)"
_MARK = "border-left:4px solid #D55E00"
_CELL = "text-align:left;vertical-align:top;padding:0.1em 0.6em"
_DPI = 130


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was written, what it says, and whether it stands out."""

    text: str
    note: str = ""
    marked: bool = False


@dataclass(frozen=True, repr=False)
class Evidence:
    """What a reader made of a piece of evidence. A notebook shows it; text has all but the picture.

    Attributes
    ----------
    kind : str
        What it is, as in "/proc/PID/smaps"; empty if nobody knows it.
    title : str
        What was found, in one clause.
    lines : sequence of Line
        All lines, annotated.
    stands_out, proves_not : tuple of str
        What can be computed from it, and what cannot be known from it: sentences.
    notes : tuple of str
        How it was read, if something was not as it should be.
    values : mapping
        The numbers, by name.
    picture : Picture or None
        The one picture.
    """

    kind: str
    title: str
    lines: Sequence[Line] = ()
    stands_out: tuple[str, ...] = ()
    proves_not: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    picture: Picture | None = None

    def noting(self, *notes: str) -> Evidence:
        """Say more about how it was read."""
        return replace(self, notes=(*self.notes, *notes))

    def png(self) -> bytes:
        """Draw the picture; nothing if there is none."""
        if self.picture is None:
            return b""
        stage = Stage(self.picture, dpi=_DPI)
        stage.show()
        return stage.kept_png()

    def __repr__(self) -> str:
        return "\n".join([self.title, *(f"{head}: {said}" for head, said in self._said())])

    def _repr_html_(self) -> str:
        said = "".join(f"<li><b>{head}</b> {escape(words)}</li>" for head, words in self._said())
        return (
            f'<div style="{_INK};max-width:62em"><p><b>{escape(self.title)}</b>'
            f"{f' · {escape(self.kind)}' if self.kind else ''}</p>{self._figure()}"
            f"<ul>{said}</ul>{self._table()}</div>"
        )

    def _said(self) -> Iterator[tuple[str, str]]:
        yield from (("How it was read", note) for note in self.notes)
        yield from (("Stands out", words) for words in self.stands_out)
        yield from (("Not proved", words) for words in self.proves_not)

    def _figure(self) -> str:
        if self.picture is None:
            return ""
        finding: Finding = self.picture.finding
        data, said = base64.b64encode(self.png()).decode(), escape(finding.readout)
        return (
            f'<figure style="margin:0"><img alt="{said}" style="width:100%" '
            f'src="data:image/png;base64,{data}"><figcaption>{said}</figcaption></figure>'
        )

    def _table(self) -> str:
        rows = "".join(
            f'<tr style="border-bottom:{_RULE}"><td style="{_CELL};{_MARK if line.marked else ""}">'
            f'<code style="white-space:pre-wrap;background:none;{_INK}">'
            f"{escape(_cut(line.text))}</code></td>"
            f'<td style="{_CELL}">{escape(line.note)}</td></tr>'
            for line in self._shown()
        )
        if not rows:
            return ""
        return (
            f'<details><summary>line by line</summary><table style="border-collapse:collapse;'
            f'{_INK}"><thead><tr><th scope="col" style="{_CELL}">line</th>'
            f'<th scope="col" style="{_CELL}">what it says</th></tr></thead>'
            f"<tbody>{rows}</tbody></table></details>"
        )

    def _shown(self) -> list[Line]:
        """Choose the lines to show: all, or those that stand out and the first of the others."""
        if len(self.lines) <= _SHOWN:
            return list(self.lines)
        places = sorted(range(len(self.lines)), key=lambda n: (not self.lines[n].marked, n))
        shown: list[Line] = []
        last = -1
        for place in sorted(places[:_SHOWN]):
            if left := place - last - 1:
                shown.append(Line(f"… {left:,} lines left out"))
            shown.append(self.lines[place])
            last = place
        if left := len(self.lines) - last - 1:
            shown.append(Line(f"… {left:,} lines left out"))
        return shown


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}…"
