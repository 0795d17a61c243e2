"""The steps of nbgrader's commands, in their order, for ``nbgrader_config.py``.

They are nbgrader's own lists with steps of ours: `KeepStubs` in place of `ClearSolutions`, `Repair`
of `DeduplicateIds`, `ExecuteAsStudent` of `Execute` with `OnlyScores` behind it, and `HideRubrics`.
"""

from __future__ import annotations

from typing import Any

from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.preprocessors import ClearSolutions, DeduplicateIds, Execute

from .execute import ExecuteAsStudent
from .release import HideRubrics, KeepStubs
from .repair import Repair
from .scores import OnlyScores


def _own(converter: Any, trait: str, **instead: list[Any]) -> list[Any]:
    """Return nbgrader's list of steps, with some replaced by others."""
    steps = converter.class_traits()[trait].default()
    return [new for step in steps for new in instead.get(step.__name__, [step])]


RELEASE = _own(GenerateAssignment, "preprocessors", **{ClearSolutions.__name__: [KeepStubs]})
SANITIZE = _own(Autograde, "sanitize_preprocessors", **{DeduplicateIds.__name__: [Repair]})
AUTOGRADE = _own(
    Autograde,
    "autograde_preprocessors",
    **{Execute.__name__: [ExecuteAsStudent, OnlyScores]},
)
FEEDBACK = [HideRubrics, *_own(GenerateFeedback, "preprocessors")]
