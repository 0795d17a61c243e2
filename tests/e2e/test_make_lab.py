"""`make lab`, for real: JupyterLab answers on the first notebook, and stops when it is asked to."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from .lab import ROOT, make_lab

LONG = 120  # seconds at most, on a busy machine


def read_page(address: str) -> bytes:
    """Fetch a page of a server that tells its address a moment before it listens."""
    deadline = time.monotonic() + LONG
    while True:
        try:
            with urlopen(address, timeout=LONG) as answer:
                return bytes(answer.read())
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.mark.skipif(
    not (ROOT / ".venv/requirements.lock.installed").exists(),
    reason="needs the .venv of `make setup`, not one made by other means",
)
def test_lab_answers_on_its_first_notebook_and_stops(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environment["JUPYTER_RUNTIME_DIR"] = environment["JUPYTER_CONFIG_DIR"] = str(tmp_path)
    with make_lab(ROOT, environment) as (lab, address):
        first = min((ROOT / "notebooks").glob("*.ipynb"), default=None)
        assert f"/lab{f'/tree/notebooks/{first.name}' if first else ''}?token=" in address
        assert b"JupyterLab" in read_page(address)
        lab.send_signal(signal.SIGINT)
        assert lab.wait(LONG) == 0
