"""Page replacement: who has to leave when memory is full, and how many faults that costs."""

from .policies import POLICIES
from .run import Replacement, simulate
from .timeline import Timeline
from .working_set import WorkingSet, working_set

__all__ = ["POLICIES", "Replacement", "Timeline", "WorkingSet", "simulate", "working_set"]
