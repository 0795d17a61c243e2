"""What the kernel thinks it shows, asked past the browser."""

from __future__ import annotations

import ast
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient

from .explorer import Explorer
from .notebook import ANSWER

# Expressions, so that the kernel's names stay the learner's own.
_EXPLORERS = """[
    each for each in __import__("ipywidgets").widgets.widget._instances.values()
    if type(each).__name__ == "Explorer"
]"""
_SHOWN = f"""[
    (each.readout, __import__("hashlib").sha256(each.picture.png).hexdigest(),
     {{w.description: str(w._options_labels[w.index] if hasattr(w, "index") else w.value)
      for w in each.inputs.values()}},
     {{w.description: [str(word) for word in (
          w._options_labels if hasattr(w, "index") else [w.min, w.max])]
      for w in each.inputs.values() if hasattr(w, "index") or hasattr(w, "min")}},
     each.code)
    for each in {_EXPLORERS}
]"""
_ANSWERS = f"""next((
    (x, y)
    for each in [{_EXPLORERS}[%d]]
    for k in range(1, 400)
    for x, y in [(k * 0.618034 %% 1, k * 0.754878 %% 1)]
    for moved in [each.scene.hit(
        x * each.scene.size[0], (1 - y) * each.scene.size[1], **each.values)]
    if any(each.values[name] != value for name, value in moved.items())
), None)"""


@dataclass(frozen=True)
class Truth:
    """One explorer as the kernel has it: sentence, picture, controls, and all their words."""

    readout: str
    png_sha256: str
    controls: dict[str, str]
    words: dict[str, list[str]]  # all that stands beside a slider or in a list, by its label
    code: str  # the call that shows this position


def kernels_explorers(connection_file: Path) -> list[Truth]:
    """Ask a running kernel for all its explorers, in the order in which they were made."""
    return [Truth(*each) for each in asked(connection_file, _SHOWN)]


def where_it_answers(connection_file: Path, number: int) -> tuple[float, float] | None:
    """Find a place in a picture that answers to a click: from the upper left, in 0..1."""
    place: tuple[float, float] | None = asked(connection_file, _ANSWERS % number)
    return place


def asked(connection_file: Path, question: str) -> Any:
    """Ask a running kernel for the value of an expression."""
    client = BlockingKernelClient(connection_file=str(connection_file))
    client.load_connection_file()
    client.start_channels()
    try:
        asked = client.execute("", silent=True, user_expressions={"all": question})
        while (reply := client.get_shell_msg(timeout=30))["parent_header"].get("msg_id") != asked:
            pass
        answer = reply["content"]["user_expressions"]["all"]
        if answer["status"] != "ok":
            raise RuntimeError(f"the kernel could not say: {answer['evalue']}")
        return ast.literal_eval(answer["data"]["text/plain"])
    finally:
        client.stop_channels()


def is_what_the_kernel_has(explorer: Explorer, number: int) -> None:
    """Hold what the browser shows in the end against what the kernel thinks it shows.

    The kernel answers when it has heard all; what it has said by then may still be on its way.
    """
    deadline = time.monotonic() + ANSWER / 1000
    while True:
        truth = kernels_explorers(explorer.notebook.connection_file())[number]
        sliders, shown = explorer.slider_values(), explorer.shown()
        there = [sliders, shown.readout, shown.file]
        known = [{label: truth.controls[label] for label in sliders}, truth.readout]
        known.append(truth.png_sha256)
        if there == known or time.monotonic() > deadline:
            break
        explorer.notebook.page.wait_for_timeout(50)
    assert there == known
