"""Build the site: pages from notebooks and guides, drawn explorers, and Sphinx around them."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from html import escape
from multiprocessing import get_context
from pathlib import Path

from PIL import Image
from sphinx.application import Sphinx

from pagesim import binary

from .launch import launch_html
from .letters import letters_css
from .links import relink
from .mend import mended
from .minutes import Outline, minutes_page
from .page import Page, raw
from .weight import MOST_BYTES, weight

POSITIONS = 115  # of an explorer: a page stays below 3 MiB
_OWN = Path(__file__).parent / "static"
_BINDER = re.compile(r"mybinder\.org/v2/gh/(?P<repository>[\w.-]+/[\w.-]+)/")
_MOVING = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<file>[^)]+)\.gif\)")


def build_site(root: Path, site: Path, most: int = POSITIONS) -> None:
    """Write the whole site, in place of what was there.

    Parameters
    ----------
    root : Path
        The repository: its README, notebooks and guides become pages.
    site : Path
        Where the site goes; it can be moved as a whole, and opened without a server.
    most : int
        How many positions of each explorer are drawn.

    Raises
    ------
    RuntimeError
        If Sphinx has something to complain of, as of a link that leads nowhere, or a page is too
        heavy.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "source", Path(folder) / "out"
        _write_sources(root, source, most)
        settings = "".join(f"{name} = {value!r}\n" for name, value in _settings(source).items())
        (source / "conf.py").write_text(settings, "utf-8")
        trees = Path(folder) / "doctrees"
        app = Sphinx(source, source, out, trees, "html", status=None, warningiserror=True)
        app.build()
        if app.statuscode:
            raise RuntimeError("Sphinx could not build the site; it says why above")
        for leftover in (".buildinfo", "objects.inv"):  # for Sphinx, and for other sites
            (out / leftover).unlink(missing_ok=True)
        for page in out.rglob("*.html"):
            page.write_text(mended(page.read_text("utf-8")), "utf-8")
            if (bytes_ := weight(page)) > MOST_BYTES:
                raise RuntimeError(
                    f"{page.name} loads {binary(bytes_)}, above {binary(MOST_BYTES)}"
                )
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(out, site)


def _settings(source: Path) -> dict[str, object]:
    return {
        "project": "Page tables, TLBs and page faults, by hand",
        "html_title": "Page tables, TLBs and page faults, by hand",
        "language": "en",
        "extensions": ["myst_parser"],
        "myst_heading_anchors": 3,
        "exclude_patterns": ["static", "extra"],
        "html_theme": "furo",
        "html_theme_options": {"top_of_page_buttons": []},
        "html_static_path": [str(source / "static")],
        "html_extra_path": [str(source / "extra")],
        "html_css_files": ["site.css", "letters.css"],
        "html_js_files": [("site.js", {"defer": "defer"})],
        "html_copy_source": False,
        "html_use_index": False,
        "html_show_sphinx": False,
        "html_show_copyright": False,
        # a page that was opened from a folder may not fetch others to quote from them
        "html_show_search_summary": False,
        "pygments_style": "a11y-high-contrast-light",
        "pygments_dark_style": "a11y-high-contrast-dark",
    }


def _write_sources(root: Path, source: Path, most: int) -> None:
    """Write what Sphinx reads: Markdown where the repository has it, and files beside it."""
    notebooks = sorted((root / "notebooks").glob("[0-9][0-9]-*.ipynb"))
    guides = sorted((root / "docs").glob("*.md"))
    readme = (root / "README.md").read_text("utf-8")
    repository = _repository(readme)
    shutil.copytree(_OWN, source / "static")
    (source / "static/letters.css").write_text(letters_css(), "utf-8")
    for folder in ("static/explorers", "extra/notebooks", "notebooks", "docs"):
        (source / folder).mkdir(parents=True)
    for notebook in notebooks:
        shutil.copy(notebook, source / "extra/notebooks")
    for file in (root / "docs").iterdir():
        if file.suffix in (".gif", ".png", ".webp"):
            shutil.copy(file, source / "docs")
    outlines = [Outline.read(path) for path in notebooks]
    texts = {f"notebooks/{path.name}": text for path, text in _pages(notebooks, source, most)}
    texts["notebooks/glossary.md"] = (root / "notebooks/glossary.md").read_text("utf-8")
    texts |= {f"docs/{path.name}": path.read_text("utf-8") for path in guides}
    texts["minutes.md"] = minutes_page(outlines)
    texts["index.md"] = readme + _contents(outlines, guides)
    known = {*texts, *(f"docs/{path.name}" for path in (source / "docs").iterdir())}
    for name, text in texts.items():
        if name.endswith(".ipynb"):
            launch = raw(launch_html(Path(name).name, repository))
            title, _, rest = text.partition("\n")
            text = f"{title}\n\n{launch}\n{rest}"
        text = relink(text, name, known, f"https://github.com/{repository}/blob/main")
        page = source / Path(name).with_suffix(".md")
        text = _stillable(text, name, root / "docs", source / "static")
        page.write_text(text, "utf-8")


def _pages(notebooks: list[Path], source: Path, most: int) -> Iterable[tuple[Path, str]]:
    """Write the notebooks' pages, several at a time: nearly all of it is drawing."""
    folder = source / "static/explorers"
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        pages = [pool.submit(_page, path, folder, most) for path in notebooks]
        yield from zip(notebooks, (page.result() for page in pages), strict=True)


def _page(path: Path, folder: Path, most: int) -> str:
    os.environ["PAGESIM_LEARNER"] = "guest"  # whose problems the saved notebooks show
    return Page(path, folder, most).markdown()


def _contents(outlines: list[Outline], guides: list[Path]) -> str:
    """List every page for the navigation."""
    notebooks = [f"{each.short} <notebooks/{each.name}>" for each in outlines]
    more = ["notebooks/glossary", "minutes"]
    trees = {"Notebooks": notebooks, "More": more, "Guides": [f"docs/{p.stem}" for p in guides]}
    return "\n" + "\n".join(
        "\n".join(["```{toctree}", ":hidden:", f":caption: {caption}", "", *pages, "```", ""])
        for caption, pages in trees.items()
    )


def _repository(readme: str) -> str:
    """Find out where the project stands on the code host: the README's Binder link says it."""
    found = _BINDER.search(readme)
    return found["repository"] if found else "OWNER/pagesim"


def _stillable(text: str, page: str, pictures: Path, static: Path) -> str:
    """Let whoever wants no motion see the last frame of a moving picture."""
    up = "../" * page.count("/")

    def picture(match: re.Match[str]) -> str:
        name, alt = Path(match["file"]).name, escape(match["alt"])
        shutil.copy(pictures / f"{name}.gif", static)
        with Image.open(static / f"{name}.gif") as moving:
            moving.seek(getattr(moving, "n_frames", 1) - 1)
            width, height = moving.size
            moving.convert("RGB").save(static / f"{name}-still.png")
        return raw(
            f'<picture><source srcset="{up}_static/{name}-still.png" '
            f'media="(prefers-reduced-motion: reduce)"><img src="{up}_static/{name}.gif" '
            f'alt="{alt}" width="{width}" height="{height}"></picture>'
        )

    return _MOVING.sub(picture, text)
