"""The little markup that cards and replies know: `code` and *stress*, as HTML."""

from __future__ import annotations

import re
from html import escape

_CODE = '<code style="background:none;color:inherit;padding:0">{}</code>'
# neither a product nor a power: no letter, digit or asterisk touches the pair from outside
_STRESS = re.compile(r"(?<![\w*])\*([^\s*](?:[^*]*[^\s*])?)\*(?![\w*])")


def inline(text: str) -> str:
    """Return a sentence as HTML, `code` between backquotes and *stress* between asterisks.

    Parameters
    ----------
    text : str
        Anything at all: what is HTML in it is shown as it stands.

    Examples
    --------
    >>> inline("*all* of 2 * 3, not 2**3 or 2**4")
    '<em>all</em> of 2 * 3, not 2**3 or 2**4'
    """
    pieces = escape(text).split("`")  # every other one is code
    pieces[1::2] = map(_CODE.format, pieces[1::2])
    pieces[::2] = (_STRESS.sub(r"<em>\1</em>", piece) for piece in pieces[::2])
    return "".join(pieces)
