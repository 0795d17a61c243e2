"""What the theme leaves out, for those who hear a page: names and levels, and a cell that heads."""

from __future__ import annotations

_MENDED = {
    '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="All pages">',
    '<aside class="toc-drawer">': '<aside class="toc-drawer" aria-label="This page">',
    '<aside class="toc-drawer no-toc">': '<aside class="toc-drawer no-toc" aria-label="This page">',
    # the corner of a table with names on two sides heads nothing
    '<th class="head"><p></p></th>': "<td></td>",
    '<div id="search-results">': '<h1>Search</h1>\n<div id="search-results">',
}


def mended(html: str) -> str:
    """Write a page of the theme's as assistive technology wants it.

    Examples
    --------
    >>> mended('<aside class="toc-drawer">')
    '<aside class="toc-drawer" aria-label="This page">'
    """
    for found, better in _MENDED.items():
        html = html.replace(found, better)
    return html
