"""From lessons (MyST Markdown with solutions) to notebooks (stripped, executed, outputs saved).

Needs the test extra (jupytext, nbclient, nbformat); nothing that a learner imports imports this.
"""

from .build import Built, build
from .glossary import GLOSSARY, build_glossary
from .lesson import Lesson, LessonError
from .run import execute, scores

__all__ = [
    "GLOSSARY",
    "Built",
    "Lesson",
    "LessonError",
    "build",
    "build_glossary",
    "execute",
    "scores",
]
