"""Show an explorer where there is no JupyterLab: on a page with the widgets' own html-manager.

Needs npm, and Chromium as the tests do: .venv-test/bin/python tools/check_html_manager.py
"""

import subprocess
import sys
import tempfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copyfile, which
from threading import Thread

import anywidget
from ipywidgets.embed import dependency_state, embed_snippet
from playwright.sync_api import sync_playwright

from pagesim import explore, scenes

PACKAGES = ("@jupyter-widgets/html-manager@1.0.15", "requirejs@2.3.7")
SCRIPTS = {
    "require.js": "requirejs/require.js",
    "embed.js": "@jupyter-widgets/html-manager/dist/embed-amd.js",
}
PAGE = """<!DOCTYPE html><meta charset="utf-8"><title>an explorer</title>
<body><script src="require.js"></script>
<script>requirejs.config({{paths: {{anywidget: "anywidget"}}}});</script>
{}
"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and keeps no log."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def lay_out(folder: Path) -> str:
    """Write the page and what it loads into a folder; return the explorer's sentence."""
    subprocess.run(["npm", "install", "--silent", "--prefix", folder, *PACKAGES], check=True)
    for name, where in SCRIPTS.items():
        copyfile(folder / "node_modules" / where, folder / name)
    copyfile(Path(anywidget.__file__).parent / "nbextension" / "index.js", folder / "anywidget.js")
    shown = explore(scenes.RadixWalk())
    # All of the state: what draws a widget is one of the defaults that would be dropped.
    state = dependency_state([shown], drop_defaults=False)
    snippet = embed_snippet(
        [shown], state=state, drop_defaults=False, requirejs=False, embed_url="embed.js"
    )
    (folder / "index.html").write_text(PAGE.format(snippet), encoding="utf-8")
    return shown.readout


def main() -> None:
    """Open it, and see its picture, its sentence and its controls."""
    if which("npm") is None:
        sys.exit("npm is not installed: it brings the html-manager")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        readout = lay_out(Path(name))
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=name))
        Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=which("chromium"))
        page = browser.new_page()
        outside: list[str] = []
        address = f"http://127.0.0.1:{server.server_port}/"
        page.on("request", lambda asked: outside.append(asked.url))
        page.goto(address)
        page.get_by_role("status").get_by_text(readout).wait_for()
        picture = page.locator(".pagesim-figure img")
        wide = picture.evaluate("image => image.decode().then(() => image.naturalWidth)")
        sliders = page.get_by_role("slider").count()
        server.shutdown()
        browser.close()
    print(f"{PACKAGES[0]}, anywidget {anywidget.__version__}: {readout}")
    print(f"picture {wide} pixels wide, {sliders} sliders")
    strangers = [url for url in outside if not url.startswith((address, "data:", "blob:"))]
    if wide < 600 or not sliders or strangers:
        sys.exit(f"not as in JupyterLab; asked elsewhere for {strangers}")


if __name__ == "__main__":
    main()
