"""Three explorers heard through: what docs/by-ear.md has written down is what is to be heard."""

from __future__ import annotations

import re

import pytest

from .conftest import Desk
from .ear import Ear
from .explorer import Explorer
from .lab import ARTIFACTS, ROOT
from .notebook import Notebook
from .truth import where_it_answers

HEARD = {1: "AddressBits", 2: "RadixWalk", 3: "TablePrice"}  # of notebook 04


def hear(explorer: Explorer, place: tuple[float, float] | None) -> list[str]:
    """Arrive, move the first slider, click, open the table; write down what is said."""
    ear, said = Ear(explorer.box), list[str]()

    def note(what: str, lines: list[str]) -> None:
        said.extend([f"[{what}]", *lines, ""])

    explorer.page.mouse.move(0, 0)
    note("reading on from the first control", ear.reading_on())
    ear.heard()
    explorer.changes(explorer.press)
    key = "an arrow key in the first control"
    note(key, [*(f"announced: {words}" for words in ear.heard())])
    if place is not None:
        explorer.changes(lambda: explorer.click(*place))
        note("a click into the picture", [f"announced: {words}" for words in ear.heard()])
    explorer.box.get_by_role("button", name="As a table").click()
    explorer.box.locator(".pagesim-tables table").first.wait_for()
    lines = ear.reading_on()
    start = next(k for k, line in enumerate(lines) if line.startswith("As a table"))
    note("As a table", [*(f"announced: {words}" for words in ear.heard()), *lines[start:]])
    explorer.box.get_by_role("button", name="As a table").click()
    return said


def test_what_is_heard_is_what_was_written_down(ran: Notebook, desk: Desk) -> None:
    if not ran.name.startswith("04"):
        pytest.skip("three explorers of one notebook are written down")
    said = list[str]()
    for number, name in HEARD.items():
        explorer = desk.watch(ran, number)
        tools = explorer.box.locator(".pagesim-tools").get_by_role("button")
        tools.filter(has_text="Reset").click()  # other tests have moved it
        explorer.wait_for_quiet()
        place = where_it_answers(ran.connection_file(), number)
        said += [f"## {name}", "", *hear(explorer, place)]
    text = "\n".join(said).strip()
    (ARTIFACTS / "by-ear.txt").write_text(text + "\n", encoding="utf-8")
    page = (ROOT / "docs/by-ear.md").read_text(encoding="utf-8")
    written = re.findall(r"^```\n(.*?)\n```$", page, re.MULTILINE | re.DOTALL)
    assert text == "\n\n".join(written)
