"""What the kernel thinks it shows, asked past the browser."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from jupyter_client.blocking.client import BlockingKernelClient

# One expression, so that the kernel's names stay the learner's own.
_QUESTION = """[
    (each.readout, __import__("hashlib").sha256(each.picture.png).hexdigest(),
     {w.description: str(w._options_labels[w.index] if hasattr(w, "index") else w.value)
      for w in each.inputs.values()})
    for each in __import__("ipywidgets").widgets.widget._instances.values()
    if type(each).__name__ == "Explorer"
]"""


@dataclass(frozen=True)
class Truth:
    """One explorer as the kernel has it: its sentence, its picture, its controls."""

    readout: str
    png_sha256: str
    controls: dict[str, str]


def kernels_explorers(connection_file: Path) -> list[Truth]:
    """Ask a running kernel for all its explorers, in the order in which they were made."""
    client = BlockingKernelClient(connection_file=str(connection_file))
    client.load_connection_file()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=30)
        asked = client.execute("", silent=True, user_expressions={"all": _QUESTION})
        while (reply := client.get_shell_msg(timeout=30))["parent_header"].get("msg_id") != asked:
            pass
        answer = reply["content"]["user_expressions"]["all"]
        if answer["status"] != "ok":
            raise RuntimeError(f"the kernel could not say: {answer['evalue']}")
        return [Truth(*each) for each in ast.literal_eval(answer["data"]["text/plain"])]
    finally:
        client.stop_channels()
