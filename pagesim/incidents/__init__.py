"""Incidents: machines that have a trouble, and show it as production does."""

from .case import INCIDENTS, Case, draw, of_family, reopen
from .contradictions import Observation
from .evidence import Evidence, Series
from .incident import Herring, Incident, Public, Run
from .mechanisms import FAMILIES, MECHANISMS

__all__ = [
    "FAMILIES",
    "INCIDENTS",
    "MECHANISMS",
    "Case",
    "Evidence",
    "Herring",
    "Incident",
    "Observation",
    "Public",
    "Run",
    "Series",
    "draw",
    "of_family",
    "reopen",
]
