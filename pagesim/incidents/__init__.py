"""Incidents: machines that have a trouble, and show it as production does."""

from .case import INCIDENTS, Case, draw, of_family, reopen
from .evidence import Evidence, Series
from .incident import Incident, Public, Run
from .mechanisms import FAMILIES, MECHANISMS

__all__ = [
    "FAMILIES",
    "INCIDENTS",
    "MECHANISMS",
    "Case",
    "Evidence",
    "Incident",
    "Public",
    "Run",
    "Series",
    "draw",
    "of_family",
    "reopen",
]
