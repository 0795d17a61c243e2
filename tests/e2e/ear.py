"""What a screen reader has to say of an explorer: Chromium's own accessibility tree, in words.

A screen reader is given this tree by the browser and nothing else. The order is that of reading on;
the words for roles are Orca's, more or less.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator

_ROLES = {"img": "graphic", "image": "graphic", "textbox": "edit", "combobox": "combo box"}
_WHOLE = {
    "slider",
    "button",
    "img",
    "image",
    "combobox",
    "checkbox",
    "textbox",
    "DisclosureTriangle",
}
_PACE = 200  # ms between two looks at the tree, which Chromium makes when it likes
_MOST_ROWS = 3  # of a table that are written down

# Notes what live regions are given to announce.
LISTEN = """box => {
  box.heard = [];
  const note = (node) => {
    const live = node.closest("[aria-live], [role=status]");
    if (live && box.heard.at(-1) !== live.textContent) box.heard.push(live.textContent);
  };
  const watcher = new MutationObserver((changes) => {
    for (const { target } of changes) note(target.closest ? target : target.parentElement);
  });
  watcher.observe(box, { subtree: true, childList: true, characterData: true });
}"""


class Ear:
    """Somebody who hears an explorer.

    Parameters
    ----------
    box : Locator
        The explorer's element.
    """

    def __init__(self, box: Locator) -> None:
        self.box = box
        self._cdp = box.page.context.new_cdp_session(box.page)
        self._cdp.send("Accessibility.enable")
        box.evaluate(LISTEN)

    def reading_on(self) -> list[str]:
        """Read everything from its beginning to its end, once the tree stands still."""
        before, said = list[str](), self._read()
        while not said or said != before:
            self.box.page.wait_for_timeout(_PACE)
            before, said = said, self._read()
        return said

    def _read(self) -> list[str]:
        self.box.evaluate("box => { window.ear = box; }")
        box = self._cdp.send("Runtime.evaluate", {"expression": "window.ear"})["result"]
        asked = {"objectId": box["objectId"]}
        nodes = self._cdp.send("Accessibility.queryAXTree", asked)["nodes"]
        for slider in (node for node in nodes if _value(node, "role") == "slider"):
            slider["words"] = self._words(slider)
        by_id = {node["nodeId"]: node for node in nodes}
        tops = [node for node in nodes if node.get("parentId") not in by_id]
        return [words for top in tops for words in _said(top, by_id)]

    def _words(self, slider: dict[str, Any]) -> str:
        """Read what a slider says instead of its number.

        Chromium 156 gives it to screen readers as `ariaValueText` (see chrome://accessibility), but
        no longer tells it here.
        """
        about = {"backendNodeId": slider["backendDOMNodeId"]}
        attributes = self._cdp.send("DOM.describeNode", about)["node"]["attributes"]
        words: str = dict(zip(attributes[::2], attributes[1::2], strict=True))["aria-valuetext"]
        return words

    def heard(self) -> list[str]:
        """Give what was announced since the last time."""
        said: list[str] = self.box.evaluate("box => box.heard.splice(0)")
        return said


def _said(node: dict[str, Any], by_id: dict[str, Any]) -> Iterator[str]:
    children = [by_id[each] for each in node.get("childIds", ()) if each in by_id]
    role, name = _value(node, "role"), _value(node, "name").strip()
    if node.get("ignored"):
        pass
    elif role == "StaticText":
        if name:
            yield name
        return
    elif role == "table":
        yield from _table(node, by_id)
        return
    elif role in _WHOLE:
        yield ", ".join(filter(None, (name, _ROLES.get(role, role), _state(node))))
        return
    elif role in ("figure", "group") and name:
        yield f"{name}, {role}"
    for child in children:
        yield from _said(child, by_id)


def _state(node: dict[str, Any]) -> str:
    properties = {one["name"]: one["value"].get("value") for one in node.get("properties", ())}
    said = str(node.get("words") or _value(node, "value"))
    if not said and "expanded" in properties:
        said = "expanded" if properties["expanded"] else "collapsed"
    if "checked" in properties:
        said = "checked" if properties["checked"] == "true" else "not checked"
    return said


def _table(table: dict[str, Any], by_id: dict[str, Any]) -> Iterator[str]:
    """Read a table row by row, each cell after its column's head."""
    rows = [
        [
            _value(cell, "name")
            for cell in _all(row, by_id, ("cell", "gridcell", "columnheader", "rowheader"))
        ]
        for row in _all(table, by_id, ("row",))
    ]
    heads, *body = rows
    yield f"{_value(table, 'name')}, table with {len(rows)} rows and {len(heads)} columns"
    for name, *cells in body[:_MOST_ROWS]:
        told = (f"{head}: {cell or 'blank'}" for head, cell in zip(heads[1:], cells, strict=True))
        yield f"{heads[0]} {name}; {'; '.join(told)}"
    if len(body) > _MOST_ROWS:
        yield "…"


def _all(
    node: dict[str, Any], by_id: dict[str, Any], roles: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Find the nearest nodes of some roles below one."""
    found = []
    for each in node.get("childIds", ()):
        child = by_id.get(each, {"ignored": True})
        role = "" if child.get("ignored") else _value(child, "role")
        found += [child] if role in roles else _all(child, by_id, roles)
    return found


def _value(node: dict[str, Any], what: str) -> str:
    return str(node.get(what, {}).get("value", ""))
