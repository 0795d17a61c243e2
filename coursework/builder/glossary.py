"""The glossary: every term of the course, what a lesson says it is, and where.

`lessons/glossary.toml` names the terms and quotes the lessons; where a quotation stands is looked
up, so a lesson that changes its words fails to build until the quotation follows.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .lesson import Lesson, LessonError

GLOSSARY = "glossary.toml"
_HEADING = re.compile(r"#+ +(?P<words>.*?)(?: · \d+ min)?")
_HEAD = (
    "# Glossary\n\nEach term in the words that explain it, and where they stand: the notebook, and "
    "the section in it.\n"
)


@dataclass(frozen=True)
class Term:
    """A term of the course.

    Attributes
    ----------
    name : str
    says : str
        The words of a lesson that explain it, in Markdown.
    forms : tuple of str
        Regular expressions for how it is written.
    notebook : str
        The lesson's name, without its ending.
    title : str
        The lesson's title.
    section : str
        The heading under which the words stand.
    cell : int
        The index of their cell.
    """

    name: str
    says: str
    forms: tuple[str, ...]
    notebook: str
    title: str
    section: str
    cell: int


def terms(lessons: Path) -> list[Term]:
    """Read the terms of the course, in the order in which it needs them.

    Parameters
    ----------
    lessons : Path
        Where the lessons and `glossary.toml` stand.

    Raises
    ------
    LessonError
        If what a term quotes stands in no lesson, or in two places.
    """
    file = lessons / GLOSSARY
    passages = [each for path in sorted(lessons.glob("[0-9][0-9]-*.md")) for each in _read(path)]
    found = []
    for name, entry in tomllib.loads(file.read_text("utf-8")).items():
        says = entry["says"]
        places = [where for text, where in passages if says in text]
        if len(places) != 1:
            raise LessonError(file, f"{name!r}: {len(places)} cells say {says!r}; one must")
        forms = tuple(entry.get("forms", [f"{_either_case(name)}s?"]))
        found.append(Term(name, says, forms, *places[0]))
    return found


def build_glossary(
    lessons: Path, folder: Path, check: bool = False
) -> Literal["unchanged", "written", "stale"]:
    """Make the learners' glossary; one that would not change is left alone.

    Parameters
    ----------
    lessons : Path
        Where the lessons and `glossary.toml` stand.
    folder : Path
        Where notebooks stand.
    check : bool
        Write nothing.

    Returns
    -------
    {"unchanged", "written", "stale"}
        "stale" only where nothing may be written.
    """
    made, path = glossary(lessons), folder / "glossary.md"
    if path.exists() and path.read_text("utf-8") == made:
        return "unchanged"
    if check:
        return "stale"
    path.write_text(made, "utf-8")
    return "written"


def glossary(lessons: Path) -> str:
    """Write the glossary as Markdown, in alphabetical order.

    Parameters
    ----------
    lessons : Path
        Where the lessons and `glossary.toml` stand.
    """
    lines = [_HEAD]
    for term in sorted(terms(lessons), key=lambda each: each.name.lower()):
        where = f"[{term.notebook[:2]}]({term.notebook}.ipynb), *{term.section}*"
        lines.append(f"- **{term.name}** · {_unmarked(term.says)} · {where}")
    return "\n".join(lines) + "\n"


def _read(path: Path) -> list[tuple[str, tuple[str, str, str, int]]]:
    """Read the prose of a lesson, cell by cell, with each place's notebook, title and section."""
    passages, title, section = [], "", ""
    for index, cell in enumerate(Lesson.read(path).cells):
        if cell.cell_type != "markdown":
            continue
        for paragraph in cell.source.split("\n\n"):
            if heading := _HEADING.fullmatch(paragraph.strip()):
                section = heading["words"]
                title = title or section
            text = " ".join(paragraph.split())
            passages.append((text, (path.stem, title, section, index)))
    return passages


def _either_case(name: str) -> str:
    """A pattern for a name that may begin a sentence."""
    first = name[0]
    return f"[{first.upper()}{first}]{name[1:]}" if first.islower() else name


def _unmarked(text: str) -> str:
    """Take away what sets words apart in the lesson: here the term itself stands in front."""
    return re.sub(r"\*\*?|^\(", "", text)
