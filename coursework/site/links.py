"""Links of the repository's own texts, as a site needs them."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import PurePosixPath

_LINK = re.compile(r"(?P<before>!?\[(?:[^\[\]]|!\[[^\]]*\]\([^)]*\))*\])\((?P<to>[^()\s]+)\)")
_IMAGE_ELSEWHERE = re.compile(r"!\[(?P<alt>[^\]]*)\]\(https?://[^)]*\)")


def relink(text: str, page: str, pages: Collection[str], repository: str) -> str:
    """Let links lead to pages of the site, or else to the repository; load no picture from outside.

    Parameters
    ----------
    text : str
        Markdown.
    page : str
        Where it stands in the repository.
    pages : collection of str
        Every file of the repository that becomes a page, or is on the site with its pictures.
    repository : str
        Where a code host shows files of the main branch.

    Examples
    --------
    >>> relink("[5](../notebooks/05.ipynb#a), [style](style.md), [all](../pagesim/tables)",
    ...        "docs/x.md", {"notebooks/05.ipynb", "docs/style.md"}, "https://host/blob/main")
    '[5](../notebooks/05.md#a), [style](style.md), [all](https://host/blob/main/pagesim/tables)'
    >>> relink("[![badge](https://there/a.svg)](https://there)", "x.md", (), "")
    '[badge](https://there)'
    """

    def target(match: re.Match[str]) -> str:
        to, hash_, part = match["to"].partition("#")
        if not to or re.match(r"[a-z]+:", to):
            return match[0]
        where = os.path.normpath(PurePosixPath(page).parent / to).replace(os.sep, "/")
        if where in pages:
            to = re.sub(r"\.ipynb$", ".md", to)
        elif where == "README.md":
            to = os.path.relpath("index.md", PurePosixPath(page).parent).replace(os.sep, "/")
        else:
            to = f"{repository}/{where}"
        return f"{match['before']}({to}{hash_}{part})"

    return _LINK.sub(target, _IMAGE_ELSEWHERE.sub(lambda image: image["alt"], text))
