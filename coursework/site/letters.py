"""The letters of the pictures, for pages that write into pictures themselves."""

from __future__ import annotations

import base64
import string
from io import BytesIO

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from matplotlib.font_manager import FontProperties, findfont

from pagesim.draw.style import MONO, SANS

LETTERS = string.ascii_letters + string.digits + string.punctuation + " ×–−µ·²…→"
_FACES = {("sans", "normal"): SANS, ("sans", "bold"): SANS, ("mono", "normal"): MONO}
_OTHER = ["FFTM", "GPOS", "GDEF", "GSUB", "DSIG"]  # what the makers noted, and other languages


def check(text: str) -> None:
    """Refuse a text that cannot be written.

    Raises
    ------
    ValueError
        If the pages have no letters for it.
    """
    if missing := set(text) - set(LETTERS):
        raise ValueError(f"{text!r} needs {sorted(missing)}, which is not among LETTERS")


def letters_css() -> str:
    """Write a style sheet that holds the letters: a page from a folder may not load a font."""
    rules = []
    for (family, weight), name in _FACES.items():
        font = TTFont(findfont(FontProperties(family=name, weight=weight)))
        some = Subsetter(Options(hinting=False, drop_tables=_OTHER))
        some.populate(text=LETTERS)
        some.subset(font)
        font.flavor = "woff"
        file = BytesIO()
        font.save(file)
        data = base64.b64encode(file.getvalue()).decode()
        rules.append(
            f'@font-face {{ font-family: "pagesim-{family}"; font-weight: {weight}; '
            f"src: url(data:font/woff;base64,{data}); }}\n"
        )
    return "".join(rules)
