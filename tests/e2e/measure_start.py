"""From `make lab` to the first explorer, as a learner waits: python -m tests.e2e.measure_start.

A report, not a test. The environment is there already; its checkout may be named, to compare two.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from ..chromium import CHROMIUM, FLAGS
from .lab import ROOT, make_lab
from .measure_latency import FIRST
from .notebook import Notebook

START = 180_000  # ms, at most


def measure(checkout: Path) -> dict[str, float]:
    """Start JupyterLab and run its first notebook; return the seconds until each was there."""
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS).new_page()
        page.set_default_timeout(START)
        own = {"JUPYTER_CONFIG_DIR": home, "JUPYTER_RUNTIME_DIR": home, "IPYTHONDIR": home}
        own["JUPYTERLAB_WORKSPACES_DIR"] = own["JUPYTERLAB_SETTINGS_DIR"] = home
        began, seconds = time.monotonic(), dict[str, float]()

        def note(what: str) -> None:
            seconds[what] = time.monotonic() - began

        with make_lab(checkout, os.environ | own, "--no-browser") as (lab, address):
            note("the server answers")
            page.goto(address)
            notebook = Notebook(page, None, "", [], 1)  # type: ignore[arg-type]
            notebook.cells.first.wait_for()
            note("the notebook is there to be read")
            notebook.wait_until_idle()
            note("its Python is there")
            page.evaluate(FIRST)
            notebook.menu("Run", "Run All Cells")
            page.wait_for_function("window.firstPicture")
            note("Run All has shown the first picture")
            lab.terminate()
            lab.wait()
    return seconds


if __name__ == "__main__":
    found = measure(Path(sys.argv[1]) if sys.argv[1:] else ROOT)
    print("Seconds after `make lab`:", ", ".join(f"{what} {s:.1f}" for what, s in found.items()))
