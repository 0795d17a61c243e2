"""A JupyterLab of one's own: free port, own settings, a copy of the notebooks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from jupyter_client.connect import LocalPortCache

from ..plugins import kept_ports

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = Path(os.environ.get("E2E_NOTEBOOKS", ROOT / "notebooks"))
ARTIFACTS = ROOT / "artifacts" / "e2e"
# JupyterLab as a learner has it, without what the tests have installed beside it
LEARNERS = ROOT / ".venv/bin/python"
PYTHON = str(LEARNERS) if LEARNERS.exists() else sys.executable
START_SECONDS, STOP_SECONDS = 300, 60  # at most, on a busy machine


@dataclass(frozen=True)
class Lab:
    """Where a running JupyterLab is, and where its files are."""

    url: str
    files: Path
    home: Path

    def connection_file(self, notebook: str) -> Path:
        """Where it is written how to reach the kernel of a notebook."""
        with urlopen(f"{self.url}/api/sessions", timeout=30) as answer:
            kernels = {session["path"]: session["kernel"]["id"] for session in json.load(answer)}
        return self.home / "runtime" / f"kernel-{kernels[notebook]}.json"


def notebooks() -> list[Path]:
    """Every notebook there is, in the order of the course."""
    return sorted(NOTEBOOKS.glob("*.ipynb"))


@contextmanager
def running_lab(home: Path) -> Iterator[Lab]:
    """Start JupyterLab on a copy of the notebooks, and stop it in the end.

    Nothing of the learner's own Jupyter is read or written: settings, kernels' connection files and
    workspaces live below `home`.
    """
    files = home / "files"
    shutil.copytree(
        NOTEBOOKS, files, ignore=shutil.ignore_patterns(".ipynb_checkpoints", ".progress-*")
    )
    page_config = home / "config" / "labconfig" / "page_config.json"
    page_config.parent.mkdir(parents=True)
    news = "@jupyterlab/apputils-extension:announcements"  # asks about news in a pop-up
    page_config.write_text(json.dumps({"disabledExtensions": {news: True}}))
    shutil.copy(kept_ports.__file__, home / "config" / "jupyter_server_config.py")
    saving = (
        home / "settings" / "@jupyterlab" / "docmanager-extension" / "plugin.jupyterlab-settings"
    )
    saving.parent.mkdir(parents=True)
    saving.write_text(json.dumps({"autosave": False}))  # it would come between a test's own save
    own = {
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "IPYTHONDIR": home / "ipython",
    }
    port = LocalPortCache.instance().find_available_port("127.0.0.1")
    options = [
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--port-retries=0",
        "--IdentityProvider.token=",
        f"--ServerApp.root_dir={files}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]
    log = home / "lab.log"
    with log.open("w") as stream:
        server = subprocess.Popen(
            [PYTHON, "-m", "jupyterlab", *options],
            env=os.environ | {name: str(path) for name, path in own.items()},
            stdout=stream,
            stderr=stream,
        )
    lab = Lab(f"http://127.0.0.1:{port}", files, home)
    try:
        _wait_until_it_answers(lab, server, log)
        yield lab
    finally:
        LocalPortCache.instance().return_port(port)
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:  # it waits for kernels; nobody waits for it any more
            server.kill()
            server.wait()


@contextmanager
def make_lab(
    checkout: Path, environment: dict[str, str], *options: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Do what `make lab` does; hand out the process, and the address that it tells."""
    lab = subprocess.Popen(
        [sys.executable, checkout / "tools/setup.py", "lab", "--port=0", *options],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert lab.stdout
        lines = iter(lab.stdout.readline, "")
        yield lab, next(line.strip() for line in lines if "http://127.0.0.1" in line)
    finally:
        lab.kill()


def _wait_until_it_answers(lab: Lab, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"JupyterLab ended at once:\n{log.read_text()[-3000:]}")
        try:
            with urlopen(f"{lab.url}/api/status", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab is silent after {START_SECONDS} s:\n{log.read_text()[-3000:]}")
