"""What a page weighs: its own bytes, and those of everything that it can load."""

from __future__ import annotations

import re
from pathlib import Path

MOST_BYTES = 3 << 20
_LOADS = re.compile(r'(?:src|srcset|href)="(?P<file>[^"?#:]+\.(?:js|css|webp|png|gif|svg))[^"]*"')


def weight(page: Path) -> int:
    """Add up a page's bytes and those of its scripts, styles and pictures, drawn positions too.

    Parameters
    ----------
    page : Path
        An HTML file of the site.
    """
    files = {page.parent / each["file"] for each in _LOADS.finditer(page.read_text("utf-8"))}
    for kind in ("squares", "still"):
        files |= {file.with_name(f"{file.stem}-{kind}.webp") for file in files}
    return sum(file.stat().st_size for file in {page, *files} if file.exists())
