"""IPython without a terminal, a history or a window: magics work, and nobody is asked."""

from __future__ import annotations

from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


class Shell(InteractiveShell):
    """What runs cells in the box."""

    system = InteractiveShell.system_raw  # the other way needs a terminal

    def enable_gui(self, gui: Any = None) -> None:
        """Do nothing: ``%matplotlib inline`` asks for it."""


def shell(folder: str) -> Any:
    """Return the one that there is.

    Parameters
    ----------
    folder : str
        Where IPython looks for its settings.
    """
    quiet = Config({"HistoryAccessor": {"enabled": False}})
    return Shell.instance(config=quiet, ipython_dir=folder)
