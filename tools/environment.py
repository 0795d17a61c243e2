"""The environment in `.venv`: installed from a lock, then left alone until the lock changes."""

import hashlib
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "requirements-test.lock"  # everything in LOCK, and what the tests need

# A learner's first screen should not ask whether they want a newsletter.
LAB_DEFAULTS = VENV / "share/jupyter/lab/settings/overrides.json"
NO_NEWS = '{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}'

# What pip says when no index answers. "from versions: none" is the last of it, and the only one
# when retries are switched off: a pinned version that *some* index knows is never "none".
NO_NETWORK = ("from versions: none", "Retrying (", "ConnectionError", "timed out", "Timeout")


def main(arguments: list[str], minimum: tuple[int, int]) -> None:
    """Run one command: `setup` (the default), `lab` with options for Jupyter, or `test`.

    A `.venv` whose Python is older than `minimum` is made anew.
    """
    command, *options = arguments or ["setup"]
    if command not in ("setup", "lab", "test") or (options and command != "lab"):
        fail(f"There is no `{' '.join(arguments)}`: say setup, lab [options for Jupyter] or test.")
    try:
        install(TEST_LOCK if command == "test" else LOCK, minimum)
    except KeyboardInterrupt:
        fail("Interrupted. Run the same command again to go on.")
    if command == "lab":
        open_lab(options)


def install(lock: Path, minimum: tuple[int, int]) -> None:
    """Bring `.venv` to what `lock` says; does nothing where that has been done before."""
    if PYTHON.exists() and stamp(lock).exists() and stamp(lock).read_text() == state(lock):
        say(f".venv holds what {lock.name} says.")
        return
    started = time.monotonic()
    if not usable(minimum):
        create()
    say(f"Installing {lock.name} into .venv; the first time this takes a minute or two ...")
    pip(f"the packages of {lock.name}", "--requirement", str(lock))
    pip("the course itself", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    LAB_DEFAULTS.parent.mkdir(parents=True, exist_ok=True)
    LAB_DEFAULTS.write_text(NO_NEWS)
    for installed in {lock, LOCK}:
        stamp(installed).write_text(state(installed))
    say(f"Done in {time.monotonic() - started:.0f} s.")


def stamp(lock: Path) -> Path:
    """Where it is noted which state of `lock` has been installed."""
    return VENV / f"{lock.name}.installed"


def state(lock: Path) -> str:
    """A digest of all that an installation depends on: the lock, the project, where it stands."""
    parts = lock.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), os.fsencode(ROOT)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def usable(minimum: tuple[int, int]) -> bool:
    """Whether `.venv` has a Python that starts, is new enough, and has pip."""
    question = f"import sys, pip; sys.exit(sys.version_info < {minimum})"
    try:
        return subprocess.run([PYTHON, "-c", question], stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def create() -> None:
    """Make `.venv` with the Python that runs this, in place of one that cannot be used."""
    # Debian and Ubuntu part ensurepip from Python: venv imports there and then fails half-way.
    if not all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        fail(
            f"{sys.executable} cannot make environments, because it lacks the modules venv or "
            "ensurepip. On Debian and Ubuntu: sudo apt install python3-venv"
        )
    import venv

    say(f"Making .venv with Python {sys.version.split()[0]} ({sys.executable}) ...")
    try:
        venv.create(VENV, with_pip=True, clear=True, symlinks=os.name != "nt")
    except (OSError, subprocess.CalledProcessError) as error:
        fail(f"Could not make {VENV}: {error}")


def pip(what: str, *arguments: str) -> None:
    """Run `pip install` inside `.venv`; say in one sentence why `what` could not be installed."""
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run = subprocess.run([*command, *arguments], stderr=subprocess.PIPE, text=True)
    if run.returncode == 0:
        return
    if any(sign in run.stderr for sign in NO_NETWORK):
        fail(
            f"Could not download {what}: no package index answers. Is there a network? "
            "Then run the same command again."
        )
    errors = [line for line in run.stderr.splitlines() if line.startswith("ERROR:")]
    fail(f"pip could not install {what}. {' '.join(errors) or run.stderr.strip()}")


def open_lab(options: list[str]) -> NoReturn:
    """Become JupyterLab, showing the first notebook; return only by its end."""
    notebooks = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
    page = f"/lab/tree/notebooks/{notebooks[0]}" if notebooks else "/lab"
    command = [
        str(PYTHON),
        "-m",
        "jupyterlab",
        "--ServerApp.log_level=ERROR",
        "--LabApp.log_level=ERROR",
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url={page}",
        "-y",  # Ctrl-C means it
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    displays = {"DISPLAY", "WAYLAND_DISPLAY", "BROWSER"}
    if sys.platform == "linux" and not displays & os.environ.keys():
        command.append("--no-browser")
        say("There is no display here: open the address below in a browser.")
    say("Starting JupyterLab. Ctrl-C stops it.")
    if os.name == "nt":  # exec there returns to the shell at once
        sys.exit(subprocess.run([*command, *options]).returncode)
    os.execv(command[0], [*command, *options])


def say(sentence: str) -> None:
    """Print at once, so that the sentence stands before what other programs print."""
    print(sentence, flush=True)


def fail(sentence: str) -> NoReturn:
    """End with one sentence on stderr and exit status 1."""
    sys.exit(sentence)
