"""HTML of a submission's cells, in which nothing is active: no script, style, link or request.

nbconvert makes the HTML, and nh3 lets through what is listed here, cell by cell: a cell that opens
what it does not close ends where it ends. Both read what somebody wrote to keep them busy, perhaps,
so this happens in a copy of the process that has only some seconds.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence
from functools import cache
from html import escape
from typing import Any

import nh3
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from pygments.token import STANDARD_TYPES

from ..child import forked
from .showing import Cell

_SECONDS = 10.0  # of the processor, for a notebook
_TAGS = {
    "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q",
    "s", "samp", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "u", "ul", "var",
}  # fmt: skip
_GONE = {"script", "style", "title", "textarea", "noscript", "svg", "math", "iframe", "object"}
_ATTRIBUTES = {"img": {"src", "alt"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
# pygments' and nbconvert's own; whatever else a page of ours calls something cannot be imitated
_CLASSES = {
    "span": {name for name in STANDARD_TYPES.values() if name},
    "div": {"highlight", "input", "output_area", "output_text", "output_error", "text_cell_render"},
}
_PNG = "data:image/png;base64,"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PIXEL = base64.b64encode(_SIGNATURE).decode()  # which nobody sees


def clean(html: str) -> str:
    """Return HTML with nothing in it that does, fetches or imitates anything.

    Examples
    --------
    >>> clean('<b onclick="f()">1</b><script>f()</script><a href="javascript:f()">2</a>')
    '<b>1</b>2'
    >>> clean('<img src="http://127.0.0.1/x.png"><p style="background:url(x)" class="mark">3')
    '<img><p>3</p>'
    """
    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_GONE,
        attributes=_ATTRIBUTES,
        attribute_filter=_filtered,
        allowed_classes=_CLASSES,
        url_schemes={"data"},
        strip_comments=True,
        link_rel=None,
    )


def render(cells: Sequence[Cell]) -> list[str]:
    """Return for each cell its HTML: source and outputs, or its text.

    Parameters
    ----------
    cells : sequence of Cell

    Returns
    -------
    list of str
        If they keep nbconvert or nh3 busy for too long, their plain text.
    """
    _exporter()  # so that no copy has to make and to warm its own
    made: list[str] = []

    def piece(number: int) -> str:
        if not made:
            made.extend(_rendered(cells))
        return made[number]

    found = forked(piece, [[number] for number in range(len(cells))], _SECONDS)
    return [
        html if type(html) is str else _plain(cell) for html, cell in zip(found, cells, strict=True)
    ]


def _rendered(cells: Sequence[Cell]) -> list[str]:
    end = secrets.token_hex(16)  # of a cell: not to be guessed, and not in what comes out
    parts: list[Any] = []
    for cell in cells:
        parts += [_part(cell), new_raw_cell(end)]  # type: ignore[no-untyped-call]
    notebook = new_notebook(cells=parts)  # type: ignore[no-untyped-call]
    html, _ = _exporter().from_notebook_node(notebook)
    return [clean(piece) for piece in html.split(end)[: len(cells)]]


def _part(cell: Cell) -> Any:
    if cell.kind == "markdown":
        return new_markdown_cell(cell.source)  # type: ignore[no-untyped-call]
    outputs = [_output(form, text) for form, text in cell.outputs]
    return new_code_cell(cell.source, outputs=outputs)  # type: ignore[no-untyped-call]


def _output(form: str, text: str) -> Any:
    if form == "error":
        return new_output("error", ename="", evalue="", traceback=[text])  # type: ignore[no-untyped-call]
    if form == "text" or (form == "png" and not _is_png(text)):
        return new_output("stream", text=text if form == "text" else "(no picture)")  # type: ignore[no-untyped-call]
    kind = "text/html" if form == "html" else "image/png"
    # what is HTML is made whole first, or it would swallow the outputs behind it
    return new_output("display_data", data={kind: clean(text) if form == "html" else text})  # type: ignore[no-untyped-call]


def _plain(cell: Cell) -> str:
    outputs = "\n".join(text for form, text in cell.outputs if form in ("text", "error"))
    return "".join(f"<pre>{escape(text)}</pre>" for text in (cell.source, outputs) if text)


def _filtered(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "src":
        whole = value.startswith(_PNG) and _is_png(value.removeprefix(_PNG))
        return value if whole else None
    return value if attribute == "alt" or value.isascii() else None


def _is_png(text: str) -> bool:
    try:
        return base64.b64decode("".join(text.split()), validate=True).startswith(_SIGNATURE)
    except (ValueError, binascii.Error):
        return False


@cache
def _exporter() -> HTMLExporter:
    """Make what renders; it has shown each kind of thing once, and loaded what it takes."""
    exporter = HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="basic", exclude_input_prompt=True, exclude_anchor_links=True
    )
    outputs = (("text", "1"), ("error", "1"), ("html", "1"), ("png", _PIXEL))
    cells = [_part(Cell("markdown", "*1*")), _part(Cell("code", "1", outputs=outputs))]
    exporter.from_notebook_node(new_notebook(cells=cells))  # type: ignore[no-untyped-call]
    return exporter
