"""The map from an episode's minutes to notebooks, and how long each notebook takes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import nbformat

_LISTEN = re.compile(r"Listen along: (?P<heard>.*?)\. About (?P<minutes>\d+) minutes")
_ABOUT = re.compile(r"About (?P<minutes>\d+) minutes")
_EPISODE = re.compile(r'"(?P<title>[^"]+)", (?P<spans>[\d:–, and]*\d)')
_SECTION = re.compile(r"^## (?P<title>.*) · (?P<minutes>\d+) min$", re.MULTILINE)


@dataclass(frozen=True)
class Outline:
    """What a notebook says of itself.

    Attributes
    ----------
    name : str
        The notebook's, without its ending.
    title : str
    heard : tuple of pairs of str
        Title and minutes of each episode that it goes with.
    minutes : int
        Reading and exercises; 0 if it does not say so.
    sections : tuple of pairs of str and int
        Title and minutes of each section that has any.
    """

    name: str
    title: str
    heard: tuple[tuple[str, str], ...]
    minutes: int
    sections: tuple[tuple[str, int], ...]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read it from a notebook."""
        cells = nbformat.read(path, nbformat.NO_CONVERT).cells  # type: ignore[no-untyped-call]
        text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        listen, about = _LISTEN.search(text), _ABOUT.search(text)
        return cls(
            path.stem,
            text.partition("\n")[0].removeprefix("# "),
            tuple(
                (each["title"], each["spans"])
                for each in _EPISODE.finditer(listen["heard"] if listen else "")
            ),
            int(about["minutes"]) if about else 0,
            tuple((each["title"], int(each["minutes"])) for each in _SECTION.finditer(text)),
        )

    @property
    def short(self) -> str:
        """Its number, and its title up to the question."""
        return f"{self.name[:2]} · {self.title.partition(':')[0]}"


def minutes_page(outlines: Iterable[Outline]) -> str:
    """Write the map as Markdown.

    Parameters
    ----------
    outlines : iterable of Outline
        Of all notebooks, in order.
    """
    outlines = list(outlines)
    heard = [(title, spans, each) for each in outlines for title, spans in each.heard]
    lines = ["# Minutes", "", "Which notebook goes with which minutes of which episode.", ""]
    lines += ["| episode | minutes | notebook |", "|---|---|---|"]
    for title, spans, each in sorted(heard, key=lambda one: (one[0], _seconds(one[1]))):
        lines.append(f"| {title} | {spans} | {_link(each)} |")
    lines += ["", "How long a notebook takes, and its sections.", ""]
    lines += ["| notebook | minutes | sections |", "|---|---|---|"]
    for outline in outlines:
        sections = "; ".join(f"{title} {minutes}" for title, minutes in outline.sections)
        lines.append(f"| {_link(outline)} | {outline.minutes or ''} | {sections} |")
    return "\n".join(lines) + "\n"


def _link(outline: Outline) -> str:
    return f"[{outline.short}](notebooks/{outline.name}.ipynb)"


def _seconds(spans: str) -> int:
    """Read where the first of some spans begins, to sort by it."""
    minutes, _, seconds = re.split("[–, ]", spans)[0].partition(":")
    return 60 * int(minutes) + int(seconds or 0)
