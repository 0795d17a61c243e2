"""Four environments, each installed from its lock: for learners, tests, benchmarks, the site.

`.venv` and `.venv-test` are parted because what the tests need (nbgrader, for one) puts menus and
warnings into a learner's JupyterLab. An environment is left alone until its lock changes.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple, NoReturn

ROOT = Path(__file__).resolve().parent.parent


class Environment(NamedTuple):
    """A virtual environment, and the lock that says what is in it."""

    venv: Path
    lock: Path

    @property
    def python(self) -> Path:
        return self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def stamp(self) -> Path:
        """Where it is noted which state of the lock has been installed."""
        return self.venv / f"{self.lock.name}.installed"

    @property
    def state(self) -> str:
        """A digest of all that an installation depends on: lock, project, defaults, place."""
        project = (ROOT / "pyproject.toml").read_bytes()
        parts = self.lock.read_bytes(), project, AT_START.read_bytes(), os.fsencode(ROOT)
        return hashlib.sha256(b"\0".join(parts)).hexdigest()


LEARNER = Environment(ROOT / ".venv", ROOT / "requirements.lock")
# its lock holds everything in the learner's, and what the tests need
TESTER = Environment(ROOT / ".venv-test", ROOT / "requirements-test.lock")
# what builds the site and no more: whoever publishes it needs no browser and no linters
PUBLISHER = Environment(ROOT / ".venv-site", ROOT / "requirements-site.lock")
# what the tests have, and the simulators that ours is compared with
MEASURER = Environment(ROOT / ".venv-bench", ROOT / "requirements-bench.lock")
COMMANDS = {
    "setup": LEARNER,
    "lab": LEARNER,
    "test": TESTER,
    "bench": MEASURER,
    "site": PUBLISHER,
}

# A learner's first screen should not ask whether they want a newsletter.
LAB_DEFAULTS = "share/jupyter/lab/settings/overrides.json"
NO_NEWS = '{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}'

# What each notebook's Python does when it starts, and where IPython looks for that.
AT_START = ROOT / "tools/ipython_kernel_config.py"
KERNEL_DEFAULTS = f"etc/ipython/{AT_START.name}"

# What pip says when no index answers. "from versions: none" is the last of it, and the only one
# when retries are switched off: a pinned version that *some* index knows is never "none".
NO_NETWORK = ("from versions: none", "Retrying (", "ConnectionError", "timed out", "Timeout")


def main(arguments: list[str], minimum: tuple[int, int]) -> None:
    """Run a command: `setup` (the default), `lab` with Jupyter's options, `test`, `bench`, `site`.

    An environment whose Python is older than `minimum` is made anew.
    """
    command, *options = arguments or ["setup"]
    if command not in COMMANDS or (options and command != "lab"):
        said = " ".join(arguments)
        fail(f"There is no `{said}`: say setup, lab [options for Jupyter], test, bench or site.")
    try:
        install(COMMANDS[command], minimum)
    except KeyboardInterrupt:
        fail("Interrupted. Run the same command again to go on.")
    if command == "lab":
        open_lab(options)


def install(wanted: Environment, minimum: tuple[int, int]) -> None:
    """Bring an environment to what its lock says; does nothing where that has been done before."""
    name, lock = wanted.venv.name, wanted.lock.name
    known = wanted.stamp.read_text() if wanted.stamp.exists() else ""
    if wanted.python.exists() and known == wanted.state:
        say(f"{name} holds what {lock} says.")
        return
    started = time.monotonic()
    if not usable(wanted.python, minimum):
        create(wanted.venv)
    say(f"Installing {lock} into {name}; the first time this takes a minute or two ...")
    # A lock holds all that is wanted, and leaves out what only costs time (see `lock` in Makefile).
    listed = ("--no-deps", "--requirement", str(wanted.lock))
    pip(wanted, f"the packages of {lock}", *listed)
    own = ("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    pip(wanted, "the course itself", *own)
    defaults = {LAB_DEFAULTS: NO_NEWS}
    if wanted is LEARNER:  # those whom nobody waits for load it when they need it
        defaults[KERNEL_DEFAULTS] = AT_START.read_text()
    for name, text in defaults.items():
        place = wanted.venv / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    wanted.stamp.write_text(wanted.state)
    say(f"Done in {time.monotonic() - started:.0f} s.")


def usable(python: Path, minimum: tuple[int, int]) -> bool:
    """Tell whether a Python starts, is new enough, and has pip."""
    question = f"import sys, pip; sys.exit(sys.version_info < {minimum})"
    try:
        return subprocess.run([python, "-c", question], stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def create(place: Path) -> None:
    """Make an environment with the Python that runs this, in place of one that cannot be used."""
    # Debian and Ubuntu part ensurepip from Python: venv imports there and then fails half-way.
    if not all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        fail(
            f"{sys.executable} cannot make environments, because it lacks the modules venv or "
            "ensurepip. On Debian and Ubuntu: sudo apt install python3-venv"
        )
    import venv

    say(f"Making {place.name} with Python {sys.version.split()[0]} ({sys.executable}) ...")
    try:
        venv.create(place, with_pip=True, clear=True, symlinks=os.name != "nt")
    except (OSError, subprocess.CalledProcessError) as error:
        fail(f"Could not make {place}: {error}")


def pip(wanted: Environment, what: str, *arguments: str) -> None:
    """Run `pip install` inside; say in one sentence why `what` could not be installed."""
    command = [str(wanted.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
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
        str(LEARNER.python),
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
