"""Bring your own evidence: what a learner pastes from a machine, recognised, annotated, drawn.

    from pagesim import evidence
    evidence.read(text)

Each reader knows one kind of file, computes what stands out in it, and says what it does not prove.
"""

from .reading import Evidence, Line
from .recognise import read

__all__ = ["Evidence", "Line", "read"]
