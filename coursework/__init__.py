"""Exercises, checks, questions and the notebook builder of the course."""

from .notebook import Problem, check, problem, progress
from .own_pager import pager
from .questions.asking import inventory, recall, review
from .score import Score

__all__ = [
    "Problem",
    "Score",
    "check",
    "inventory",
    "pager",
    "problem",
    "progress",
    "recall",
    "review",
]
