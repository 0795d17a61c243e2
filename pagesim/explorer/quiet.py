"""While a picture moves, JupyterLab is told of no work.

For every message, the notebook's Python says that it is busy, then that it is idle. JupyterLab
draws its status bar, its indicators and the page's icon anew for both; while it does, 20 ms on two
cores, no picture can be shown.
"""

from __future__ import annotations

from typing import Any

from IPython import get_ipython


def move_quietly() -> None:
    """Leave out "busy" for what widgets send; "idle" is still said, for which ipywidgets waits.

    What says so is ipykernel's own and promised to nobody: where it is not as in versions 6 and 7,
    all stays as it was.
    """
    kernel: Any = getattr(get_ipython(), "kernel", None)
    publish = getattr(kernel, "_publish_status", None)
    if publish is None or "_publish_status" in vars(kernel):
        return

    def publish_less(status: str, *channel: Any, **parent: Any) -> None:
        if status == "busy":
            heard = kernel.get_parent("shell") or {}
            if heard.get("header", {}).get("msg_type") == "comm_msg":
                return
        publish(status, *channel, **parent)

    kernel._publish_status = publish_less
