"""How long from a key to the new picture, in every explorer; run by `make latency`.

No test, so its name is no test's: what takes how long is reported, never asserted, and it must have
the machine to itself.
"""

from __future__ import annotations

from collections.abc import Callable

from .explorer import Explorer
from .latency import WANTED, theft
from .notebook import Notebook


def test_key_to_picture(
    notebook: Notebook,
    name: str,
    number: int,
    record_property: Callable[[str, object], None],
) -> None:
    notebook.run_all()
    explorer = Explorer(notebook, number)
    notebook.wait_until_idle()
    explorer.watch()
    first = explorer.controls.first
    explorer.press(first)
    presses = max(6, -(-WANTED // notebook.expected))
    with theft() as stolen:
        ms = [explorer.press(first) for _ in range(presses)]
    record_property("presses", (name, explorer.name, ms, *stolen))
