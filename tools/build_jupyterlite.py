"""Build the course for JupyterLite: JupyterLab, and a Python that runs in the browser.

pip install jupyterlite-core jupyterlite-pyodide-kernel jupyter-server, then:
python tools/build_jupyterlite.py [folder]

The folder (build/lite) can be put on any server of files. Each notebook gets a cell in front that
installs the course from a wheel in that folder; Python itself, numpy and matplotlib come from
where Pyodide keeps them, when a notebook is run. Labs show what was recorded, and say so.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
FIRST = "%pip install --quiet ipywidgets anywidget {wheel}  # in the browser: the course itself"


def main(folder: Path) -> None:
    """Build the wheel, the notebooks with their first cell, and the site around them."""
    with tempfile.TemporaryDirectory() as name:
        made, contents = Path(name), Path(name, "contents")
        wheels = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
        subprocess.run([*wheels, "--wheel-dir", made, ROOT], check=True)
        (wheel,) = made.glob("*.whl")
        contents.mkdir()
        for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
            notebook = nbformat.read(path, nbformat.NO_CONVERT)
            package = wheel.name.partition("-")[0]
            cell = nbformat.v4.new_code_cell(FIRST.format(wheel=package), id="install")
            notebook.cells.insert(0, cell)
            nbformat.write(notebook, contents / path.name)
        glossary = ROOT / "notebooks/glossary.md"
        (contents / glossary.name).write_bytes(glossary.read_bytes())
        command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", made]
        where = ["--contents", contents, "--output-dir", folder.resolve()]
        subprocess.run([*command, *where, "--piplite-wheels", wheel], check=True, cwd=made)
    print(f"Serve it: python -m http.server --directory {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build/lite")
