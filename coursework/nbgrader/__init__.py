"""The course as nbgrader's: the tree of a course, and what stands in for some of nbgrader's steps.

`export` writes the tree and needs no nbgrader; the steps are named in `steps`, for the tree's
``nbgrader_config.py``. Nothing that a learner imports imports this.
"""

from .export import export

__all__ = ["export"]
