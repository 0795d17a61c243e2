"""Exercises, checks and the notebook builder of the course."""

from .notebook import Problem, check, problem, progress
from .score import Score

__all__ = ["Problem", "Score", "check", "problem", "progress"]
