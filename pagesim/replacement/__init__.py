"""Page replacement: who has to leave when memory is full, and how many faults that costs."""

from .policies import POLICIES
from .policy import NEVER, Frames, Policy
from .resident import ResidentSet
from .result import Replacement
from .run import simulate
from .start import Start
from .timeline import Timeline
from .working_set import WorkingSet, working_set

__all__ = [
    "NEVER",
    "POLICIES",
    "Frames",
    "Policy",
    "Replacement",
    "ResidentSet",
    "Start",
    "Timeline",
    "WorkingSet",
    "simulate",
    "working_set",
]
