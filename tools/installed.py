"""Install the course as a user would, away from this folder: python tools/installed.py FOLDER.

FOLDER then holds `env`, an environment with nothing but the wheel of this course in it, and a copy
of the notebooks. Packages that the course needs are those of the Python that runs this; the course
itself can come from the wheel only.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def build(folder: Path) -> Path:
    """Build the wheel from a copy, so that nothing left from an earlier build slips in."""
    ours = shutil.ignore_patterns("__pycache__", "*.egg-info")
    with tempfile.TemporaryDirectory() as place:
        source = Path(place)
        for name in ("pagesim", "coursework"):
            shutil.copytree(ROOT / name, source / name, ignore=ours)
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, source)
        pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), place)
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(folder: Path) -> None:
    """Make the environment and the copy of the notebooks, in place of older ones."""
    shutil.rmtree(folder, ignore_errors=True)
    wheel = build(folder / "wheel")
    env = folder / "env"
    venv.create(env, symlinks=os.name != "nt")
    python = env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    site = sysconfig.get_path("purelib", vars={"base": str(env)})
    pip("install", "--no-deps", "--no-index", "--target", site, str(wheel))
    # A path named here is searched, but an editable installation found there is not followed.
    Path(site, "needed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    theirs = shutil.ignore_patterns(".ipynb_checkpoints", ".progress-*")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=theirs)
    where = subprocess.check_output([python, "-I", "-c", "import pagesim; print(pagesim.__file__)"])
    if not Path(where.decode().strip()).is_relative_to(env):
        sys.exit(f"The course comes from {where.decode().strip()}, not from the wheel.")


def pip(command: str, *arguments: str) -> None:
    """Run pip quietly."""
    quiet = ("--quiet", "--disable-pip-version-check")
    subprocess.run([sys.executable, "-m", "pip", command, *quiet, *arguments], check=True)


if __name__ == "__main__":
    install(Path(sys.argv[1]).resolve())
