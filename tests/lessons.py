"""The lessons of the course, each read once: it takes a tenth of a second."""

import tomllib
from functools import cache
from pathlib import Path

from coursework.builder import Lesson
from coursework.builder.glossary import Term, terms

FOLDER = Path(__file__).parents[1] / "lessons"
LESSONS = {path.stem[:2]: path for path in sorted(FOLDER.glob("[0-9][0-9]-*.md"))}
NAMES_OF_TERMS = list(tomllib.loads((FOLDER / "glossary.toml").read_text("utf-8")))


@cache
def lesson(number: str) -> Lesson:
    """Read a lesson."""
    return Lesson.read(LESSONS[number])


@cache
def glossary_terms() -> dict[str, Term]:
    """Read the terms of the glossary, by their names."""
    return {term.name: term for term in terms(FOLDER)}
