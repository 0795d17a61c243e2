"""Say which packages the course could have in JupyterLite today: Python in the browser.

python tools/check_jupyterlite.py

What a learner installs, JupyterLab apart (JupyterLite is one), must exist as a wheel of pure
Python or as one for Pyodide, the Python that JupyterLite brings. pip is asked for each, in the
version of requirements.lock, and then in any. Pyodide has wheels of its own besides; it lists
them in its documentation, and what is missing here may be there.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
NEEDED = (
    *("anywidget", "ipywidgets", "matplotlib", "numpy"),
    *("contourpy", "cycler", "fonttools", "kiwisolver", "packaging", "pillow", "pyparsing"),
    *(
        "comm",
        "jupyterlab-widgets",
        "psygnal",
        "python-dateutil",
        "traitlets",
        "widgetsnbextension",
    ),
)
PYODIDES = {"2025_0": "3.13", "2026_0": "3.14"}  # year of the binary interface, and its Python


def has_wheel(package: str, year: str, python: str) -> bool:
    """Ask pip for a wheel without installing it; `package` may name a version."""
    with tempfile.TemporaryDirectory() as nowhere:
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "--quiet"]
        where = ["--target", nowhere, "--platform", f"pyodide_{year}_wasm32"]
        kind = ["--only-binary", ":all:", "--implementation", "cp", "--python-version", python]
        asked = subprocess.run([*command, *where, *kind, package], capture_output=True)
        return asked.returncode == 0


def main() -> None:
    """Print a line for each package."""
    pinned = dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", LOCK.read_text("utf-8"), re.MULTILINE))
    for package in NEEDED:
        said = []
        for year, python in PYODIDES.items():
            locked, any_ = f"{package}=={pinned[package]}", package
            found = "as locked" if has_wheel(locked, year, python) else ""
            found = found or ("in another version" if has_wheel(any_, year, python) else "missing")
            said.append(f"Pyodide {year} (Python {python}): {found}")
        print(f"{package} {pinned[package]}: {'; '.join(said)}", flush=True)


if __name__ == "__main__":
    main()
