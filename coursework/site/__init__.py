"""The course as a site: pages that can be read, moved and shared from a folder of files.

Needs the `site` extra (Sphinx with MyST-Parser and Furo); nothing that a learner imports imports
this.
"""

from .build import build_site

__all__ = ["build_site"]
