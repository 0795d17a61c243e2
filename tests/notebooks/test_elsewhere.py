"""Every notebook on a machine that is no Linux: it runs to its end, and says what was recorded."""

from __future__ import annotations

import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from pagesim.host.lab import LIVE

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb"))
# What neither has; macOS has pages of 16 KiB. The notebook's Python itself has started by then.
TAKE_AWAY = """
import mmap, os, signal, socket, sys
mmap.PAGESIZE = {page}
for module in ("resource", "fcntl"):
    sys.modules[module] = None
for place, name in ((os, "fork"), (os, "killpg"), (signal, "SIGKILL"), (signal, "SIGBUS"),
                    (socket, "AF_UNIX"), (os, "memfd_create"), (os, "sysconf")):
    delattr(place, name)
sys.platform = {platform!r}
"""
# A default encoding that knows less than Windows' cp1252: whoever forgets to name one is found out.
ASCII = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}

pytestmark = pytest.mark.exhaustive


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem[:2])
def test_a_notebook_runs_on_no_linux(path: Path, tmp_path: Path) -> None:
    """The even ones where macOS would be, the odd ones on Windows."""
    even = int(path.stem[:2]) % 2 == 0
    platform, name, page = ("darwin", "macOS", 16384) if even else ("win32", "Windows", 4096)
    notebook = nbformat.read(path, nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
    counted = LIVE in path.read_text("utf-8")
    first = nbformat.v4.new_code_cell(TAKE_AWAY.format(page=page, platform=platform))
    notebook.cells.insert(0, first)
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}})
    known = {**os.environ, "PYTHONPATH": str(ROOT), "PAGESIM_LEARNER": "guest", **ASCII}
    client.execute(env=known)
    shown = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    assert LIVE not in shown
    said = len(re.findall(f"this machine cannot: it runs {name}, not Linux", shown))
    assert said or not counted
    assert not [
        out
        for cell in notebook.cells
        for out in cell.get("outputs", ())
        if out.get("name") == "stderr"
    ]
